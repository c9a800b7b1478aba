"""One account in several schools."""
