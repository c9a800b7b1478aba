"""What a service keeps about a person: told to accounts when the person asks for it (152-ФЗ art. 14), destroyed
under its order (art. 21)."""
