"""Who asks what is kept about him is told of every column that can name him, or a reason is written here.

A new column of this kind without a line here fails. Each line is tried on schools with a row in every such table:
whom a row names in the column is told something in the section of the line, and in another school nothing at all.
"""

from __future__ import annotations

import uuid
from collections.abc import Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from services.common.db import Scope, new_id
from services.common.personal_data.tasks import Gather
from services.journal.personal_data.queries import gather as gather_journal
from services.notifications.personal_data.queries import gather as gather_notifications
from services.reports.personal_data.queries import gather as gather_reports
from tests.common.test_row_level_security import fill
from tests.support.personal_data import told_of
from tests.support.school import School, make_school
from tests.support.suite import Suite

GATHERS: dict[str, Gather] = {
    "journal": gather_journal,
    "notifications": gather_notifications,
    "reports": gather_reports,
    # Accounts gathers its own part; its line here and its two tables below come with it.
}

NAMING = {"person_id", "student_id", "guardian_id", "guardian_ids", "teacher_id", "viewer_id", "author_id"}
"""Columns that name somebody by id, besides every one that ends with `_by`."""
SAYING = {"address", "email", "actor", "author"}
"""Columns that say in words who somebody is or how to reach him; `jsonb` may hold anything, too."""

TOLD_OF: dict[str, dict[str, str]] = {
    "journal": {
        "person.id": "card",
        "student.person_id": "student",
        "guardian.person_id": "card",
        "staff.person_id": "staff",
        "contact.person_id": "contacts",
        "guardianship.student_id": "guardians",
        "guardianship.guardian_id": "wards",
        "enrollment.student_id": "classes",
        "class_teacher.person_id": "class_teacher",
        "course_teacher.person_id": "courses",
        "attendance.student_id": "attendance",
        "attendance.author_id": "entries",
        "excuse.student_id": "excuses",
        "excuse.author_id": "entries",
        "lesson.attendance_checked_by": "entries",
        "mark.student_id": "marks",
        "mark.author_id": "entries",
        "period_mark.student_id": "period_marks",
        "period_mark.author_id": "entries",
        "card_view.person_id": "card_views",
        "card_view.viewer_id": "card_views_made",
        "declared_consent.student_id": "declared_consents",
        "declared_consent.guardian_id": "declared_consents",
        "import_file.created_by": "imports",
        "import_file.cells": "lists",
        "change_log.old": "changes",
        "change_log.new": "changes",
    },
    "notifications": {
        "person.id": "card",
        "person.email": "card",
        "guardianship.student_id": "guardians",
        "guardianship.guardian_id": "wards",
        "absence.student_id": "absences",
        "message.student_id": "messages",
        "delivery.guardian_ids": "letters",
        "delivery.address": "letters",
        "held_address.address": "held_addresses",
    },
    "reports": {"report_job.requested_by": "reports", "report_job.author": "reports"},
}

_ON_ITS_WAY = "an event on its way: what it says is told where it is kept, and it goes by itself"
_DONE_BY = "who changed a row is told to whom the row belongs; what somebody wrote himself is told as numbers"
NOT_TOLD_OF: dict[str, dict[str, str]] = {
    "journal": {
        "page_operation.person_id": "thirty days long, so that a request sent again changes nothing; told as marks",
        "page_operation.answer": "versions of cells, as they were answered",
        "import_file.fields": "what the columns of a list hold",
        "import_file.answer": "numbers of rows",
        "change_log.actor": _DONE_BY,
        "outbox.data": _ON_ITS_WAY,
        "parked.event": _ON_ITS_WAY,
    },
    "notifications": {
        "change_log.actor": _DONE_BY,
        "change_log.old": "of settings and of held addresses, which are told with both their moments",
        "change_log.new": "of settings and of held addresses, which are told with both their moments",
        "outbox.data": _ON_ITS_WAY,
        "parked.event": _ON_ITS_WAY,
    },
    "reports": {
        "report_job.parameters": "a class and a period, told in the title",
        "change_log.actor": _DONE_BY,
        "change_log.old": "nothing of this service is logged",
        "change_log.new": "nothing of this service is logged",
        "outbox.data": _ON_ITS_WAY,
        "parked.event": _ON_ITS_WAY,
    },
}


