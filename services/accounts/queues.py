"""Queues that accounts' workers listen on."""

from __future__ import annotations

WORK = "accounts"
"""Of what has an outside effect: services are asked what they keep of somebody, and told what to destroy."""
