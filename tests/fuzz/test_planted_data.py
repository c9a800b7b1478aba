"""Names, contacts and secrets of people stay where they belong: in no log, metric or address, in no other task."""

from __future__ import annotations

import io
import json
import logging
from collections.abc import Iterator
from pathlib import Path

import flask
import psycopg
import pytest
import structlog
from celery import Celery

from services.common.config import SERVICES
from services.common.logging import logger
from services.web.app import create_app
from tests.fuzz.planted import FAMILY, Planted, live
from tests.notifications.conftest import Relay
from tests.support.databases import Servers, clone, make_templates
from tests.support.queue import Queue
from tests.support.school import make_class, make_school
from tests.support.suite import build_suite
from tests.web.conftest import Pages, settings

TELLS_OF_PEOPLE = ("journal.person.", "accounts.school.created")
"""Events that carry names, because who hears them keeps names."""


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    """Every line that this process logs, as it is written."""
    root = logging.getLogger()
    ours = next(one for one in root.handlers if isinstance(one.formatter, structlog.stdlib.ProcessorFormatter))
    stream = io.StringIO()
    beside = logging.StreamHandler(stream)
    beside.setFormatter(ours.formatter)
    # The relay is somebody else's program, in this process for the test only.
    beside.addFilter(lambda record: record.name != "mail.log")
    root.addHandler(beside)
    logging.getLogger("services").setLevel(logging.DEBUG)
    yield stream
    root.removeHandler(beside)


@pytest.fixture
def addresses() -> Iterator[list[str]]:
    """Every address that a page or a service is asked at, and every one that it leads on to."""
    noted: list[str] = []

    def asked(*_: object, **__: object) -> None:
        noted.append(flask.request.full_path)

    def answered(*_: object, response: flask.Response, **__: object) -> None:
        noted.append(response.headers.get("Location", ""))

    flask.request_started.connect(asked)
    flask.request_finished.connect(answered)
    yield noted
    flask.request_started.disconnect(asked)
    flask.request_finished.disconnect(answered)


@pytest.fixture
def relay() -> Iterator[Relay]:
    started = Relay()
    started.start()
    yield started
    started.stop()


@pytest.mark.enable_socket
def test_nothing_of_a_person_is_written_where_it_does_not_belong(
    servers: Servers, tmp_path: Path, relay: Relay, written: io.StringIO, addresses: list[str]
) -> None:
    make_templates(servers.postgres)
    urls = {name: clone(servers.postgres, name) for name in SERVICES}
    suite = build_suite(urls, servers.redis, tmp_path, smtp_url=f"smtp://127.0.0.1:{relay.port}")
    planted = Planted()
    try:
        taught = make_class(make_school(suite))
        web = Pages(create_app(settings(tmp_path), suite.applications).test_client())
        queue = Queue(suite)
        live(web, taught, planted)
        queue.work()
        metrics = [suite.api(name).get(f"/internal/{name}/metrics").get_data(as_text=True) for name in SERVICES]
    finally:
        suite.close()
    lines = written.getvalue().splitlines()
    routes = {json.loads(line).get("route") for line in lines}
    assert routes >= {
        "/people/<uuid:person_id>",
        "/api/journal/v1/people/search",
        "/api/accounts/v1/sessions",
        "/api/accounts/v1/consents/<uuid:consent_id>/scan",
        "/documents/<uuid:document_id>/accept",
        "/activate",
    }
    assert {line: planted.found_in(line) for line in lines if planted.found_in(line)} == {}
    assert {path: planted.found_in(path) for path in addresses if planted.found_in(path)} == {}
    assert any(path.startswith("/people/consents/classes/") for path in addresses)
    assert [planted.found_in(text) for text in metrics] == [set()] * len(SERVICES)
    assert {message.task for message in queue.sent} >= {
        "accounts.receive_events", "notifications.receive_events", "journal.acknowledge_events",
        "journal.take_snapshot", "reports.snapshot_answered", "reports.work", "notifications.work",
    }  # fmt: skip
    assert [line for message in queue.sent for line in told_by(message.payload, planted)] == []
    assert relay.letters
    assert [letter["Subject"] for letter in relay.letters if planted.found_in(str(letter["Subject"]))] == []


def told_by(payload: str, planted: Planted) -> list[str]:
    """What a task says of people, but in the events that are there to say it."""
    said = json.loads(payload)
    events = said.get("events", [])
    others = [event for event in events if not event["type"].startswith(TELLS_OF_PEOPLE)]
    rest = json.dumps(said | {"events": others}, ensure_ascii=False)
    return [f"{what} in {rest[:300]}" for what in planted.found_in(rest)]


def test_a_row_that_a_database_refuses_is_not_told_by_its_error(servers: Servers, written: io.StringIO) -> None:
    with psycopg.connect(servers.postgres) as connection:
        connection.execute("CREATE TEMPORARY TABLE refusing (name text CHECK (name = ''))")
        try:
            connection.execute("INSERT INTO refusing VALUES (%s)", [FAMILY])
        except psycopg.Error as error:
            logger("tests.planted").error("request.failed", exc_info=error)
    line = json.loads(written.getvalue().splitlines()[-1])
    assert FAMILY not in written.getvalue()
    assert "CheckViolation: 23514" in line["exception"]
    assert "test_planted_data.py" in line["exception"]


def test_a_task_that_fails_does_not_tell_what_it_was_given(written: io.StringIO) -> None:
    celery = Celery("tests", broker="memory://", set_as_current=False)

    def fails(name: str) -> None:
        raise ValueError(name)

    celery.task(name="tests.fails")(fails)
    celery.tasks["tests.fails"].apply(kwargs={"name": FAMILY})
    line = json.loads(written.getvalue().splitlines()[-1])
    assert FAMILY not in written.getvalue()
    assert (line["event"], line["level"]) == ("task.failed", "error")
    assert "ValueError" in line["exception"]
