"""A walk of every service's URL map: what holds of each route, so that one added later is held to it, too."""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson
import pytest
from werkzeug.test import Client, TestResponse

from services.common import rates
from services.common.config import SERVICES
from services.common.openapi import INTERNAL
from services.common.policy import PUBLIC
from tests.contracts.openapi import documents
from tests.support.school import School
from tests.support.suite import TOKENS, Suite, build_suite

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")
WATCHED = frozenset({"healthz", "readyz", "metrics"})
"""Asked by machines that watch: they are counted by no limit and stand in no document."""
OPEN = {
    ("accounts", "POST", "/api/accounts/v1/sessions"),
    ("accounts", "POST", "/api/accounts/v1/sessions/second-step"),
    ("accounts", "POST", "/api/accounts/v1/credentials/activate"),
    ("accounts", "POST", "/api/accounts/v1/passwords/reset"),
    ("notifications", "POST", "/api/notifications/v1/not-me/<token>"),
    ("accounts", "GET", "/api/accounts/v1/schools/<uuid:school_id>/documents"),
    ("accounts", "GET", "/api/accounts/v1/schools/<uuid:school_id>/documents/<uuid:document_id>"),
    ("accounts", "GET", "/api/accounts/v1/schools/<uuid:school_id>/documents/<uuid:document_id>/file"),
}
"""All that a stranger may call: with a password, a code or the token of a letter in hand; and the rules and guides
that a school links to from its site."""


@dataclass(frozen=True)
class Route:
    """One method of one rule."""

    service: str
    method: str
    rule: str
    endpoint: str
    permission: str

    @property
    def path(self) -> str:
        """With an id of nothing in each place."""
        parts = self.rule.split("<")
        return parts[0] + "".join(_something(part) for part in parts[1:])

    @property
    def documented(self) -> str:
        """The rule as OpenAPI writes it."""
        parts = self.rule.split("<")
        return parts[0] + "".join("{" + part.replace(">", "}", 1).rpartition(":")[2] for part in parts[1:])

    def __str__(self) -> str:
        return f"{self.method} {self.rule}"


def _something(part: str) -> str:
    converter, _, rest = part.partition(">")
    return {"uuid": str(uuid.uuid4()), "int": "1"}.get(converter.partition(":")[0], "nothing") + rest


def routes(suite: Suite) -> Iterator[Route]:
    for service in SERVICES:
        application = suite.applications[service]
        for rule in application.url_map.iter_rules():
            if rule.endpoint in WATCHED or rule.endpoint.startswith("api-docs."):
                continue
            permission = application.view_functions[rule.endpoint].permission
            for method in sorted((rule.methods or set()) & set(METHODS)):
                yield Route(service, method, rule.rule, rule.endpoint, permission)


def ask(suite: Suite, route: Route, token: str = "", **more: Any) -> TestResponse:
    """An answer to whoever may ask: the bearer of `token`, or a service that the route is for."""
    headers = dict(more.pop("headers", {}))
    if token and route.permission.startswith(INTERNAL):
        caller = route.permission.removeprefix(INTERNAL).partition(",")[0]
        headers["Zhurnal-Service"] = f"{caller} {TOKENS[caller]}"
    elif token:
        headers["Authorization"] = f"Bearer {token}"
    application = suite.applications[route.service]
    return Client(application).open(route.path, method=route.method, headers=headers, **more)


def is_problem(answer: TestResponse, status: int) -> bool:
    document = answer.get_json(silent=True) or {}
    return (
        answer.status_code == status
        and answer.mimetype == "application/problem+json"
        and document.get("status") == status
        and str(document.get("type", "")).startswith("urn:zhurnal:problem:")
    )


Paths = dict[str, Any]


@pytest.fixture(scope="module")
def paths(suite: Suite) -> Paths:
    """What is written down, by rule."""
    return {rule: said for document in documents(suite).values() for rule, said in document["paths"].items()}


def operation(paths: Paths, route: Route) -> Any:
    return paths.get(route.documented, {}).get(route.method.lower(), {})


