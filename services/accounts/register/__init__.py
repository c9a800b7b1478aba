"""Schools, and what accounts has learnt of their people from journal's events."""
