"""The application role deletes no row of what is kept but under an order that the row is due under."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest

from services.accounts.retention.rules import CATEGORIES, years_before
from tests.support.school import make_school
from tests.support.suite import Suite

PERSON = (
    "INSERT INTO person (school_id, id, last_name, first_name, middle_name, sort_key, left_on, version)"
    " VALUES (%(school)s, %(person)s, 'Тайная', 'Зера', '', 'тайная зера', %(at)s, 1)"
)
CONTACT = "INSERT INTO contact (school_id, person_id, kind, value) VALUES (%(school)s, %(person)s, 'phone', '+7')"
CARD_VIEW = (
    "INSERT INTO card_view (school_id, id, at, viewer_id, person_id, request_id)"
    " VALUES (%(school)s, %(id)s, %(at)s, %(person)s, %(person)s, '')"
)
MESSAGE = (
    "INSERT INTO message (school_id, id, kind, cause_id, cause_version, student_id, taught_on, due_at)"
    " VALUES (%(school)s, %(id)s, 'mark', %(id)s, 1, %(person)s, %(at)s, %(at)s)"
)
DELIVERY = (
    "INSERT INTO delivery (school_id, id, message_id, address, guardian_ids, state, not_before, created_at)"
    " VALUES (%(school)s, %(id)s, %(id)s, 'l@mail.example', ARRAY[%(person)s]::uuid[], 'done', %(at)s, %(at)s)"
)
ABSENCE = (
    "INSERT INTO absence (school_id, id, student_id, taught_on, number, subject, absent, version)"
    " VALUES (%(school)s, %(id)s, %(person)s, %(at)s, 1, 'Алгебра', true, 1)"
)
HELD = (
    "INSERT INTO held_address (school_id, id, address, delivery_id, held_at, lifted_at)"
    " VALUES (%(school)s, %(id)s, 'l@mail.example', %(id)s, %(at)s, %(at)s)"
)
SNAPSHOT = (
    "INSERT INTO snapshot (school_id, id, kind, object_id, state, attempt, ask_at)"
    " VALUES (%(school)s, %(id)s, 'class_year', %(id)s, 'pending', 0, %(at)s)"
)
JOB = (
    "INSERT INTO report_job (school_id, id, form, rule_version, parameters, formats, class_id, title, author,"
    " pages, snapshot_id, state, attempt, requested_by, requested_at, finished_at) VALUES (%(school)s, %(id)s,"
    " 'class_period_results', 1, '{}', '{pdf}', %(id)s, '8А', 'О. Л.', '{}', %(id)s, 'done', 1, %(person)s,"
    " %(at)s, %(at)s)"
)
FILE = "INSERT INTO report_file (school_id, job_id, format, sha256, size) VALUES (%(school)s, %(id)s, 'pdf', 'ab', 1)"
SIGN_IN = (
    "INSERT INTO sign_in_event (id, account_id, in_school, kind, at, device, network)"
    " SELECT %(id)s, account_id, school_id, 'signed_in', %(at)s, '', '' FROM membership"
    " WHERE school_id = %(school)s LIMIT 1"
)


@dataclass(frozen=True)
class Kept:
    """A table, and a row of it as it is made."""

    category: str
    table: str
    made: tuple[str, ...]

    @property
    def service(self) -> str:
        return CATEGORIES[self.category].service


TABLES = (
    Kept("contacts", "contact", (PERSON, CONTACT)),
    Kept("card_views", "card_view", (CARD_VIEW,)),
    Kept("letters", "message", (MESSAGE,)),
    Kept("letters", "delivery", (MESSAGE, DELIVERY)),
    Kept("letters", "absence", (ABSENCE,)),
    Kept("held_addresses", "held_address", (MESSAGE, DELIVERY, HELD)),
    Kept("report_files", "report_file", (SNAPSHOT, JOB, FILE)),
    Kept("sign_ins", "sign_in_event", (SIGN_IN,)),
)
OTHERS = {
    "contacts": "card_views",
    "card_views": "contacts",
    "letters": "held_addresses",
    "held_addresses": "letters",
}
"""Another category of the same service, where it has one."""


@dataclass
class Row:
    """A row that has been past its term since yesterday, and attempts to delete it as the application role."""

    app: psycopg.Connection
    kept: Kept
    school: uuid.UUID
    person: uuid.UUID = field(default_factory=uuid.uuid4)
    id: uuid.UUID = field(default_factory=uuid.uuid4)

    def __post_init__(self) -> None:
        values = {"school": self.school, "person": self.person, "id": self.id, "at": self.due - dt.timedelta(days=1)}
        self._enter(self.school)
        for statement in self.kept.made:
            self.app.execute(statement, values)
        self.app.commit()

    @property
    def due(self) -> dt.date:
        return years_before(dt.datetime.now(dt.UTC).date(), CATEGORIES[self.kept.category].years)

    def ordered(self, school: uuid.UUID | None = None, **said: Any) -> uuid.UUID:
        """An order to destroy what is past the term of the row's category, or what is said instead."""
        order = {"category": self.kept.category, "before": None if "person_id" in said else self.due} | said
        school, order_id = school or self.school, uuid.uuid4()
        self._enter(school)
        self.app.execute(
            "INSERT INTO destruction_order (school_id, id, category, person_id, before, done_at)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [school, order_id, order["category"], order.get("person_id"), order["before"], order.get("done_at")],
        )
        self.app.commit()
        return order_id

    def delete(self, order: uuid.UUID | None, school: uuid.UUID | None = None) -> str:
        """What became of it: how many rows went, or the state of the error."""
        self._enter(school or self.school)
        self.app.execute("SELECT set_config('app.destruction_order', %s, true)", [str(order or "")])
        key = {"contact": "person_id", "report_file": "job_id"}.get(self.kept.table, "id")
        value = self.person if key == "person_id" else self.id
        try:
            done = self.app.execute(f"DELETE FROM {self.kept.table} WHERE {key} = %s", [value])
            return str(done.rowcount)
        except psycopg.Error as error:
            return str(error.sqlstate)
        finally:
            self.app.rollback()

    def _enter(self, school: uuid.UUID) -> None:
        self.app.execute("SELECT set_config('app.school_id', %s, true)", [str(school)])


