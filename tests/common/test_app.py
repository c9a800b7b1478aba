"""What every service's application does alike."""

from __future__ import annotations

from services.common.config import SERVICES
from tests.support.suite import Suite


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


def test_openapi_is_served(suite: Suite) -> None:
    for service in SERVICES:
        answer = suite.api(service).get(f"/api/{service}/openapi.json")
        assert answer.status_code == 200
        assert answer.json is not None
        assert answer.json["openapi"] == "3.1.0"
