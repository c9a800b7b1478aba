"""No table shows or takes a row of another school, whatever a query forgets, as the role that the services use.

Two schools are filled through the routes as far as routes fill a table; the others are tried by an insert alone.
"""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
import time_machine
from psycopg import sql

from services.common.config import SERVICES, sqlalchemy_url
from services.common.db import Database, Scope
from tests.support.databases import Servers, clone, named
from tests.support.desk import Desk
from tests.support.destroying import carried_out, ordered
from tests.support.school import YEAR_START, School, good, make_class, make_school
from tests.support.suite import Api, Suite

EXEMPT = {"outbox", "schedule"}
"""Touched by the plumbing alone, which walks all schools."""

EMPTY = {
    "accounts": {"parked"},
    "journal": {"parked"},
    "notifications": {"parked", "held_address"},
    "reports": {"parked"},
}
"""Without a row of these schools: an event that cannot be applied, a letter that came to somebody else."""


@pytest.fixture(autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel("2026-11-25T09:00:00+00:00", tick=True):
        yield


# --- two schools with a row of everything --------------------------------------------------------------


def fill(school: School) -> None:
    """A row in each table that routes and events can fill."""
    taught = make_class(school, pupils=2)
    journal, accounts, first = school.journal(), school.accounts(), taught.students[0]
    guardian = school.person(["guardian"], "Ученикова", "Мария", email=f"{uuid.uuid4().hex}@example.org")
    pair = {"guardian_id": guardian, "student_id": first}
    good(journal.post("/guardianships", pair | {"relation": "мать", "from": YEAR_START}), 201)
    good(journal.get(f"/people/{guardian}"))
    school.suite.deliver()
    decided = {"decision": "given", "signed_on": "2026-09-02"}
    for purpose in ("diary", "mail"):
        kept = good(accounts.post("/consents", pair | decided | {"purpose": purpose}), 201)
    scan = {"file": (io.BytesIO(b"%PDF-1.7 of a test"), "paper.pdf")}
    path = f"/consents/{kept['id']}/scan"
    good(accounts.call("POST", path, data=scan, content_type="multipart/form-data"), 201)
    good(accounts.post("/disputes", {"student_id": taught.students[1]}), 201)
    paper = {"kind": "access", "subject_id": first, "requester_id": guardian}
    good(accounts.post("/privacy-requests", paper), 201)
    good(accounts.put("/working-days/2026-12-30", {"working": False}))
    role = {"person_id": taught.teacher_id, "kind": "deputy", "from": YEAR_START}
    good(accounts.post("/roles", role), 201)
    good(accounts.put("/sign-in-policy", {"second_factor_roles": ["medic"]}))
    good(accounts.post("/credentials", {"person_ids": [guardian]}), 201)
    rules = {"kind": "rules", "audience": "everyone", "title": "Положение", "asks": True, "text": "Да."}
    document = f"/documents/{good(accounts.post('/documents', rules), 201)['id']}"
    good(accounts.post(f"{document}/publish", {"number": 1}))
    good(accounts.post(f"{document}/accept", {"number": 1}))
    login = good(accounts.get("/me"))["account"]["login"]
    good(school.suite.api("accounts").post("/passwords/reset", {"login": login}), 202)
    leader = {"person_id": taught.teacher_id, "from": YEAR_START}
    good(journal.put(f"/classes/{taught.class_id}/class-teacher", leader))
    ill = {"student_id": first, "from": "2026-11-18", "to": "2026-11-19", "reason": "ill"}
    good(taught.teacher.post("/excuses", ill), 201)
    item = {"op_id": str(uuid.uuid4()), "lesson_id": taught.lessons[0], "work_type": "answer", "ordinal": 0}
    cell = {"student_id": first, "base_version": None}
    mark = cell | {"op_id": str(uuid.uuid4()), "symbol": "5", "line_item_op": item["op_id"]}
    absence = cell | {"op_id": str(uuid.uuid4()), "symbol": "Н", "lesson_id": taught.lessons[1]}
    changed = {"line_items": [item], "operations": [mark, absence]}
    assert len(good(taught.teacher.patch(f"/courses/{taught.course_id}/page", changed))["applied"]) == 2
    periods = good(journal.get("/periods?grade=8"))["items"]
    quarter = next(one["id"] for one in periods if one["title"] == "II четверть")
    final = {"operations": [cell | {"op_id": str(uuid.uuid4()), "symbol": "5"}]}
    path = f"/courses/{taught.course_id}/period-marks?period={quarter}"
    assert len(good(taught.teacher.put(path, final))["applied"]) == 1
    _take_a_list_in(journal)
    delays = {"mark_delay_minutes": 0, "absence_delay_minutes": 10}
    settings = school.suite.api("notifications", school.admin_token)
    good(settings.put("/settings", delays, headers={"If-Match": '"0"'}))
    asked = {"form": "class_period_results", "parameters": {"class": taught.class_id, "period": quarter}}
    good(school.suite.api("reports", school.admin_token).post("/reports", asked), 202)
    Desk(school).work()
    school.suite.deliver()
    good(accounts.put("/retention/letters", {"years": 2, "order_number": "12", "order_date": YEAR_START}))
    carried_out(school, ordered(school, "card_views", "letters", "report_files", "sign_ins"))


def _take_a_list_in(journal: Api) -> None:
    row = "9А;Ларина;Вера;01.02.2011;Ларина Ольга;larina@example.org;да"
    listed = f"Класс;Фамилия;Имя;Дата рождения;Родитель 1;Почта 1;Согласие 1\r\n{row}\r\n".encode("cp1251")
    form = {"kind": "students", "file": (io.BytesIO(listed), "9А.csv")}
    made = good(journal.call("POST", "/imports", data=form, content_type="multipart/form-data"), 201)
    good(journal.post(f"/imports/{made['id']}/commit", {"digest": made["digest"]}))


@dataclass
class Two:
    """Ids of two schools with rows."""

    a: uuid.UUID
    b: uuid.UUID


@pytest.fixture(scope="module")
def two(suite: Suite) -> Two:
    with time_machine.travel("2026-11-25T09:00:00+00:00", tick=True):
        schools = [make_school(suite), make_school(suite)]
        for school in schools:
            fill(school)
    return Two(schools[0].id, schools[1].id)


# --- what is asked of a table --------------------------------------------------------------------------


def tables_of(admin: psycopg.Connection) -> list[str]:
    """Every table with `school_id`, partitions too."""
    rows = admin.execute(
        "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
        " WHERE a.attname = 'school_id' AND NOT a.attisdropped AND c.relkind IN ('r', 'p')"
        " AND c.relnamespace = 'public'::regnamespace ORDER BY 1"
    )
    return [name for (name,) in rows if name not in EXEMPT]


@dataclass
class Probe:
    """One table, tried as the application role; every transaction is rolled back."""

    app: psycopg.Connection
    table: str

    def run(self, school: uuid.UUID | None, statement: str, *values: Any) -> int | str:
        """Rows that the statement found or touched, or the error that it met."""
        self.app.execute("SELECT set_config('app.school_id', %s, true)", [str(school or "")])
        try:
            done = self.app.execute(sql.SQL(statement).format(t=sql.Identifier(self.table)), values)
            return int((done.fetchone() or [0])[0]) if done.description else done.rowcount
        except psycopg.Error as error:
            return f"{error.sqlstate} {error}".splitlines()[0]
        finally:
            self.app.rollback()

    def count(self, school: uuid.UUID | None) -> int | str:
        return self.run(school, "SELECT count(*) FROM {t}")


def refused(outcome: int | str) -> bool:
    """By a policy or because the role may not do such a thing at all; any other error would prove nothing."""
    return str(outcome).startswith("42501 ")


def faults(app: psycopg.Connection, table: str, two: Two, rows: Callable[[uuid.UUID], int]) -> list[str]:
    """What `table` shows or takes that it should not."""
    probe = Probe(app, table)
    found = []

    def expect(what: str, outcome: int | str, good: bool) -> None:
        if not good:
            found.append(f"{what}: {outcome}")

    for mine, other in ((two.a, two.b), (two.b, two.a)):
        own = probe.count(mine)
        expect("own rows", own, own == rows(mine))
        seen = probe.run(mine, "SELECT count(*) FROM {t} WHERE school_id = %s", other)
        expect("seen of the other", seen, seen == 0)
        for statement in (
            "UPDATE {t} SET school_id = school_id WHERE school_id = %s",
            "DELETE FROM {t} WHERE school_id = %s",
        ):
            touched = probe.run(mine, statement, other)
            expect(statement, touched, touched == 0 or refused(touched))
        if rows(mine):
            moved = probe.run(mine, "UPDATE {t} SET school_id = %s", other)
            expect("given away", moved, refused(moved))
        for school in (mine, None):
            made = probe.run(school, "INSERT INTO {t} (school_id) VALUES (%s)", other)
            expect(f"insert with {'a' if school else 'no'} school", made, refused(made))
    expect("seen without a school", probe.count(None), probe.count(None) == 0)
    for statement in ("UPDATE {t} SET school_id = school_id", "DELETE FROM {t}"):
        touched = probe.run(None, statement)
        expect(f"{statement} without a school", touched, touched == 0 or refused(touched))
    return found


def as_role(url: str) -> psycopg.Connection:
    return psycopg.connect(url)


def as_admin(servers: Servers, url: str) -> psycopg.Connection:
    database = sa.make_url(sqlalchemy_url(url)).database
    assert database is not None
    return psycopg.connect(named(servers.postgres, database), autocommit=True)


def counter(admin: psycopg.Connection, table: str) -> Callable[[uuid.UUID], int]:
    """Rows of a school in `table`, seen by one whom no policy binds."""

    def rows(school: uuid.UUID) -> int:
        select = sql.SQL("SELECT count(*) FROM {} WHERE school_id = %s").format(sql.Identifier(table))
        row = admin.execute(select, [school]).fetchone()
        return int(row[0]) if row else 0

    return rows


# --- tests ---------------------------------------------------------------------------------------------


@pytest.mark.parametrize("service", SERVICES)
def test_no_table_shows_or_takes_a_row_of_another_school(
    service: str, two: Two, servers: Servers, databases: dict[str, str]
) -> None:
    with as_admin(servers, databases[service]) as admin, as_role(databases[service]) as app:
        tables = tables_of(admin)
        found = {table: faults(app, table, two, counter(admin, table)) for table in tables}
        assert {table: told for table, told in found.items() if told} == {}
        empty = {t for t in tables if not (counter(admin, t)(two.a) and counter(admin, t)(two.b))}
    # Of the change log's partitions only the present month's has rows.
    assert {table for table in empty if not table.startswith("change_log_")} == EMPTY[service]


@dataclass
class OneConnection:
    """A pool of one connection, over which transactions of several schools go one after the other."""

    database: Database
    tables: list[str]
    pids: set[int] = field(default_factory=set)

    def _schools(self, execute: Callable[[sa.TextClause], sa.Result[Any]]) -> dict[str, set[uuid.UUID]]:
        self.pids.add(execute(sa.text("SELECT pg_backend_pid()")).scalar_one())
        found = {t: execute(sa.text(f'SELECT DISTINCT school_id FROM "{t}"')).scalars() for t in self.tables}
        return {table: schools for table, rows in found.items() if (schools := set(rows))}

    def seen(self, school: uuid.UUID | None) -> dict[str, set[uuid.UUID]]:
        """Whose rows a transaction of `school` finds, by table."""
        with self.database.transaction(Scope(school_id=school)) as session:
            return self._schools(session.execute)

    def seen_without_scope(self) -> dict[str, set[uuid.UUID]]:
        """As above, past `Database.transaction`."""
        with self.database.engine.connect() as connection:
            return self._schools(connection.execute)

    def committed(self, school: uuid.UUID) -> None:
        assert self.seen(school)

    def rolled_back(self, school: uuid.UUID) -> None:
        with pytest.raises(ZeroDivisionError), self.database.transaction(Scope(school_id=school)) as session:
            assert self._schools(session.execute)
            raise ZeroDivisionError

    def failed(self, school: uuid.UUID) -> None:
        with pytest.raises(sa.exc.DataError), self.database.transaction(Scope(school_id=school)) as session:
            assert self._schools(session.execute)
            session.execute(sa.text("SELECT 1 / 0"))


@pytest.mark.parametrize("ended", ["committed", "rolled_back", "failed"])
@pytest.mark.parametrize("service", SERVICES)
def test_a_pooled_connection_carries_nothing_from_school_to_school(
    service: str, ended: str, two: Two, servers: Servers, databases: dict[str, str]
) -> None:
    with as_admin(servers, databases[service]) as admin:
        tables = tables_of(admin)
        filled = {school: {t for t in tables if counter(admin, t)(school)} for school in (two.a, two.b)}
    one = OneConnection(Database(sqlalchemy_url(databases[service]), pool_size=1), tables)
    end = getattr(one, ended)
    try:
        for mine, other in ((two.a, two.b), (two.b, two.a)):
            end(mine)
            assert one.seen(other) == {table: {other} for table in filled[other]}
            end(mine)
            assert one.seen(None) == {}
            end(mine)
            assert one.seen_without_scope() == {}
    finally:
        one.database.dispose()
    assert len(one.pids) == 1, "all went over one connection"


def test_a_table_without_its_policy_would_be_found(servers: Servers, databases: dict[str, str]) -> None:
    """The negative control: of a table whose security is off, and of one whose policy lets write what it hides."""
    url = clone(servers.postgres, "journal")
    two = Two(uuid.uuid4(), uuid.uuid4())
    with as_admin(servers, url) as admin, as_role(url) as app:
        admin.execute("ALTER TABLE subject DISABLE ROW LEVEL SECURITY")
        admin.execute("ALTER POLICY school ON course WITH CHECK (true)")
        found = {t: faults(app, t, two, counter(admin, t)) for t in ("subject", "course", "mark")}
    assert {table for table, told in found.items() if told} == {"subject", "course"}
