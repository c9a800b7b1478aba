"""The office's calendar: public holidays, the moves of days off, and what the school says itself."""

from __future__ import annotations

import datetime as dt

import pytest

from services.accounts.working_days.rules import is_working, nth_working_day, working_days_left
from tests.accounts.answers import ok, problem
from tests.accounts.conftest import School
from tests.accounts.gathering import day


@pytest.mark.parametrize(
    ("received", "number", "due"),
    [
        ("2026-11-25", 10, "2026-12-09"),
        ("2026-11-27", 1, "2026-11-30"),  # over a weekend
        ("2026-11-28", 1, "2026-11-30"),  # received on a Saturday
        ("2025-12-29", 1, "2025-12-30"),
        ("2025-12-30", 1, "2026-01-12"),  # over the New Year holidays with the days moved to the 31st and the 9th
        ("2026-06-11", 1, "2026-06-15"),  # Russia Day on a Friday
        ("2025-10-31", 1, "2025-11-01"),  # a Saturday that was worked for the Monday before Unity Day
    ],
)
def test_terms_skip_what_is_not_worked(received: str, number: int, due: str) -> None:
    assert nth_working_day(day(received), number, {}) == day(due)
    assert working_days_left(day(received), day(due), {}) == number


def test_what_the_school_says_comes_before_the_calendar() -> None:
    monday, sunday = day("2026-11-30"), day("2026-11-29")
    assert (is_working(monday, {}), is_working(sunday, {})) == (True, False)
    own = {monday: False, sunday: True}
    assert (is_working(monday, own), is_working(sunday, own)) == (False, True)
    assert nth_working_day(day("2026-11-27"), 1, own) == sunday


def test_an_administrator_writes_days_down_and_later_ones_count(school: School) -> None:
    admin, secretary = school.admin, school.with_role("secretary")
    before = {one["day"]: one for one in ok(admin.get("/working-days?year=2027"))["items"]}
    assert before["2027-02-20"] == {"day": "2027-02-20", "working": True, "own": False}
    assert "2027-04-21" not in before
    said = ok(admin.put("/working-days/2027-04-21", {"working": False}))
    assert said == {"day": "2027-04-21", "working": False, "own": True}
    after = {one["day"]: one for one in ok(secretary.get("/working-days?year=2027"))["items"]}
    assert after["2027-04-21"] == said
    ok(admin.put("/working-days/2027-04-21", {"working": True}))
    again = {one["day"]: one for one in ok(admin.get("/working-days?year=2027"))["items"]}
    assert again["2027-04-21"]["working"]
    problem(secretary.put("/working-days/2027-04-21", {"working": False}), 403)
    problem(school.with_role("medic").get("/working-days?year=2027"), 403)


@pytest.mark.parametrize("text", ["2027-02-30", "завтра", "20270420", "1900-01-01", "2027-W01-1"])
def test_what_is_no_day_is_not_found(school: School, text: str) -> None:
    problem(school.admin.put(f"/working-days/{text}", {"working": False}), 404)


def test_a_day_off_of_the_schools_own_moves_the_end_of_a_new_term(school: School) -> None:
    person = school.person("staff")
    body = {"kind": "correction", "subject_id": str(person), "requester_id": str(person)}
    first = ok(school.admin.post("/privacy-requests", body), 201)
    ok(school.admin.put(f"/working-days/{first['due_on']}", {"working": False}))
    ok(school.admin.post(f"/privacy-requests/{first['id']}/withdraw"))
    second = ok(school.admin.post("/privacy-requests", body), 201)
    assert dt.date.fromisoformat(second["due_on"]) > dt.date.fromisoformat(first["due_on"])
    kept = ok(school.admin.get(f"/privacy-requests/{first['id']}"))["due_on"]
    assert kept == first["due_on"], "a term that runs keeps its last day"
