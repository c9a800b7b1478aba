"""The mail sink of the demonstration, read for its mail page."""
