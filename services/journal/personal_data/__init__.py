"""What the journal keeps about a person, gathered when the person asks for it (152-ФЗ art. 14)."""
