"""Nothing is left out of the table: no route, no permission, no row, no caller of another service."""

from __future__ import annotations

import csv
import importlib

import pytest
from werkzeug.test import TestResponse

from services.common.config import SERVICES
from services.common.openapi import INTERNAL
from services.common.policy import PUBLIC
from tests.contracts.test_routes import Route, ask, routes
from tests.rights.cast import Cast
from tests.rights.matrix import FOLDER, rows
from tests.rights.routes import REQUESTS
from tests.support.suite import TOKENS


def of_people(cast: Cast) -> list[Route]:
    """Routes that somebody must be signed in for; the few open ones are counted by `tests/contracts`."""
    known = routes(cast.suite)
    return [one for one in known if one.permission != PUBLIC and not one.permission.startswith(INTERNAL)]


def test_every_route_is_asked(cast: Cast) -> None:
    there = {(one.service, one.method, one.rule.removeprefix(f"/api/{one.service}/v1")) for one in of_people(cast)}
    assert there == {(one.service, one.method, one.rule) for one in REQUESTS}


def test_every_route_declares_the_permission_that_the_table_has_for_it(cast: Cast) -> None:
    declared = {(one.method, one.rule): str(one.permission) for one in of_people(cast)}
    wrong = [
        str(one)
        for one in REQUESTS
        if declared[one.method, f"/api/{one.service}/v1{one.rule}"] != (one.declared or one.permission)
    ]
    assert wrong == []


def test_every_permission_has_a_row_and_every_row_a_request() -> None:
    table = rows()
    assert set(table) == {one.row for one in REQUESTS}
    policies = {name: importlib.import_module(f"services.{name}.policy") for name in SERVICES}
    known = {(name, str(one)) for name, policy in policies.items() for one in policy.Permission}
    # No route asks for it: what is shown of an illness is `illness.csv`.
    assert known - {key[:2] for key in table} == {("journal", "ILLNESS_READ")}


def callers() -> list[dict[str, str]]:
    with (FOLDER / "callers.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def shown(cast: Cast, route: Route, headers: dict[str, str]) -> TestResponse:
    body = {} if route.method == "GET" else {"json": {}}
    return ask(cast.suite, route, headers=headers, **body)


def test_services_ask_each_other_only_what_the_table_says(cast: Cast) -> None:
    table = {(line.pop("service"), line.pop("method"), line.pop("route")): line for line in callers()}
    internal = [one for one in routes(cast.suite) if one.permission.startswith(INTERNAL)]
    named = {(one.service, one.method, one.rule.removeprefix(f"/internal/{one.service}/v1")): one for one in internal}
    assert set(named) == set(table)
    wrong = []
    for key, route in named.items():
        for caller, said in table[key].items():
            answer = shown(cast, route, {"Zhurnal-Service": f"{caller} {TOKENS[caller]}"})
            if (answer.status_code == 403) != (said == "no") or answer.status_code == 401:
                wrong.append((str(route), caller, answer.status_code))
    assert wrong == []


@pytest.mark.parametrize("viewer", ["administrator", "nobody"])
def test_no_person_asks_what_only_services_may(cast: Cast, viewer: str) -> None:
    bearer = {"Authorization": f"Bearer {cast.viewers[viewer].token}"}
    internal = [one for one in routes(cast.suite) if one.permission.startswith(INTERNAL)]
    assert [str(one) for one in internal if shown(cast, one, bearer).status_code != 401] == []
