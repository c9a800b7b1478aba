"""What holds of the rules about letters for any guardian, moment and attempt."""

from __future__ import annotations

import datetime as dt
import random
import uuid

from hypothesis import given
from hypothesis import strategies as st

from services.common.identity import Role
from services.common.policy import allows
from services.notifications.messages.rules import (
    LONGEST_PAUSE,
    OLDEST,
    Consent,
    Happening,
    Verdict,
    absences_as_told,
    day_of_pupil,
    happening,
    is_told_at_once,
    message_id,
    pause,
    verdict,
)
from services.notifications.personal_data.rules import reason_in_words
from services.notifications.policy import POLICY, Permission
from tests.support.identities import KINDS, identities, identity

outcomes = st.sampled_from(
    [
        ("allowed", "given"),
        ("refused", "refused"),
        ("refused", "missing"),
        ("refused", "withdrawn"),
        ("undecided", ""),
    ]
)
consents = st.builds(lambda said, guards: Consent(*said, guards), outcomes, st.booleans())
ids = st.uuids()
AUTUMN = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
moments = st.timedeltas(dt.timedelta(), dt.timedelta(days=270)).map(lambda passed: AUTUMN + passed)
told = st.sampled_from([None, "4", "5", "2,3"])


@given(st.lists(consents, max_size=4))
def test_who_stands_first_at_an_address_does_not_matter(sharing: list[Consent]) -> None:
    assert verdict(sharing)[0] is verdict(sharing[::-1])[0]


@given(st.lists(consents, max_size=4), consents)
def test_no_letter_goes_where_somebody_said_no_or_is_a_guardian_no_more(
    sharing: list[Consent], another: Consent
) -> None:
    said_no = another.outcome == "refused" and another.reason != "missing"
    if said_no or not another.guards:
        assert verdict([*sharing, another])[0] is Verdict.REFUSE
    if verdict(sharing)[0] is Verdict.SEND:
        assert any(one.outcome == "allowed" for one in sharing)
        assert all(one.guards for one in sharing)


@given(told, told)
def test_nothing_has_happened_just_when_nothing_changed(known: str | None, present: str | None) -> None:
    assert (happening(known, present) is Happening.NOTHING) == (known == present)
    assert (happening(known, present) is Happening.CLEARED) == (known is not None and present is None)


@given(st.integers(1, 1000), st.integers())
def test_a_pause_grows_to_about_an_hour_and_not_beyond(attempt: int, seed: int) -> None:
    waits = [pause(number, random.Random(seed)).total_seconds() for number in (attempt, attempt + 1)]
    assert 3 < waits[0] <= waits[1] <= 1.25 * LONGEST_PAUSE


@given(ids, ids, st.integers(1, 5), st.integers(1, 5), st.sampled_from(["a@example.org", "b@example.org"]))
def test_a_letter_has_one_id_for_its_cause_and_another_for_another(
    one: uuid.UUID, other: uuid.UUID, version: int, later: int, address: str
) -> None:
    first = message_id("mark", one, version, address, "school.example")
    second = message_id("mark", other, later, address, "school.example")
    assert (first == second) == ((one, version) == (other, later))
    assert address not in first


@given(ids, ids, st.dates(), st.dates())
def test_a_day_of_a_pupil_is_one_cause(one: uuid.UUID, other: uuid.UUID, day: dt.date, another: dt.date) -> None:
    assert (day_of_pupil(one, day) == day_of_pupil(other, another)) == ((one, day) == (other, another))


@given(st.dictionaries(st.integers(1, 12), st.just("Алгебра")))
def test_missed_lessons_are_told_in_one_order(numbers: dict[int, str]) -> None:
    backwards = dict(reversed(numbers.items()))
    assert absences_as_told(backwards) == absences_as_told(numbers)
    assert (absences_as_told(numbers) is None) == (not numbers)


@given(
    st.sampled_from(["interactive", "import", "restore", "generator"]),
    moments,
    st.timedeltas(dt.timedelta(), 3 * OLDEST),
)
def test_only_what_a_person_did_within_a_day_is_told(origin: str, at: dt.datetime, ago: dt.timedelta) -> None:
    assert is_told_at_once(origin, at, at + ago) == (origin == "interactive" and ago < OLDEST)


@given(identities, st.sampled_from(KINDS), st.sampled_from(list(Permission)))
def test_another_role_takes_no_permission_away(roles: list[Role], kind: str, permission: Permission) -> None:
    if allows(POLICY, permission, identity(roles), None):
        assert allows(POLICY, permission, identity([*roles, Role(kind)]), None)


@given(st.integers(400, 599), st.text(min_size=1))
def test_whatever_reason_is_kept_is_told(code: int, other: str) -> None:
    assert reason_in_words(f"relay said {code}").endswith(str(code))
    assert reason_in_words(other)
