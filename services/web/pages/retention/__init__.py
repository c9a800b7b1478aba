"""How long data are kept, and the acts by which they are destroyed."""
