"""Files as answers: how they are described, and how they are handed out."""

from __future__ import annotations

import flask

CSV = "text/csv"
PDF = "application/pdf"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
BINARY = {"type": "string", "format": "binary"}
"""What the OpenAPI document says of a file."""


def download(content: bytes, media_type: str, name: str) -> flask.Response:
    """A file to be saved as `name`, which names nobody; kept by no cache on its way."""
    response = flask.Response(content, mimetype=media_type)
    response.headers["Cache-Control"] = "no-store"
    response.headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
