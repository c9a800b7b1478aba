"""Addresses that are mailed no more, because somebody said the letter was not for them."""
