"""Scans of signed papers, kept beside the decision that they prove."""
