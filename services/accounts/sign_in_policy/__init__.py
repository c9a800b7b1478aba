"""Which roles of a school ask for a second factor."""
