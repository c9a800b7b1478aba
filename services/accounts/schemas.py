"""What several rooms take alike."""

from __future__ import annotations

from services.common.arguments import Schema


class NothingIn(Schema):
    """A verb on a resource needs no body; an empty object is as good."""
