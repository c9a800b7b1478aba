"""Lists of a school that come in as files: what is in them, what would happen, and exactly that done."""
