"""Databases that nobody else uses: what a fuzz leaves behind, such as failed sign-ins, would hinder other tests."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest
import time_machine

from services.common.config import SERVICES
from tests.fuzz.cast import Cast, make_cast
from tests.support.databases import Servers, clone, make_templates
from tests.support.school import make_school
from tests.support.suite import build_suite

NOW = "2026-11-25T09:00:00+00:00"


@pytest.fixture(scope="module", autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture(scope="module", autouse=True)
def _quiet() -> Iterator[None]:
    """Thousands of requests: a failure is told by its finding, not by the log of them all."""
    services = logging.getLogger("services")
    before = services.level
    services.setLevel(logging.ERROR)
    yield
    services.setLevel(before)


@pytest.fixture
def cast(servers: Servers, _fixed_day: None, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cast]:
    """A suite of this test's own with a school in which everything exists once."""
    data: Path = tmp_path_factory.mktemp("fuzz")
    make_templates(servers.postgres)
    suite = build_suite({name: clone(servers.postgres, name) for name in SERVICES}, servers.redis, data)
    yield make_cast(make_school(suite))
    suite.close()