@pytest.fixture(scope="module", autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel("2026-11-25T09:00:00+00:00", tick=True):
        yield


@pytest.fixture(scope="module")
def schools(suite: Suite) -> list[School]:
    """Two schools with a row in every table that can name somebody."""
    made = [make_school(suite), make_school(suite)]
    for school in made:
        fill(school)
        _check_a_roll(school)
        _hold_an_address(school)
    return made


def _check_a_roll(school: School) -> None:
    with _opened(school, "journal") as session:
        session.execute(
            sa.text(
                "UPDATE lesson SET attendance_checked_at = now(), attendance_checked_by = ("
                " SELECT person_id FROM course_teacher t WHERE t.course_id = lesson.course_id LIMIT 1)"
            )
        )


def _hold_an_address(school: School) -> None:
    with _opened(school, "notifications") as session:
        session.execute(
            sa.text(
                "INSERT INTO held_address (school_id, id, address, delivery_id, held_at)"
                " SELECT school_id, :id, address, id, now() FROM delivery LIMIT 1"
            ),
            {"id": new_id()},
        )


def _opened(school: School, service: str) -> Any:
    return school.suite.services[service].database.transaction(Scope(school_id=school.id, actor="test"))


def columns_that_may_name(session: Any) -> set[str]:
    """`table.column` of the whole database, the plumbing too; a partition is its table."""
    rows = session.execute(
        sa.text(
            "SELECT c.relname, a.attname, format_type(a.atttypid, NULL) FROM pg_attribute a"
            " JOIN pg_class c ON c.oid = a.attrelid WHERE c.relnamespace = 'public'::regnamespace"
            " AND c.relkind IN ('r', 'p') AND NOT c.relispartition AND a.attnum > 0 AND NOT a.attisdropped"
        )
    )
    return {
        f"{table}.{column}"
        for table, column, kind in rows
        if column in NAMING | SAYING
        or column.endswith("_by")
        or kind == "jsonb"
        or (table, column) == ("person", "id")
    }


@pytest.mark.parametrize("service", GATHERS)
def test_every_column_that_may_name_somebody_has_its_line(suite: Suite, service: str) -> None:
    with suite.services[service].database.read(Scope(actor="test")) as session:
        found = columns_that_may_name(session)
    lines = [*TOLD_OF[service], *NOT_TOLD_OF[service]]
    assert sorted(lines) == sorted(found)


WHOM = {
    ("journal", "import_file.cells"): "SELECT id FROM person WHERE last_name = 'Ларина' AND first_name = 'Вера'",
    ("journal", "change_log.old"): "SELECT object_id FROM change_log WHERE object = 'person' LIMIT 1",
    ("journal", "change_log.new"): "SELECT object_id FROM change_log WHERE object = 'person' LIMIT 1",
    ("notifications", "person.email"): "SELECT id FROM person WHERE email IS NOT NULL LIMIT 1",
    ("notifications", "delivery.guardian_ids"): "SELECT guardian_ids[1] FROM delivery LIMIT 1",
    ("notifications", "delivery.address"): (
        "SELECT p.id FROM delivery d JOIN person p ON p.email = d.address LIMIT 1"
    ),
    ("notifications", "held_address.address"): (
        "SELECT p.id FROM held_address h JOIN person p ON p.email = h.address LIMIT 1"
    ),
    ("reports", "report_job.author"): "SELECT requested_by FROM report_job LIMIT 1",
}
"""Somebody whom a row names, where the column itself is not his id."""


def somebody_in(school: School, service: str, column: str) -> uuid.UUID:
    table, _, name = column.partition(".")
    asked = WHOM.get((service, column), f'SELECT "{name}" FROM "{table}" WHERE "{name}" IS NOT NULL LIMIT 1')
    with _opened(school, service) as session:
        person = session.execute(sa.text(asked)).scalar_one()
    assert isinstance(person, uuid.UUID)
    return person


@pytest.mark.parametrize(
    ("service", "column"), [(service, column) for service, lines in TOLD_OF.items() for column in lines]
)
def test_whom_a_row_names_is_told_of_it(schools: list[School], service: str, column: str) -> None:
    mine, other = schools
    person, part = somebody_in(mine, service, column), mine.suite.services[service]
    assert told_of(part, GATHERS[service], mine.id, person)[TOLD_OF[service][column]]
    assert not any(told_of(part, GATHERS[service], other.id, person).values()), "told in another school"
