"""The pages over the suite in this process, and the pages alone."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import flask
import pytest
import time_machine
from flask.testing import FlaskClient

from services.web.app import create_app
from services.web.clients import CALLS_A_PAGE
from services.web.config import WebSettings
from tests.support.suite import TOKENS, Suite

NOW = "2026-11-25T09:00:00+00:00"
SAME_SITE = {"Sec-Fetch-Site": "same-origin"}


@pytest.fixture(scope="module", autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


def settings(tmp_path: Path, **changes: Any) -> WebSettings:
    values: dict[str, Any] = {
        "environment": "test",
        "service_token": TOKENS["web"],
        "urls": {},
        "mail": tmp_path / "mail",
    }
    return WebSettings(**(values | changes))


@pytest.fixture
def alone(tmp_path: Path) -> FlaskClient:
    """The pages with no service that answers."""
    return create_app(settings(tmp_path)).test_client()


@dataclass
class Pages:
    """The pages as one visitor sees them; what each page asked of the services is counted."""

    client: FlaskClient
    asked: list[list[str]] = field(default_factory=list)

    def get(self, path: str, **more: Any) -> Any:
        return self.client.get(path, **more)

    def post(self, path: str, data: Any = None, **more: Any) -> Any:
        return self.client.post(path, data=data, headers=SAME_SITE, **more)

    def sign_in(self, token: str) -> Pages:
        self.client.set_cookie("zhurnal", token)
        return self


@pytest.fixture
def web(suite: Suite, tmp_path: Path) -> flask.Flask:
    """The pages over the suite."""
    return create_app(settings(tmp_path), suite.applications)


@pytest.fixture
def pages(web: flask.Flask) -> Iterator[Pages]:
    """A visitor; no page may ask more than three questions."""
    visitor = Pages(web.test_client())

    def note(*_: Any, **__: Any) -> None:
        visitor.asked.append(list(flask.g.asker.calls))

    flask.request_finished.connect(note, web)
    yield visitor
    flask.request_finished.disconnect(note, web)
    assert [calls for calls in visitor.asked if len(calls) > CALLS_A_PAGE] == []
