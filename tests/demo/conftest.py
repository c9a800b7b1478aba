"""One demonstration, built in databases of its own and told of to all services."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from deploy.demo.building import Built, build
from deploy.demo.plan import Plan, new_plan
from services.common.clock import today_in
from services.common.config import SERVICES
from services.common.db import Scope
from tests.support.databases import Servers, clone, make_templates
from tests.support.school import good
from tests.support.suite import Api, Suite, build_suite


@dataclass
class Demonstration:
    """The built school and the suite that serves it."""

    suite: Suite
    plan: Plan
    built: Built
    traces: dict[str, int]
    """What the building alone left where it should leave nothing."""
    tokens: dict[str, str] = field(default_factory=dict)

    def person(self, login: str) -> dict[str, Any]:
        return next(one for one in self.built.people if one["login"] == login)

    def api(self, service: str, login: str) -> Api:
        """A service as the person with this login sees it."""
        if login not in self.tokens:
            body = {"login": login, "password": self.person(login)["password"]}
            self.tokens[login] = good(self.suite.api("accounts").post("/sessions", body), 201)["token"]
        return self.suite.api(service, self.tokens[login])


def today() -> dt.date:
    return today_in("Europe/Simferopol")


@pytest.fixture(scope="package")
def demonstration(servers: Servers, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Demonstration]:
    make_templates(servers.postgres)
    urls = {service: clone(servers.postgres, service) for service in SERVICES}
    data: Path = tmp_path_factory.mktemp("demonstration")
    suite = build_suite(urls, servers.redis, data)
    plan = new_plan(today())
    built = build(suite.services["accounts"].database, suite.services["journal"].database, plan, fresh=True)
    suite.deliver()
    traces = {
        where: count(suite, built, service, table, condition) for where, (service, table, condition) in TRACES.items()
    }
    yield Demonstration(suite, plan, built, traces)
    suite.close()


TRACES = {
    "letters": ("notifications", "message", "true"),
    "hand-overs": ("notifications", "delivery", "true"),
    "changes of somebody": ("journal", "change_log", "origin <> 'generator'"),
    "events of somebody": ("journal", "outbox", "origin <> 'generator'"),
}


def count(suite: Suite, built: Built, service: str, table: str, where: str = "true") -> int:
    """Rows of the built school."""
    with suite.services[service].database.read(Scope(school_id=built.school_id)) as session:
        return int(session.execute(sa.text(f"SELECT count(*) FROM {table} WHERE {where}")).scalar_one())
