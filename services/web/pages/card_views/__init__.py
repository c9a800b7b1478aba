"""Who looked at whose card."""
