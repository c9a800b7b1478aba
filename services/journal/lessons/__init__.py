"""Dated lessons and what is assessed in them."""
