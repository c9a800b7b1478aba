"""School years and their periods."""
