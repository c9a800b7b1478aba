"""A source and its copy, on databases of their own."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest

from tests.common.events.stream_pair import Pair, make_pair
from tests.support.databases import Servers


@pytest.fixture
def pair(servers: Servers) -> Iterator[Pair]:
    made = make_pair(servers.postgres)
    yield made
    made.dispose()


@pytest.fixture
def school(pair: Pair) -> uuid.UUID:
    return pair.school()
