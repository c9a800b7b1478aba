"""Indicators of achievement: formulas that every form shares."""
