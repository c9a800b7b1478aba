"""What accounts asks of journal for the list of duties."""

from __future__ import annotations

from typing import Any

from tests.support.school import YEAR_START, School, good, make_class, make_school


def _asked(school: School, on: str) -> dict[str, Any]:
    body = {"school_id": str(school.id), "on": on}
    answer = school.suite.api("journal").internally("accounts", "POST", "/internal/journal/v1/duties", body)
    return dict(good(answer))


def test_who_leads_and_teaches_on_a_day(school: School) -> None:
    taught = make_class(school)
    leader = school.person(["staff"], "Ветрова", "Анна", position="учитель физики")
    good(
        school.journal().put(f"/classes/{taught.class_id}/class-teacher", {"person_id": leader, "from": "2026-10-01"})
    )
    told = _asked(school, "2026-10-01")
    by_id = {one["person_id"]: one for one in told["staff"]}
    led = {"class_id": taught.class_id, "class_name": "8А", "from": "2026-10-01", "to": None}
    assert (by_id[leader]["position"], by_id[leader]["leads"]) == ("учитель физики", [led])
    (course,) = next(one["teaches"] for one in told["staff"] if one["teaches"])
    assert (course["course_id"], course["class_name"], course["from"]) == (taught.course_id, "8А", YEAR_START)
    assert told["classes"] == [{"id": taught.class_id, "name": "8А"}]
    before = {one["person_id"]: one for one in _asked(school, "2026-09-30")["staff"]}
    assert before[leader]["leads"] == []
    assert _asked(make_school(school.suite), "2026-10-01")["classes"] == [], "another school's"
    stranger = school.suite.api("journal").internally(
        "notifications", "POST", "/internal/journal/v1/duties", {"school_id": str(school.id), "on": "2026-10-01"}
    )
    assert stranger.status_code == 403
