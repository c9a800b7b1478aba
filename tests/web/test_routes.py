"""A walk of the pages' URL map: whoever comes, each page answers as a page, and none of them without end."""

from __future__ import annotations

import uuid
from pathlib import Path

import flask
import pytest
from werkzeug.routing import AnyConverter, IntegerConverter, Rule, UUIDConverter

from services.common import rates
from services.web.app import create_app
from tests.fuzz.cast import make_cast
from tests.support.school import School
from tests.support.suite import Suite
from tests.web.conftest import SAME_SITE, Pages, settings

FREE = {"static_file", "favicon", "healthz"}
"""Counted by nobody: files that never change, and the question of who watches."""

SHUT = {"static_file", "mail.mailbox"}
"""By name of a file only, and in a demonstration only."""


def addresses(app: flask.Flask, ids: dict[str, list[str]]) -> list[tuple[str, str, str]]:
    """(method, endpoint, path) of every route, with ids of what exists where it has names for them."""
    found = []
    with app.test_request_context():
        for rule in app.url_map.iter_rules():
            values = {name: (ids.get(name) or ids.get(f"{name}_id") or [None])[0] for name in rule.arguments}
            path = flask.url_for(rule.endpoint, **{n: _fitting(rule, n, value) for n, value in values.items()})
            found += [(method, rule.endpoint, path) for method in ("GET", "POST") if method in (rule.methods or ())]
    return found


def _fitting(rule: Rule, name: str, value: object) -> object:
    converter = rule._converters[name]
    if value is not None:
        return value
    if isinstance(converter, AnyConverter):
        return sorted(converter.items)[0]
    return {UUIDConverter: uuid.uuid4(), IntegerConverter: 1}.get(type(converter), "nothing")


def test_every_page_answers_everybody(web: flask.Flask, suite: Suite, school: School) -> None:
    """With real ids and without a field or a query: what is refused is refused in words, never as a failure."""
    cast = make_cast(school)
    failed, opened = [], set()
    for role in ("administrator", "teacher", "guardian", "nobody"):
        for method, endpoint, path in addresses(web, cast.ids):
            if endpoint == "signin.logout":
                continue
            visitor = Pages(web.test_client()).sign_in(cast.tokens[role])
            answer = visitor.client.open(path, method=method, headers=SAME_SITE)
            if answer.status_code >= 500 or not answer.content_type:
                failed.append((role, method, path, answer.status_code))
            if (
                method == "GET"
                and answer.status_code < 400
                and not answer.headers.get("Location", "").startswith("/login?")
            ):
                opened.add(endpoint)
    assert failed == []
    looked_at = {endpoint for method, endpoint, _ in addresses(web, cast.ids) if method == "GET"}
    assert looked_at - opened == SHUT


def test_every_page_is_under_the_fence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(rates, "PER_PERSON", "1 per hour")
    app = create_app(settings(tmp_path))
    free = set()
    for method, endpoint, path in addresses(app, {}):
        statuses = [app.test_client().open(path, method=method, headers=SAME_SITE).status_code for _ in range(2)]
        if statuses[1] != 429:
            free.add(endpoint)
    assert free == FREE


def test_a_page_that_says_nothing_of_who_may_see_it_starts_no_application(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = flask.Blueprint("silent", __name__)
    page.add_url_rule("/silent", view_func=lambda: "hello", endpoint="silent")
    monkeypatch.setattr("services.web.app.BLUEPRINTS", [page])
    with pytest.raises(RuntimeError, match="/silent"):
        create_app(settings(tmp_path))
