"""One cast for all questions: they leave nothing behind."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from services.common.config import SERVICES
from tests.rights.cast import TODAY, Cast
from tests.rights.school import make_cast
from tests.rights.taking_back import Writes, taking_back
from tests.support.databases import Servers, clone, make_templates
from tests.support.suite import build_suite


@pytest.fixture(scope="package")
def _the_day() -> Iterator[None]:
    """Of this folder alone: a clock that stands elsewhere in the next tests would be their failure."""
    with time_machine.travel(f"{TODAY}T09:00:00+00:00", tick=True):
        yield


@pytest.fixture(scope="package")
def cast(servers: Servers, _the_day: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """Everybody and everything, on databases that nobody else uses."""
    data: Path = tmp_path_factory.mktemp("rights")
    make_templates(servers.postgres)
    suite = build_suite({name: clone(servers.postgres, name) for name in SERVICES}, servers.redis, data)
    yield make_cast(suite)
    suite.close()


@pytest.fixture(autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of requests: a failure is told by its findings, not by the log of them all."""
    services = logging.getLogger("services")
    before = services.level
    services.setLevel(logging.ERROR)
    yield
    services.setLevel(before)


@pytest.fixture
def writes(cast: Cast) -> Iterator[Writes]:
    """From here on nothing stays of what is asked."""
    with taking_back(cast.suite) as noted:
        yield noted
