"""The school: the list that sweeps walk, its zone, and how long messages wait."""