@pytest.fixture(params=TABLES, ids=lambda kept: kept.table)
def kept(request: pytest.FixtureRequest) -> Kept:
    found: Kept = request.param
    return found


@pytest.fixture
def make_row(kept: Kept, suite: Suite, databases: dict[str, str]) -> Iterator[Callable[[], Row]]:
    with psycopg.connect(databases[kept.service]) as app:
        yield lambda: Row(app, kept, make_school(suite).id if kept.service == "accounts" else uuid.uuid4())


REFUSED = "42501"


def test_under_an_order_that_a_row_is_due_under_it_goes(make_row: Callable[[], Row]) -> None:
    row = make_row()
    assert row.delete(row.ordered()) == "1"


def test_without_an_order_nothing_goes(make_row: Callable[[], Row]) -> None:
    row = make_row()
    assert row.delete(None) == REFUSED
    assert row.delete(uuid.uuid4()) == REFUSED


def test_under_an_order_that_is_done_nothing_goes(make_row: Callable[[], Row]) -> None:
    row = make_row()
    assert row.delete(row.ordered(done_at=dt.datetime.now(dt.UTC))) == REFUSED


def test_what_is_a_day_younger_than_the_order_says_stays(make_row: Callable[[], Row]) -> None:
    row = make_row()
    assert row.delete(row.ordered(before=row.due - dt.timedelta(days=1))) == REFUSED


def test_an_order_of_another_category_takes_nothing(make_row: Callable[[], Row], kept: Kept) -> None:
    if kept.category in OTHERS:
        row, other = make_row(), OTHERS[kept.category]
        before = years_before(row.due, 10)
        assert row.delete(row.ordered(category=other, before=before)) == REFUSED
    else:
        assert [one.name for one in CATEGORIES.values() if one.service == kept.service and one.destroyable] == [
            kept.category
        ]


def test_another_schools_order_takes_nothing(make_row: Callable[[], Row]) -> None:
    row, other = make_row(), make_row()
    order = other.ordered()
    assert row.delete(order) == REFUSED
    assert row.delete(order, other.school) == "0", "and that school does not see the row"


def test_an_order_of_one_person_takes_that_persons_alone(make_row: Callable[[], Row], kept: Kept) -> None:
    row = make_row()
    if not CATEGORIES[kept.category].erasable:
        with pytest.raises(psycopg.errors.CheckViolation):
            row.ordered(person_id=row.person)
        row.app.rollback()
        return
    assert row.delete(row.ordered(person_id=uuid.uuid4())) == REFUSED
    assert row.delete(row.ordered(person_id=row.person)) == "1"


def test_no_order_reaches_below_the_least_term(make_row: Callable[[], Row]) -> None:
    row = make_row()
    with pytest.raises(psycopg.errors.CheckViolation):
        row.ordered(before=row.due + dt.timedelta(days=1))
    row.app.rollback()


@pytest.mark.parametrize("service", sorted({one.service for one in CATEGORIES.values()}))
def test_no_service_takes_an_order_of_what_is_not_its_own(service: str, databases: dict[str, str]) -> None:
    mine = {one.name for one in CATEGORIES.values() if one.service == service and one.destroyable}
    school, taken = uuid.uuid4(), set()
    with psycopg.connect(databases[service], autocommit=True) as app:
        app.execute("SELECT set_config('app.school_id', %s, false)", [str(school)])
        for name in [*CATEGORIES, "everything"]:
            try:
                app.execute(
                    "INSERT INTO destruction_order (school_id, id, category, before)"
                    " VALUES (%s, %s, %s, '1990-01-01')",
                    [school, uuid.uuid4(), name],
                )
            except psycopg.errors.CheckViolation:
                continue
            taken.add(name)
    assert taken == mine


def test_an_order_is_neither_changed_nor_taken_back(databases: dict[str, str]) -> None:
    with psycopg.connect(databases["journal"]) as app:
        row = Row(app, TABLES[0], uuid.uuid4())
        row.ordered()
        for statement in (
            "DELETE FROM destruction_order",
            "UPDATE destruction_order SET before = '2026-01-01'",
            "UPDATE destruction_order SET category = 'card_views'",
        ):
            app.execute("SELECT set_config('app.school_id', %s, true)", [str(row.school)])
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                app.execute(statement)
            app.rollback()
