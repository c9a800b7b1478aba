"""Mechanisms that every service needs and that must behave the same everywhere. No school words here."""
