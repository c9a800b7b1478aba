"""What several rooms take alike."""

from __future__ import annotations

from services.common.app import Schema


class NothingIn(Schema):
    """A verb on a resource needs no body; an empty object is as good."""
