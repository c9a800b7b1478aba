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

from services.accounts.personal_data.queries import gather as gather_accounts
from services.accounts.retention.commands import NewAct, make_act
from services.accounts.retention.rules import Reason
from services.common.clock import now
from services.common.db import Scope, new_id
from services.common.personal_data.tasks import Gather
from tests.common.test_row_level_security import fill
from tests.support.personal_data import GATHERS as OTHERS
from tests.support.personal_data import told_of
from tests.support.school import School, good, make_school
from tests.support.suite import Suite

GATHERS: dict[str, Gather] = {"accounts": gather_accounts, **OTHERS}

NAMING = {
    "person_id",
    "student_id",
    "guardian_id",
    "guardian_ids",
    "teacher_id",
    "viewer_id",
    "author_id",
    "subject_id",
    "requester_id",
    "account_id",
}
"""Columns that name somebody by id, besides every one that ends with `_by`."""
NOBODY = {"course.subject_id"}
"""Of these names, but a school's subject."""
SAYING = {"address", "email", "actor", "author"}
"""Columns that say in words who somebody is or how to reach him; `jsonb` may hold anything, too."""

TOLD_OF: dict[str, dict[str, str]] = {
    "accounts": {
        "account.id": "account",
        "activation_code.person_id": "slips",
        "activation_code.account_id": "slips",
        "code_request.person_id": "code_requests",
        "code_request.account_id": "code_requests",
        "consent.guardian_id": "consents",
        "consent.student_id": "consents",
        "destruction_act.person_id": "destruction_acts",
        "dispute.person_id": "restrictions",
        "document_acceptance.person_id": "documents_accepted",
        "known_device.account_id": "devices",
        "membership.account_id": "account",
        "membership.person_id": "account",
        "privacy_request.requester_id": "privacy_requests",
        "privacy_request.subject_id": "privacy_requests",
        "role.person_id": "roles",
        "second_factor.account_id": "second_factors",
        "session.account_id": "sessions",
        "sign_in_event.account_id": "sign_ins",
    },
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
_ORDERED = "what an act of accounts tells a service, and accounts tells of the act"
_COPY = "a copy of journal's register, which journal tells itself"
NOT_TOLD_OF: dict[str, dict[str, str]] = {
    "accounts": {
        "activation_code.handed_by": _DONE_BY,
        "change_log.actor": _DONE_BY,
        "change_log.new": "every row stays, and is told with the moments of its changes",
        "change_log.old": "every row stays, and is told with the moments of its changes",
        "consent.recorded_by": _DONE_BY,
        "consent.withdrawn_by": _DONE_BY,
        "consent_form.published_by": _DONE_BY,
        "consent_scan.annulled_by": _DONE_BY,
        "consent_scan.attached_by": _DONE_BY,
        "destruction_act.approved_by": _DONE_BY,
        "destruction_act.cancelled_by": _DONE_BY,
        "destruction_act.made_by": _DONE_BY,
        "destruction_order.person_id": _ORDERED,
        "dispute.ended_by": _DONE_BY,
        "dispute.opened_by": _DONE_BY,
        "document.annulled_by": _DONE_BY,
        "document.created_by": _DONE_BY,
        "document_version.created_by": _DONE_BY,
        "document_version.published_by": _DONE_BY,
        "enrollment.student_id": _COPY,
        "guardianship.guardian_id": _COPY,
        "guardianship.student_id": _COPY,
        "known_address.account_id": "an address as a hash that only a guess can be compared with",
        "operator.address": "the school's own",
        "outbox.data": _ON_ITS_WAY,
        "own_day.set_by": _DONE_BY,
        "parked.event": _ON_ITS_WAY,
        "person.id": _COPY,
        "privacy_request.closed_by": _DONE_BY,
        "privacy_request.recorded_by": _DONE_BY,
        "retention_term.decided_by": _DONE_BY,
        "second_factor.ended_by": _DONE_BY,
    },
    "journal": {
        "destruction_order.person_id": _ORDERED,
        "page_operation.person_id": "thirty days long, so that a request sent again changes nothing; told as marks",
        "page_operation.answer": "versions of cells, as they were answered",
        "import_file.fields": "what the columns of a list hold",
        "import_file.answer": "numbers of rows",
        "change_log.actor": _DONE_BY,
        "outbox.data": _ON_ITS_WAY,
        "parked.event": _ON_ITS_WAY,
    },
    "notifications": {
        "destruction_order.person_id": _ORDERED,
        "change_log.actor": _DONE_BY,
        "change_log.old": "of settings and of held addresses, which are told with both their moments",
        "change_log.new": "of settings and of held addresses, which are told with both their moments",
        "outbox.data": _ON_ITS_WAY,
        "parked.event": _ON_ITS_WAY,
    },
    "reports": {
        "destruction_order.person_id": _ORDERED,
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
        _come_in_with_a_factor(school)
        _demand_destruction(school)
    return made


def _demand_destruction(school: School) -> None:
    wanted = NewAct(["contacts"], school.admin_id, Reason.DEMAND)
    with _opened(school, "accounts") as session:
        make_act(session, school.id, wanted, school.admin_id, now())


def _come_in_with_a_factor(school: School) -> None:
    good(school.accounts().post("/second-factors"), 201)
    with _opened(school, "accounts") as session:
        session.execute(
            sa.text(
                "INSERT INTO known_device (account_id, key_hash, name, failures, last_used_at)"
                " SELECT account_id, :key, 'Телефон', 0, now() FROM membership LIMIT 1"
            ),
            {"key": uuid.uuid4().hex},
        )


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
        if (column in NAMING | SAYING and f"{table}.{column}" not in NOBODY)
        or column.endswith("_by")
        or kind == "jsonb"
        or (table, column) in {("person", "id"), ("account", "id")}
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
    if table == "account" or name == "account_id":
        asked = f'SELECT m.person_id FROM membership m JOIN "{table}" t ON t."{name}" = m.account_id LIMIT 1'
    else:
        asked = f'SELECT "{name}" FROM "{table}" WHERE "{name}" IS NOT NULL LIMIT 1'
    asked = WHOM.get((service, column), asked)
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
