"""Signing in and out: opaque tokens, throttle, known devices."""
