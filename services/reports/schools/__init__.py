"""Schools as reports knows them: the list that sweeps walk, name and zone."""
