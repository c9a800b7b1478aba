"""What tests of accounts expect of an answer, and the password that everybody has in them."""

from __future__ import annotations

from typing import Any

import orjson
from werkzeug.test import TestResponse

PASSWORD = "correct horse"


def ok(answer: TestResponse, status: int = 200) -> Any:
    """The JSON of an answer that must have this status."""
    assert answer.status_code == status, (answer.status_code, answer.data.decode())
    return orjson.loads(answer.data) if answer.data else None


def problem(answer: TestResponse, status: int, code: str = "") -> Any:
    """The problem document of an answer that must have this status."""
    assert answer.status_code == status, (answer.status_code, answer.data.decode())
    assert answer.mimetype == "application/problem+json"
    document = orjson.loads(answer.data)
    assert document["status"] == status
    if code:
        assert document["type"] == f"urn:zhurnal:problem:{code}"
    return document