def needed(paths: Paths, route: Route) -> dict[str, str]:
    """Ids for the parameters of the query that must be there."""
    named = operation(paths, route).get("parameters", ())
    return {one["name"]: str(uuid.uuid4()) for one in named if one.get("in") == "query" and one["required"]}


def with_body(paths: Paths, route: Route) -> bool:
    return "application/json" in operation(paths, route).get("requestBody", {}).get("content", {})


def test_every_route_is_in_the_document_with_the_shape_of_its_answer(suite: Suite, paths: Paths) -> None:
    silent = []
    for route in routes(suite):
        described = operation(paths, route)
        answers = {int(status): said for status, said in described.get("responses", {}).items()}
        good = [said for status, said in answers.items() if status < 300 and status != 204]
        shaped = all(kind.get("schema") for said in good for kind in said.get("content", {"": {}}).values())
        if not shaped or not (good or 204 in answers):
            silent.append(str(route))
    assert silent == []


def test_a_stranger_is_refused_by_every_route_but_the_open_ones(suite: Suite) -> None:
    closed = [route for route in routes(suite) if route.permission != PUBLIC]
    assert [str(route) for route in closed if not is_problem(ask(suite, route), 401)] == []
    answered = {(route.service, route.method, route.rule) for route in routes(suite) if route not in closed}
    assert answered == OPEN


def test_every_route_is_under_the_fence(
    databases: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "PER_PERSON", "1 per hour")
    fenced = build_suite(databases, "redis://127.0.0.1:1", tmp_path)
    try:
        free = []
        for route in routes(fenced):
            ask(fenced, route)
            again = ask(fenced, route)
            if not is_problem(again, 429) or "Retry-After" not in again.headers:
                free.append(str(route))
        assert free == []
    finally:
        fenced.close()


def test_a_method_that_a_route_does_not_know_is_a_problem(suite: Suite) -> None:
    wrong = []
    for rule in sorted({(route.service, route.rule) for route in routes(suite)}):
        known = {route.method for route in routes(suite) if (route.service, route.rule) == rule}
        beside = Route(rule[0], "TRACE", rule[1], "", PUBLIC)
        answer = ask(suite, beside)
        if not is_problem(answer, 405) or not known <= set(answer.headers["Allow"].split(", ")):
            wrong.append(rule)
    assert wrong == []


def test_a_path_that_is_none_is_a_problem(suite: Suite) -> None:
    for service in SERVICES:
        for path in (f"/api/{service}/v1/nothing", f"/internal/{service}/v1/nothing", "/", "/api/nobody"):
            assert is_problem(suite.api(service).get(path), 404), path


def test_a_body_of_another_kind_or_with_an_unknown_field_is_a_problem(
    suite: Suite, school: School, paths: Paths
) -> None:
    wrong = []
    for route in routes(suite):
        if not with_body(paths, route):
            continue
        shown: dict[str, Any] = {"headers": {"If-Match": '"none"'}, "query_string": needed(paths, route)}
        text = ask(suite, route, school.admin_token, **shown, data="5", content_type="text/plain")
        unknown = ask(suite, route, school.admin_token, **shown, json={"nonsense": 1})
        pointers = [entry["pointer"] for entry in (unknown.json or {}).get("errors", ())]
        if not is_problem(text, 415) or not is_problem(unknown, 422) or "/nonsense" not in pointers:
            wrong.append((str(route), text.status_code, unknown.status_code, pointers))
    assert wrong == []


def test_an_unknown_parameter_is_a_problem(suite: Suite, school: School, paths: Paths) -> None:
    wrong = []
    for route in routes(suite):
        named = [one for one in operation(paths, route).get("parameters", ()) if one.get("in") == "query"]
        if not named:
            continue
        body = {"data": orjson.dumps({}), "content_type": "application/json"} if with_body(paths, route) else {}
        answer = ask(suite, route, school.admin_token, query_string={"nonsense": "1"}, **body)
        pointers = [entry["pointer"] for entry in (answer.json or {}).get("errors", ())]
        if not is_problem(answer, 422) or "/nonsense" not in pointers:
            wrong.append((str(route), answer.status_code, pointers))
    assert wrong == []
