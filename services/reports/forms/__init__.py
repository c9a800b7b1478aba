"""The forms that a school can ask for."""
