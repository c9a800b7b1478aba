"""Fixtures of all tests: real PostgreSQL and Redis, a clone of each database per worker, a school per test."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import hypothesis
import pytest

from services.common.config import SERVICES
from services.common.logging import configure_logging
from tests.support.databases import Servers, clone, make_templates, own_servers
from tests.support.school import School, make_school
from tests.support.suite import Suite, build_suite

# How long an example takes on a busy machine says nothing of the code.
hypothesis.settings.register_profile("suite", deadline=None)
hypothesis.settings.load_profile("suite")

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


@pytest.fixture(scope="session")
def suite(databases: dict[str, str], servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Suite]:
    """All services in this process; tests keep apart by making a school each."""
    data: Path = tmp_path_factory.mktemp("data")
    built = build_suite(databases, servers.redis, data)
    yield built
    built.close()


@pytest.fixture
def school(suite: Suite) -> School:
    """A school of this test's own; row-level security keeps the others out."""
    return make_school(suite)
