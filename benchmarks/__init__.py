"""How fast things are, beside the machine's load; nothing here is a test."""
