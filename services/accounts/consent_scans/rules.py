"""What may be kept as a scan: told by its first bytes, whatever it is called. Pure."""

from __future__ import annotations

PAPER = ("office", "import")
"""Sources of decisions that a paper proves; one made in the system is proved by the change log."""
LARGEST = 10 * 1024 * 1024
_BEGINNINGS = {
    b"%PDF-": "application/pdf",
    b"\xff\xd8\xff": "image/jpeg",
    b"\x89PNG\r\n\x1a\n": "image/png",
}
EXTENSIONS = {"application/pdf": "pdf", "image/jpeg": "jpg", "image/png": "png"}


def media_type_of(content: bytes) -> str | None:
    """What these bytes are; None for what is not kept."""
    return next((kind for beginning, kind in _BEGINNINGS.items() if content.startswith(beginning)), None)
