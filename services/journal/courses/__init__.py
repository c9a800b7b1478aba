"""Subjects, and a subject taught to a class in a year."""
