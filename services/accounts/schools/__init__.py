"""How a school begins."""
