"""Systems of marks and kinds of work."""
