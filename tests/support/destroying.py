"""Acts of destruction in tests: made, approved, carried out by the real tasks; rows that are old."""

from __future__ import annotations

import json
import uuid
from typing import Any

import psycopg
import sqlalchemy as sa

from services.common.config import sqlalchemy_url
from services.common.db import Scope
from tests.support.databases import Servers, named
from tests.support.school import YEAR_START, School, good
from tests.support.suite import Api
from tests.support.tasks import Tasks

LONG_AGO = "2015-05-01T09:00:00+00:00"


def director(school: School) -> Api:
    """Who approves."""
    person = school.person(["staff"], "Ветрова", "Анна")
    school.suite.deliver()
    good(school.accounts().post("/roles", {"person_id": person, "kind": "director", "from": YEAR_START}), 201)
    return school.accounts(school.sign_in(person))


def ordered(school: School, *categories: str, by: Api | None = None, **more: Any) -> str:
    """An act that is approved and not carried out yet; its id."""
    made = good(school.accounts().post("/destruction-acts", {"categories": list(categories), **more}), 201)
    good((by or director(school)).post(f"/destruction-acts/{made['id']}/approve"))
    return str(made["id"])


def carried_out(school: School, act: str) -> Any:
    """What the queue's tasks make of an approved act; the act afterwards."""
    tasks = Tasks(school.suite)
    tasks.run("accounts.work", kind="accounts", school=str(school.id))
    payloads = [json.loads(one.payload) for one in tasks.sent if one.task.endswith(".destroy")]
    assert payloads
    assert {key for one in payloads for key in one} <= {"order", "school"}, "payloads carry ids and nothing else"
    return look(school, act)


def look(school: School, act: str) -> Any:
    return good(school.accounts().get(f"/destruction-acts/{act}"))


def parts_of(act: Any) -> dict[str, Any]:
    return {one["category"]: one["destroyed"] for one in act["parts"]}


def part_of(school: School, act: str) -> uuid.UUID:
    """The order of an act with one part."""
    with school.suite.services["accounts"].database.read(Scope(school_id=school.id)) as session:
        query = sa.text("SELECT id FROM destruction_part WHERE act_id = :act")
        return uuid.UUID(str(session.execute(query, {"act": act}).scalar_one()))


def counted(school: School, service: str, statement: str) -> int:
    with school.suite.services[service].database.read(Scope(school_id=school.id)) as session:
        return int(session.execute(sa.text(statement)).scalar_one())


def aged(servers: Servers, url: str, statement: str, values: list[Any]) -> None:
    """Makes rows old, as only the database's administrator can."""
    database = sa.make_url(sqlalchemy_url(url)).database
    assert database is not None
    with psycopg.connect(named(servers.postgres, database)) as admin, admin.cursor() as cursor:
        cursor.execute(statement, values)
        assert cursor.rowcount > 0, statement
