"""Copies of journal's people and guardianships: first names, addresses, who answers for whom."""
