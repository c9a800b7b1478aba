"""Marks of a quarter, half-year or year, and their closing."""
