"""A pair of services as processes, on a Redis of their own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.servers import RedisServer, free_port
from tests.support.processes import Processes, environment_of
from tests.support.stream_pair import Pair


@pytest.fixture
def own_redis(tmp_path: Path) -> Iterator[str]:
    """A server of this test's own: it is emptied on the way."""
    server = RedisServer(tmp_path / "redis", "of-the-siege", free_port(), durable=False)
    with (tmp_path / "redis.log").open("wb") as log:
        try:
            server.start(log)
            yield server.url
        finally:
            server.stop()


@pytest.fixture
def told() -> dict[str, str]:
    """What else the processes are told, by environment; a test says otherwise by a fixture of this name."""
    return {}


@pytest.fixture
def processes(pair: Pair, own_redis: str, tmp_path: Path, told: dict[str, str]) -> Iterator[Processes]:
    made = Processes(environment_of(pair, own_redis, tmp_path, **told), tmp_path)
    try:
        made.begin()
        yield made
    finally:
        made.stop()
