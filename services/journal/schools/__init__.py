"""The school as journal knows it, and what a new one starts with."""
