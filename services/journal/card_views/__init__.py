"""The log of access to personal cards: who looked at whose, and when. Rows are added and read, nothing else."""
