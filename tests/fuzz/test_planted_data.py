"""Names, contacts and secrets of people stay where they belong: in no log, metric or address, in no other task."""

from __future__ import annotations

import io
import json
import logging
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

import psycopg
import pyotp
import pytest
import structlog
from celery import Celery
from werkzeug.test import TestResponse

from services.common.config import SERVICES
from services.common.logging import logger
from services.web.app import create_app
from tests.notifications.conftest import Relay
from tests.support.databases import Servers, clone, make_templates
from tests.support.queue import Queue
from tests.support.school import YEAR_START, Class, School, good, make_class, make_school
from tests.support.suite import build_suite
from tests.web.conftest import Pages, settings

FAMILY, FIRST, MIDDLE = "Подсолнухова", "Вальпургия", "Евстигнеевна"
EMAIL, PHONE = "valpurgia.plant@example.org", "+79004815162"
PASSWORD, WRONG = "гиацинт-цветёт-в-полночь-77", "неверный-подснежник-13"
COMMENT, DOCUMENT = "пишет левой рукой", "справка из оранжереи 8815"
CHILD, LISTED = "Одуванчикова", "Ромашковская"
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
def relay() -> Iterator[Relay]:
    started = Relay()
    started.start()
    yield started
    started.stop()


@dataclass
class Planted:
    """What must not be found, by what it is."""

    secrets: dict[str, str] = field(
        default_factory=lambda: {
            "family name": FAMILY, "first name": FIRST, "patronymic": MIDDLE, "e-mail": EMAIL, "phone": PHONE,
            "password": PASSWORD, "wrong password": WRONG, "comment": COMMENT, "document": DOCUMENT,
            "name of a child": CHILD, "name in a list": LISTED,
        }
    )  # fmt: skip

    def found_in(self, text: str) -> set[str]:
        """As it stands, in any case, escaped for JSON or for an address."""
        folded = text.casefold()
        return {
            what
            for what, value in self.secrets.items()
            if any(one.casefold() in folded for one in (value, quote(value), json.dumps(value)[1:-1]))
        }


def field_of(answer: TestResponse, name: str) -> str:
    """What a page has in a hidden field."""
    return answer.get_data(as_text=True).partition(f'name="{name}" value="')[2].partition('"')[0]


def live(web: Pages, taught: Class, planted: Planted) -> None:
    """A mother is registered, let in, agrees, searches and is searched; her child has a mark and an absence."""
    school = taught.school
    visitor = web.sign_in(school.admin_token)
    form = {"kinds": ["guardian"], "last_name": FAMILY, "first_name": FIRST, "middle_name": MIDDLE}
    registered = visitor.post("/people/new", form | {"email": EMAIL, "phone": PHONE})
    mother = registered.headers["Location"].rpartition("/")[2].partition("?")[0]
    assert FAMILY in visitor.post("/people", {"kind": "guardian", "q": FAMILY[:8]}).get_data(as_text=True)
    pupil = school.person(["student"], CHILD, "Иван", birth_date="2015-03-01")
    enrolment = {"student_id": pupil, "from": YEAR_START}
    good(school.journal().post(f"/classes/{taught.class_id}/enrollments", enrolment), 201)
    link = {"guardian_id": mother, "student_id": pupil, "relation": "мать", "from": YEAR_START}
    good(school.journal().post("/guardianships", link), 201)
    school.suite.deliver()
    issued = good(school.accounts().post("/credentials", {"person_ids": [mother]}), 201)["items"][0]
    planted.secrets |= {"code": issued["code"], "login": issued["login"]}
    activation = {"code": issued["code"], "password": PASSWORD, "password2": PASSWORD, "repeat": PASSWORD}
    door = school.suite.api("accounts")
    body = {"code": issued["code"], "password": PASSWORD, "child_birth_date": "2015-03-01"}
    planted.secrets["session of a code"] = good(door.post("/credentials/activate", body), 201)["token"]
    visitor.post("/activate", activation)
    assert visitor.post("/login", {"login": issued["login"], "password": WRONG}).status_code in (401, 422, 200)
    token = good(door.post("/sessions", {"login": issued["login"], "password": PASSWORD}), 201)["token"]
    planted.secrets["session"] = token
    take_a_second_step(web, school, token, issued["login"], planted)
    for purpose in ("diary", "mail"):
        wish = {"student_id": pupil, "guardian_id": mother, "purpose": purpose, "decision": "given"}
        good(school.accounts(token).post("/consents", wish | {"document": DOCUMENT}), 201)
    item = {"lesson_id": taught.lessons[0], "work_type": "answer"}
    column = good(taught.teacher.post(f"/courses/{taught.course_id}/line-items", item), 201)["id"]
    cell = {"op_id": str(uuid.uuid4()), "student_id": pupil, "base_version": None}
    operations = [
        cell | {"line_item_id": column, "symbol": "5", "comment": COMMENT},
        cell | {"op_id": str(uuid.uuid4()), "lesson_id": taught.lessons[1], "symbol": "Н"},
    ]
    answer = good(taught.teacher.patch(f"/courses/{taught.course_id}/page", {"operations": operations}))
    assert len(answer["applied"]) == 2
    names = f"Класс;Фамилия;Имя;Дата рождения\r\n9Б;{LISTED};Ульяна;14.03.2012\r\n9Б;{LISTED}77;;\r\n"
    sent = {"kind": "students", "file": (io.BytesIO(names.encode()), f"{LISTED}.csv")}
    good(school.journal().call("POST", "/imports", data=sent, content_type="multipart/form-data"), 201)
    period = good(school.journal().get("/periods?grade=8"))["items"][1]["id"]
    wanted = {"form": "class_period_results", "parameters": {"class": taught.class_id, "period": period}}
    good(school.suite.api("reports", school.admin_token).post("/reports", wanted), 202)
    for path in (f"/people/{mother}", f"/people/{pupil}", f"/journal/{taught.course_id}", "/people?kind=guardian"):
        assert visitor.get(path).status_code == 200
    assert CHILD in Pages(web.client.application.test_client()).sign_in(token).get(f"/diary/{pupil}").get_data(True)


def take_a_second_step(web: Pages, school: School, token: str, login: str, planted: Planted) -> None:
    """She sets a second factor up, signs in with it and forgets her password."""
    mine = school.accounts(token)
    secret = good(mine.post("/second-factors"), 201)["secret"]
    confirmed = mine.post("/second-factors/confirm", {"otp": pyotp.TOTP(secret).now()})
    recovery = good(confirmed)["recovery_codes"][0]
    browser = Pages(web.client.application.test_client())
    proof = field_of(browser.post("/login", {"login": login, "password": PASSWORD}), "proof")
    assert browser.post("/login/code", {"proof": proof, "otp": recovery}).status_code == 303
    device = browser.client.get_cookie("zhurnal-device")
    assert proof
    assert device is not None
    planted.secrets |= {"secret": secret, "recovery code": recovery, "proof": proof, "device": device.value}
    assert browser.post("/forgotten", {"login": login}).status_code == 200


@pytest.mark.enable_socket
def test_nothing_of_a_person_is_written_where_it_does_not_belong(
    servers: Servers, tmp_path: Path, relay: Relay, written: io.StringIO
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
    assert routes >= {"/people/<uuid:person_id>", "/api/journal/v1/people/search", "/api/accounts/v1/sessions"}
    assert {line: planted.found_in(line) for line in lines if planted.found_in(line)} == {}
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
