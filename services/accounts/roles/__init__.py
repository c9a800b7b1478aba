"""Roles of the institution: who holds which, over what, from when to when."""
