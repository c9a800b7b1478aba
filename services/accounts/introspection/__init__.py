"""The question that every service asks: who is this token."""
