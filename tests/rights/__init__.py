"""Who may do what, by a table written by hand: `matrix.csv`, `illness.csv`, `callers.csv`."""
