"""Who asks: teachers and eight guardians of the demonstration, with what each of them looks at."""

from __future__ import annotations

import datetime as dt
import json
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg

from deploy.demo.plan import ZONE
from services.common.clock import now, today_in
from tests.support.running import Front

TALKS = 8
"""Connections, unless it is said how many."""
WRITTEN, READ = 4, 12
"""Of a journal the newest lessons are written into, those before them read, as the demonstration left them."""

_COURSES = """
WITH pupil AS (
  SELECT class_id, count(*) AS pupils FROM enrollment WHERE to_day IS NULL AND from_day <= %(day)s GROUP BY class_id
), ranked AS (
  SELECT t.person_id, k.id, k.class_id, row_number() OVER (PARTITION BY t.person_id ORDER BY k.id) AS place
  FROM course k
  JOIN pupil p ON p.class_id = k.class_id AND p.pupils = 25
  JOIN course_teacher t ON t.course_id = k.id AND t.to_day IS NULL
  JOIN lesson l ON l.course_id = k.id AND l.annulled_at IS NULL AND l.taught_on BETWEEN %(from_day)s AND %(day)s
  WHERE EXISTS (SELECT FROM mark m WHERE m.course_id = k.id)
  GROUP BY t.person_id, k.id, k.class_id HAVING count(*) >= %(lessons)s
) SELECT person_id, id, class_id FROM ranked ORDER BY place, person_id LIMIT %(talks)s
"""
"""A journal each of as many teachers as there are, then a second one of each."""
_WINDOW = """
SELECT id, taught_on FROM lesson WHERE course_id = %s AND annulled_at IS NULL AND taught_on <= %s
ORDER BY taught_on DESC, number DESC LIMIT %s
"""
_PUPILS = (
    "SELECT student_id FROM enrollment WHERE class_id = %s AND to_day IS NULL AND from_day <= %s ORDER BY student_id"
)
_CHILDREN = """
SELECT g.guardian_id, g.student_id, p.birth_date FROM guardianship g
JOIN person p ON p.school_id = g.school_id AND p.id = g.student_id
WHERE g.student_id = ANY(%s) AND g.to_day IS NULL ORDER BY g.guardian_id
"""
_AGREED = """
SELECT guardian_id, student_id FROM consent
WHERE purpose = 'diary' AND decision = 'given' AND counts AND superseded_at IS NULL AND withdrawn_at IS NULL
"""


@dataclass(frozen=True)
class Desk:
    """A teacher with one journal of 25 pupils."""

    token: str
    course: uuid.UUID
    lessons: Sequence[uuid.UUID]
    """To write into, newest first."""
    from_day: dt.date
    to_day: dt.date
    """Twelve lessons to read."""
    pupils: Sequence[uuid.UUID]
    """Who was in the class all the time."""

    @property
    def window(self) -> str:
        return f"from={self.from_day}&to={self.to_day}"


@dataclass(frozen=True)
class Parent:
    """A guardian who agreed, and one child."""

    token: str
    child: uuid.UUID


@dataclass(frozen=True)
class School:
    desks: Sequence[Desk]
    parents: Sequence[Parent]


def taken_in(front: Front, data: Path, talks: int = TALKS) -> School:
    """Finds them in the databases of a demonstration and signs them in, as codes of the office do.

    As many desks as talks; of teachers there may be fewer, who then have several.
    """
    described = json.loads((data / "demo.json").read_text())
    running = json.loads((data / "running.json").read_text())
    admin = next(one for one in described["people"] if one["role"] == "administrator")
    signing_in = {"login": admin["login"], "password": admin["password"]}
    token = front.call("POST", "accounts/v1/sessions", body=signing_in, status=201)["token"]
    school_id, day = described["school"], today_in(ZONE, now())
    with psycopg.connect(running["JOURNAL_DATABASE_URL"]) as journal:
        journal.execute("SELECT set_config('app.school_id', %s, false)", [school_id])
        desks, teachers = _desks(journal, day, talks)
        with psycopg.connect(running["ACCOUNTS_DATABASE_URL"]) as accounts:
            accounts.execute("SELECT set_config('app.school_id', %s, false)", [school_id])
            agreed = set(accounts.execute(_AGREED).fetchall())
        pupils = [pupil for desk in desks for pupil in desk.pupils]
        children = {
            guardian: (child, birth)
            for guardian, child, birth in journal.execute(_CHILDREN, [pupils]).fetchall()
            if (guardian, child) in agreed
        }
    guardians = list(children)[:TALKS]
    wanted = [str(person) for person in dict.fromkeys([*teachers, *guardians])]
    given = front.call("POST", "accounts/v1/credentials", token, {"person_ids": wanted}, 201)["items"]
    codes = {item["person_id"]: item["code"] for item in given}
    parents = []
    for guardian in guardians:
        child, birth = children[guardian]
        parents.append(Parent(front.activate(codes[str(guardian)], child_birth_date=str(birth)), child))
    tokens = {person: front.activate(codes[str(person)]) for person in dict.fromkeys(teachers)}
    signed = [_with(desk, tokens[person]) for desk, person in zip(desks, teachers, strict=True)]
    return School(signed, parents)


def _desks(journal: psycopg.Connection, day: dt.date, talks: int) -> tuple[list[Desk], list[uuid.UUID]]:
    asked = {"day": day, "from_day": day - dt.timedelta(days=90), "lessons": WRITTEN + READ, "talks": talks}
    desks, teachers = [], []
    for teacher, course, class_id in journal.execute(_COURSES, asked).fetchall():
        lessons: list[Any] = journal.execute(_WINDOW, [course, day, WRITTEN + READ]).fetchall()
        pupils = [row[0] for row in journal.execute(_PUPILS, [class_id, lessons[-1][1]]).fetchall()]
        written = [lesson for lesson, _ in lessons[:WRITTEN]]
        desks.append(Desk("", course, written, lessons[-1][1], lessons[WRITTEN][1], pupils))
        teachers.append(teacher)
    assert len(desks) == talks, f"the demonstration is too small, it has {len(desks)} such journals: --demo 1000"
    return desks, teachers


def _with(desk: Desk, token: str) -> Desk:
    return Desk(token, desk.course, desk.lessons, desk.from_day, desk.to_day, desk.pupils)
