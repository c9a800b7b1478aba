"""A school of the source whose copy follows it."""

from __future__ import annotations

import uuid

import pytest

from tests.support.stream_pair import Pair


@pytest.fixture
def school(pair: Pair) -> uuid.UUID:
    return pair.school()
