"""What holds of the rules about reports for any class, absence and attempt."""

from __future__ import annotations

import datetime as dt
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.common.identity import Role
from services.common.policy import allows
from services.reports.class_period_results.rules import results
from services.reports.jobs.rules import OPEN, SnapshotState, State, Step, next_question, step_of
from services.reports.policy import POLICY, Facts, Permission
from services.reports.snapshots.rules import Name, Term, class_year
from tests.reports.documents import QUARTER, document
from tests.support.identities import KINDS, identities, identity

days = st.dates(dt.date(2026, 9, 1), dt.date(2026, 12, 31))
absences = st.lists(
    st.tuples(
        st.integers(0, 7),
        st.integers(0, 3),
        days.map(str),
        st.integers(1, 7),
        st.sampled_from(["", "ill", "valid", "invalid"]),
    ).map(list),
    max_size=12,
)
words = st.text(st.characters(categories=("Lu", "Ll")), min_size=1, max_size=10)


@given(absences)
def test_a_class_missed_what_its_pupils_missed_in_any_order(missed: list[list[Any]]) -> None:
    sheet = results(class_year(document(absences=missed)), QUARTER)
    assert sheet.missed == sum(pupil.missed for pupil in sheet.pupils)
    assert sheet.missed_ill == sum(pupil.missed_ill for pupil in sheet.pupils) <= sheet.missed <= len(missed)
    assert results(class_year(document(absences=missed[::-1])), QUARTER) == sheet


@given(words, words, st.just("") | words)
def test_a_name_in_each_form_is_of_the_same_person(last: str, first: str, middle: str) -> None:
    name = Name(last, first, middle)
    assert sorted(name.short.split("\u00a0")) == sorted(name.signature.split("\u00a0"))
    assert name.full.split() == [part for part in (last, first, middle) if part]


@given(days, st.none() | days, days)
def test_a_term_holds_from_its_first_day_to_before_its_last(
    first: dt.date, last: dt.date | None, day: dt.date
) -> None:
    assert Term(first, last).holds(day) == (
        Term(first, None).holds(day) and not (last and Term(last, None).holds(day))
    )


@given(st.integers(1, 10_000))
def test_a_snapshot_is_asked_for_ever_more_seldom_and_for_ever(attempt: int) -> None:
    assert dt.timedelta() < next_question(attempt) <= next_question(attempt + 1) <= dt.timedelta(minutes=1)


@given(st.sampled_from(State), st.sampled_from(SnapshotState))
def test_a_job_is_finished_just_when_it_is_open_no_more(state: State, snapshot: SnapshotState) -> None:
    assert (step_of(state, snapshot) is Step.FINISHED) == (state not in OPEN)


@given(identities, st.sampled_from(KINDS), st.sampled_from(list(Permission)), st.booleans())
def test_another_role_or_a_class_takes_no_permission_away(
    roles: list[Role], kind: str, permission: Permission, leads: bool
) -> None:
    if allows(POLICY, permission, identity(roles), Facts(leads)):
        assert allows(POLICY, permission, identity([*roles, Role(kind)]), Facts(leads))
        assert allows(POLICY, permission, identity(roles), Facts(True))
