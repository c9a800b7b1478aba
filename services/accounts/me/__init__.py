"""What the bearer of a token may know of himself."""
