"""Jobs at a school's local time."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Iterator

import pytest

from services.common.db import Scope
from services.common.schedule import DueJob, claim_due, next_run, plan_again, plan_daily, plan_everywhere
from tests.support.databases import Servers
from tests.support.stream_pair import Pair, make_pair


def _utc(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


@pytest.mark.parametrize(
    ("local", "zone", "after", "expected"),
    [
        ("03:00", "Europe/Simferopol", "2026-11-25 00:30", "2026-11-26 00:00"),
        ("03:00", "Europe/Simferopol", "2026-11-24 23:30", "2026-11-25 00:00"),
        ("03:00", "Asia/Kamchatka", "2026-11-25 00:30", "2026-11-25 15:00"),
        # Clocks jump from 02:00 to 03:00 and back from 03:00 to 02:00.
        ("02:30", "Europe/Berlin", "2026-03-28 12:00", "2026-03-29 01:30"),
        ("02:30", "Europe/Berlin", "2026-10-24 12:00", "2026-10-25 00:30"),
    ],
)
def test_the_next_run_is_when_the_schools_clocks_show_it(local: str, zone: str, after: str, expected: str) -> None:
    assert next_run(dt.time.fromisoformat(local), zone, _utc(after)) == _utc(expected)


@pytest.fixture
def pair(servers: Servers) -> Iterator[Pair]:
    made = make_pair(servers.postgres)
    yield made
    made.dispose()


def _plan(pair: Pair, school: uuid.UUID) -> None:
    with pair.source.transaction(Scope()) as session:
        plan_daily(session, school, "check_day", dt.time(3), "UTC", _utc("2026-11-24 12:00"))


def test_a_due_job_is_claimed_once(pair: Pair) -> None:
    school = pair.school()
    _plan(pair, school)
    assert claim_due(pair.source, "source", _utc("2026-11-25 02:59")) == []
    assert claim_due(pair.source, "source", _utc("2026-11-25 03:00")) == [DueJob(school, "check_day")]
    assert claim_due(pair.source, "source", _utc("2026-11-25 03:01")) == []


def test_a_clock_that_ran_a_month_ahead_loses_no_day(pair: Pair) -> None:
    school = pair.school()
    _plan(pair, school)
    assert len(claim_due(pair.source, "source", _utc("2026-12-25 03:00"))) == 1
    assert claim_due(pair.source, "source", _utc("2026-11-25 03:00")) == [DueJob(school, "check_day")]
    assert claim_due(pair.source, "source", _utc("2026-11-25 03:01")) == []
    assert claim_due(pair.source, "source", _utc("2026-11-26 03:00")) == [DueJob(school, "check_day")]


def test_missed_days_run_once_late(pair: Pair) -> None:
    school = pair.school()
    _plan(pair, school)
    assert len(claim_due(pair.source, "source", _utc("2026-11-29 10:00"))) == 1
    assert claim_due(pair.source, "source", _utc("2026-11-29 10:01")) == []
    assert len(claim_due(pair.source, "source", _utc("2026-11-30 03:00"))) == 1


def test_another_scheduler_passes_by_a_job_that_is_being_claimed(pair: Pair) -> None:
    school = pair.school()
    _plan(pair, school)
    with pair.source.engine.begin() as other:
        other.exec_driver_sql("SELECT 1 FROM schedule FOR UPDATE")
        assert claim_due(pair.source, "source", _utc("2026-11-25 04:00")) == []
    assert len(claim_due(pair.source, "source", _utc("2026-11-25 04:00"))) == 1


def test_a_school_without_a_plan_gets_one_and_a_plan_is_kept(pair: Pair) -> None:
    planned, new = pair.school(), pair.school()
    _plan(pair, planned)
    plan_everywhere(pair.source, "source", "check_day", dt.time(5), _utc("2026-11-24 12:00"))
    assert claim_due(pair.source, "source", _utc("2026-11-25 04:00")) == [DueJob(planned, "check_day")]
    assert claim_due(pair.source, "source", _utc("2026-11-25 05:00")) == [DueJob(new, "check_day")]


def test_a_job_that_could_not_be_done_comes_again_with_growing_pauses(pair: Pair) -> None:
    school = pair.school()
    _plan(pair, school)
    moment = _utc("2026-11-25 03:00")
    attempts = []
    while moment < _utc("2026-11-26 03:00"):
        if claim_due(pair.source, "source", moment):
            attempts.append(f"{moment:%H:%M}")
            plan_again(pair.source, "source", "check_day", school, moment)
        moment += dt.timedelta(minutes=1)
    assert attempts == ["03:00", "03:05", "03:10", "03:20", "03:40", "04:20", "05:40", "08:20", "13:40", "00:20"]
    assert claim_due(pair.source, "source", moment) == [DueJob(school, "check_day")], "the next day as ever"
