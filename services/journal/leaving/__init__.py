"""A member of staff leaves the school, or comes back. Pupils leave by orders of movement."""
