"""How a person stands to courses, classes and pupils, and what follows for access."""
