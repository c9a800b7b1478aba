"""Owners who forgot their password and ask for a new code, until they are given one."""
