"""Accounts, their passwords, and who they are in each school."""
