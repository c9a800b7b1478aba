"""What the other services ask of journal: who answers for whom today."""

from __future__ import annotations

import datetime as dt
import uuid

from services.common.clock import now
from tests.support.school import School, good, make_school


def guardian_of(school: School, child: str, first_name: str, **more: object) -> str:
    person = school.person(["guardian"], "Бекирова", first_name)
    body = {"guardian_id": person, "student_id": child, "relation": "mother", "from": "2026-09-01", **more}
    good(school.journal().post("/guardianships", body), 201)
    return person


def guarded(school: School, pairs: list[list[str]]) -> list[list[str]]:
    body = {"school_id": str(school.id), "pairs": pairs}
    answer = school.suite.api("journal").internally("notifications", "POST", "/internal/journal/v1/guards", body)
    return list(good(answer)["pairs"])


def test_of_many_pairs_those_that_stand_today_are_told(school: School) -> None:
    child = school.person(["student"], "Бекиров", "Иван", birth_date="2014-03-01")
    sister = school.person(["student"], "Бекирова", "Эмине", birth_date="2012-03-01")
    mother = guardian_of(school, child, "Лиля")
    restricted = guardian_of(school, child, "Зарема", restricted=True)
    later = guardian_of(school, child, "Сусанна", **{"from": str(now().date() + dt.timedelta(days=7))})
    pairs = [[child, mother], [child, restricted], [child, later], [sister, mother], [child, str(uuid.uuid4())]]
    assert guarded(school, pairs) == [[child, mother]]
    assert guarded(make_school(school.suite), pairs) == [], "another school's"
    assert guarded(school, []) == []
