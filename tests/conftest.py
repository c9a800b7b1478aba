"""Fixtures of all tests: real PostgreSQL and Redis, a clone of each database per worker, a school per test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import argon2
import hypothesis
import pytest
from playwright.sync_api import Browser
from xdist.scheduler import LoadScopeScheduling

from services.accounts.identities import passwords
from services.common.config import SERVICES
from services.common.logging import configure_logging
from tests.support.chromium import launched
from tests.support.databases import Servers, clone, make_templates, own_servers
from tests.support.school import School, make_school
from tests.support.stream_pair import Pair, make_pair
from tests.support.suite import Suite, build_suite

# How long an example takes on a busy machine says nothing of the code.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")

# What a test opens is opened by nobody else: its passwords need no half a million operations each. What the real ones
# cost, `test_password_text.py` asks of a process of its own.
passwords._HASHER = argon2.PasswordHasher(time_cost=1, memory_cost=64, parallelism=1)
passwords._NOBODY = passwords._HASHER.hash("nobody has this password")

TOGETHER = {
    "tests/rights/": "rights",  # one cast for all questions
    "tests/browser/": "browser",  # one suite and one browser for all of them: two of each would halve a small machine
    "tests/system/test_run.py": "run",  # nor two of `./run`
    "tests/system/test_demonstration.py": "run",
    "tests/system/test_separate_form.py": "run",
    "tests/system/test_ledger.py": "run",
    "tests/system/test_rolling_restart.py": "run",
    "tests/system/test_relay.py": "run",
    "tests/system/test_withdrawal.py": "run",
}
"""By where a test lies, what it shares with others; any other file shares its fixtures within itself."""

FIRST = ("tests/system/", "tests/browser/")
"""What takes longest begins first, so that nobody waits for it at the end."""


class ByFile(LoadScopeScheduling):
    """Files go whole to one worker, and what is to stay together with them."""

    def _split_scope(self, nodeid: str) -> str:
        path = nodeid.partition("::")[0]
        return next((group for place, group in TOGETHER.items() if path.startswith(place)), path)


def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> ByFile:
    """Instead of `--dist loadgroup`: how that reads its marks is not how this pytest names tests."""
    return ByFile(config, log)


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    items.sort(key=lambda item: not item.nodeid.startswith(FIRST))


# As the services log, too: structlog's own way to show an exception takes seconds of a test.
configure_logging("tests")


@pytest.fixture(scope="session")
def servers() -> Iterator[Servers]:
    """This run's PostgreSQL and Redis."""
    if "TEST_POSTGRES_URL" in os.environ:
        yield Servers(os.environ["TEST_POSTGRES_URL"], os.environ["TEST_REDIS_URL"])
        return
    with own_servers() as started:
        yield started


@pytest.fixture(scope="session")
def databases(servers: Servers) -> dict[str, str]:
    """URL of this worker's own database per service, as the application role."""
    make_templates(servers.postgres)
    return {service: clone(servers.postgres, service) for service in SERVICES}


@pytest.fixture
def fresh_databases(servers: Servers) -> dict[str, str]:
    """As `databases`, but made for one test alone."""
    make_templates(servers.postgres)
    return {service: clone(servers.postgres, service) for service in SERVICES}


@pytest.fixture
def pair(servers: Servers) -> Iterator[Pair]:
    """A source of events and its copy, on databases of their own."""
    made = make_pair(servers.postgres)
    yield made
    made.dispose()


@pytest.fixture(scope="session")
def suite(databases: dict[str, str], servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suite]:
    """All services in this process; tests keep apart by making a school each."""
    data: Path = tmp_path_factory.mktemp("data")
    built = build_suite(databases, servers.redis, data)
    yield built
    built.close()


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    with launched() as browser:
        yield browser


@pytest.fixture
def school(suite: Suite) -> School:
    """A school of this test's own; row-level security keeps the others out."""
    return make_school(suite)
