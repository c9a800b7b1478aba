"""What every service's application does alike."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.common import rates
from services.common.config import SERVICES
from tests.support.suite import Suite, build_suite


def test_every_service_is_alive_and_ready(suite: Suite) -> None:
    for service in SERVICES:
        assert suite.api(service).get(f"/api/{service}/healthz").status_code == 200
        ready = suite.api(service).get(f"/api/{service}/readyz")
        assert (ready.status_code, ready.json) == (200, {"status": "ready", "database": "ok"})


def test_an_unknown_path_is_a_problem_document(suite: Suite) -> None:
    answer = suite.api("journal").get("/nothing-here")
    assert answer.status_code == 404
    assert answer.mimetype == "application/problem+json"
    assert answer.json is not None
    assert answer.json["status"] == 404


def test_a_request_id_is_given_or_kept(suite: Suite) -> None:
    api = suite.api("journal")
    kept = api.get("/api/journal/healthz", headers={"X-Request-Id": "abcdef-123456"})
    assert kept.headers["X-Request-Id"] == "abcdef-123456"
    refused = api.get("/api/journal/healthz", headers={"X-Request-Id": "a b"})
    assert len(refused.headers["X-Request-Id"]) == 32


def test_a_loop_gone_wild_is_told_to_wait(
    databases: dict[str, str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rates, "PER_PERSON", "3 per minute")
    suite = build_suite(databases, "redis://127.0.0.1:1", tmp_path)
    try:
        api = suite.api("journal")
        answers = [api.get("/years") for _ in range(4)]
        assert [answer.status_code for answer in answers] == [401, 401, 401, 429]
        assert answers[3].mimetype == "application/problem+json"
        assert api.get("/api/journal/healthz").status_code == 200  # who watches is not counted
    finally:
        suite.close()


def test_openapi_is_served(suite: Suite) -> None:
    for service in SERVICES:
        answer = suite.api(service).get(f"/api/{service}/openapi.json")
        assert answer.status_code == 200
        assert answer.json is not None
        assert answer.json["openapi"] == "3.1.0"


def test_who_asks_is_settled_before_what_is_asked(suite: Suite) -> None:
    assert suite.api("journal").post("/people", {"nonsense": 1}).status_code == 401
    path = "/internal/journal/v1/relations"
    assert suite.api("journal").post(path, {"nonsense": 1}).status_code == 401
    assert suite.api("journal").internally("web", "POST", path, {"nonsense": 1}).status_code == 403
    assert suite.api("journal").internally("accounts", "POST", path, {"nonsense": 1}).status_code == 422


def test_internal_routes_do_not_exist_behind_the_front_port(databases: dict[str, str], tmp_path: Path) -> None:
    inner = build_suite(databases, "redis://127.0.0.1:1", tmp_path, internal_port=9999)
    try:
        api = inner.api("journal")
        for path in ("/internal/journal/metrics", "/internal/journal/v1/relations", "/internal/nothing"):
            answer = api.internally("accounts", "POST" if path.endswith("relations") else "GET", path, None)
            assert answer.status_code == 404
        assert api.get("/api/journal/readyz").json == {"status": "ready"}
    finally:
        inner.close()
