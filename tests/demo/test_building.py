"""The demonstration over real databases: written in sets, told of by events, mailing nobody by itself."""

from __future__ import annotations

import datetime as dt
import time
import uuid
from collections.abc import Callable
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from deploy.demo.building import ForeignSchoolError, build
from deploy.demo.plan import new_plan
from services.common.db import Database, Scope
from services.notifications.messages.delivering import Mailer
from services.notifications.messages.smtp import Sender
from tests.demo.conftest import Demonstration, count, today
from tests.support.databases import Servers
from tests.support.school import good
from tests.support.suite import build_suite


class Recorder(Sender):
    """A relay that keeps addresses only."""

    def __init__(self) -> None:
        super().__init__("smtp://nowhere.invalid")
        self.recipients: list[str] = []

    def send(self, message: EmailMessage, sender: str, recipient: str) -> None:
        self.recipients.append(recipient)


def _address(demonstration: Demonstration, login: str) -> str:
    person = demonstration.person(login)["person_id"]
    return str(good(demonstration.api("journal", "administrator").get(f"/people/{person}"))["email"])


def _count(demonstration: Demonstration, service: str, table: str) -> int:
    return count(demonstration.suite, demonstration.built, service, table)


def test_everybody_may_sign_in_by_the_description(demonstration: Demonstration) -> None:
    for one in demonstration.built.people:
        me = good(demonstration.api("accounts", str(one["login"])).get("/me"))
        assert me["person"]["id"] == one["person_id"]


def test_the_services_know_everybody(demonstration: Demonstration) -> None:
    people = _count(demonstration, "journal", "person")
    assert people > 400
    assert _count(demonstration, "accounts", "person") == people
    assert _count(demonstration, "notifications", "person") == people
    for table in ("guardianship", "enrollment"):
        assert _count(demonstration, "accounts", table) == _count(demonstration, "journal", table)
    for service in demonstration.suite.services:
        assert _count(demonstration, service, "parked") == 0


def test_every_fact_is_known_to_come_from_the_generator_and_becomes_no_letter(demonstration: Demonstration) -> None:
    assert _count(demonstration, "journal", "change_log") > 0
    assert _count(demonstration, "journal", "outbox") > 0
    assert set(demonstration.traces.values()) == {0}, demonstration.traces


def test_families_read_what_they_agreed_to(demonstration: Demonstration) -> None:
    def diary(login: str) -> list[int]:
        children: Any = demonstration.person(login)["children"]
        api = demonstration.api("journal", login)
        return [api.get(f"/diary?student={child['student_id']}").status_code for child in children]

    assert diary("guardian") == [200, 200]
    assert diary("guardianrefused") == [403]
    assert diary("guardianundecided") == [403]
    own = demonstration.person("student")["person_id"]
    assert demonstration.api("journal", "student").get(f"/diary?student={own}").status_code == 200


def test_a_mark_of_the_demo_teacher_is_for_the_guardian_who_agreed_alone(demonstration: Demonstration) -> None:
    teacher = demonstration.api("journal", "teacher")
    courses: Any = demonstration.person("teacher")["courses"]
    path = f"/courses/{courses[0]}/page"
    page = good(teacher.get(path))
    lesson = next(one for one in page["lessons"] if one["date"] == demonstration.built.day.isoformat())
    assert lesson["editable"]
    assert not lesson["attendance_checked"]
    item = {"op_id": str(uuid.uuid4()), "lesson_id": lesson["id"], "work_type": "answer", "ordinal": 0}
    pupils = {row["id"] for row in page["students"]}
    children = [
        child["student_id"]
        for login in ("guardian", "guardianrefused")
        for child in demonstration.person(login)["children"]  # type: ignore[attr-defined]
        if child["student_id"] in pupils
    ]
    assert len(children) == 2
    operations = [
        {
            "op_id": str(uuid.uuid4()),
            "student_id": child,
            "line_item_op": item["op_id"],
            "symbol": "5",
            "base_version": None,
        }
        for child in children
    ]
    answer = good(teacher.patch(path, {"line_items": [item], "operations": operations}))
    assert len(answer["applied"]) == 2
    demonstration.suite.deliver()
    sent = Recorder()
    Mailer(demonstration.suite.services["notifications"], sent).deliver_due(demonstration.built.school_id)
    assert sent.recipients == [_address(demonstration, "guardian")]


def test_a_second_build_changes_nothing(demonstration: Demonstration) -> None:
    services = demonstration.suite.services
    before = {service: _count(demonstration, service, "outbox") for service in services}
    again = build(services["accounts"].database, services["journal"].database, demonstration.plan, fresh=False)
    assert again.rows == {}
    assert again.people == demonstration.built.people
    assert {service: _count(demonstration, service, "outbox") for service in services} == before


def test_a_school_of_somebody_else_is_left_alone(demonstration: Demonstration) -> None:
    services = demonstration.suite.services
    with pytest.raises(ForeignSchoolError):
        build(services["accounts"].database, services["journal"].database, new_plan(today()), fresh=True)


A_WHOLE_YEAR = [pytest.mark.slow, pytest.mark.timeout(600)]


@pytest.mark.parametrize(
    ("pupils", "day", "classes", "marks", "period_marks"),
    [
        pytest.param(150, dt.date(2026, 11, 20), 11, 8_000, 1_000, id="150, autumn"),
        pytest.param(1000, dt.date(2027, 5, 20), 40, 200_000, 25_000, id="1000, a year", marks=A_WHOLE_YEAR),
    ],
)
def test_a_school_of_any_size_is_built(
    pupils: int, day: dt.date, classes: int, marks: int, period_marks: int,
    fresh_databases: dict[str, str], servers: Servers, tmp_path: Path, record_property: Callable[[str, object], None],
) -> None:  # fmt: skip
    suite = build_suite(fresh_databases, servers.redis, tmp_path)
    accounts, journal = (
        Database(suite.services[name].settings.database_url, pool_size=1, statement_timeout="120s")
        for name in ("accounts", "journal")
    )
    try:
        began = time.monotonic()
        built = build(accounts, journal, new_plan(day, pupils), fresh=True)
        record_property("seconds", round(time.monotonic() - began, 1))
        assert built.rows["school_class"] == classes
        assert built.rows["student"] == pupils
        assert built.rows["mark"] > marks
        assert built.rows["period_mark"] > period_marks
        assert set(built.seconds) == {"invented in", "journal written in", "accounts in"}
        with journal.read(Scope(school_id=built.school_id)) as session:
            told = session.execute(sa.text("SELECT count(*) FROM outbox WHERE origin <> 'generator'")).scalar_one()
        assert told == 0, "nobody is mailed"
    finally:
        accounts.dispose()
        journal.dispose()
        suite.close()
