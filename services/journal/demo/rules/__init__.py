"""What the demonstration school is made of. Pure: the same seed and day give the same school, to the last id."""
