"""Jobs: what was asked for, how far it is, the files that came of it."""
