"""What holds of accounts' rules for any day, name and role."""

from __future__ import annotations

import datetime as dt
import uuid
import zoneinfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.accounts.duties.rules import Held, joined
from services.accounts.identities.rules import ALPHABET, normalized, random_text
from services.accounts.policy import (
    POLICY,
    AccessFacts,
    ConsentFacts,
    DocumentFacts,
    Permission,
    PersonFacts,
    PrivacyFacts,
    RoleFacts,
)
from services.accounts.privacy_requests.rules import Kind, Urgency, due_on, extended, in_words, urgency
from services.accounts.register.rules import full_name, is_zone
from services.accounts.retention.rules import CATEGORIES, Category, refused, years_before, years_of
from services.accounts.roles.rules import RoleKind, ends_on, is_held
from services.accounts.working_days.rules import is_working, nth_working_day, odd_days, working_days_left
from services.common.identity import Role
from services.common.policy import allows
from tests.support.identities import KINDS, identities, identity

days = st.dates(dt.date(2020, 1, 1), dt.date(2030, 12, 31))
words = st.lists(st.text(st.characters(categories=("Lu", "Ll")), min_size=1, max_size=8), max_size=5)
classes = st.sampled_from([uuid.UUID(int=number) for number in range(1, 5)])
ABOUT_CONSENTS = (
    Permission.CONSENTS_READ,
    Permission.CONSENTS_EDIT,
    Permission.CONSENTS_DISPUTE,
    Permission.CONSENT_WITHDRAW,
)


@given(words, st.sampled_from([" ", "  ", "\t", "\u00a0"]))
def test_a_full_name_is_its_words_whatever_stands_between_them(parts: list[str], space: str) -> None:
    text = space.join(parts)
    if len(parts) < 2:
        with pytest.raises(ValueError):
            full_name(text)
        return
    found = full_name(text)
    assert " ".join(filter(None, (found.last_name, found.first_name, found.middle_name))) == " ".join(parts)


@settings(max_examples=10)  # the list is read from disk each time
@given(st.sampled_from(sorted(zoneinfo.available_timezones())), st.text(max_size=12))
def test_what_is_called_a_zone_has_hours(name: str, text: str) -> None:
    assert is_zone(name)
    assert not is_zone(text) or zoneinfo.ZoneInfo(text)


@given(st.text(max_size=40))
def test_a_code_that_was_read_once_is_read_the_same_again(typed: str) -> None:
    assert normalized(normalized(typed)) == normalized(typed)


@given(st.integers(1, 40))
def test_what_is_drawn_is_what_is_stored(length: int) -> None:
    drawn = random_text(length)
    assert normalized(drawn) == drawn
    assert set(drawn) <= set(ALPHABET)


@given(days, st.none() | days, days, days)
def test_a_role_that_is_ended_is_held_until_today_and_not_a_day_more(
    first: dt.date, last: dt.date | None, today: dt.date, day: dt.date
) -> None:
    held_before = is_held(first, last, day)
    assert is_held(first, ends_on(first, last, today), day) == (held_before and day < today)
    assert ends_on(first, ends_on(first, last, today), today) == ends_on(first, last, today)


@given(st.lists(st.tuples(st.integers(1, 6), st.sampled_from(RoleKind))), st.lists(st.integers(1, 6), unique=True))
def test_the_list_of_duties_loses_no_role_and_nobody(
    given_roles: list[tuple[int, RoleKind]], staff: list[int]
) -> None:
    day = dt.date(2026, 9, 1)
    roles = [
        Held(uuid.UUID(int=100 + number), uuid.UUID(int=person), kind, None, None, day, None, "", None)
        for number, (person, kind) in enumerate(given_roles)
    ]
    workers = [
        {"person_id": str(uuid.UUID(int=one)), "name": "", "position": "", "leads": [], "teaches": []}
        for one in staff
    ]
    duties = joined(roles, {}, workers)
    assert sorted(duty.person_id.int for duty in duties) == sorted({*staff, *(person for person, _ in given_roles)})
    assert sorted(role.id for duty in duties for role in duty.roles) == [role.id for role in roles]
    assert all(role.person_id == duty.person_id for duty in duties for role in duty.roles)
    with_roles = [bool(duty.roles) for duty in duties]
    assert with_roles == sorted(with_roles, reverse=True), "who holds a role comes first"


@given(days, st.integers(0, 75))
def test_the_same_day_some_years_ago_is_no_later_and_no_more_than_a_day_off(day: dt.date, years: int) -> None:
    earlier = years_before(day, years)
    assert earlier.year == day.year - years
    assert (earlier.month, earlier.day) == (day.month, day.day) or (earlier.month, earlier.day, day.day) == (
        2,
        28,
        29,
    )
    assert years_before(day, years + 1) < earlier


@given(st.sampled_from(list(CATEGORIES.values())), st.none() | st.integers(0, 75))
def test_no_term_is_shorter_than_the_least(category: Category, by_school: int | None) -> None:
    assert years_of(category, by_school) >= category.years
    assert years_of(category, by_school) in (category.years, by_school)


@given(st.lists(st.sampled_from(sorted(CATEGORIES)), unique=True), st.booleans())
def test_what_is_not_refused_may_go_and_each_refusal_says_why(names: list[str], of_person: bool) -> None:
    found = refused(names, of_person)
    for place, name in enumerate(names):
        one = CATEGORIES[name]
        assert (place in found) == (not (one.erasable if of_person else one.destroyable))
        assert found.get(place, "so") != ""
    assert set(refused(names, of_person=False)) <= set(refused(names, of_person=True)), "a demand takes no more"


def _facts(permission: Permission, class_id: uuid.UUID, family: bool = True) -> object:
    """What the permission's predicates ask of."""
    if permission is Permission.CREDENTIALS_ISSUE:
        return PersonFacts(family)
    if permission is Permission.ROLES_EDIT:
        return RoleFacts("medic", own=not family)
    if permission is Permission.DOCUMENTS_ACCEPT:
        return DocumentFacts(family)
    if permission in (Permission.ACCESS_READ, Permission.ACCESS_HAND_OVER, Permission.DOCUMENTS_READERS):
        return AccessFacts(class_id=class_id, family=family)
    if permission.startswith("PRIVACY_"):
        return PrivacyFacts(speaks=family, requester=family, handed_over=True)
    return ConsentFacts(class_id=class_id)


@given(identities, st.sampled_from(KINDS), st.sampled_from(list(Permission)), classes, st.booleans())
def test_another_role_takes_no_permission_away(
    asking: list[Role], kind: str, permission: Permission, class_id: uuid.UUID, family: bool
) -> None:
    facts = _facts(permission, class_id, family)
    if allows(POLICY, permission, identity(asking), facts):
        assert allows(POLICY, permission, identity([*asking, Role(kind)]), facts)


@given(st.sets(classes, min_size=1), classes, st.sampled_from([*ABOUT_CONSENTS, Permission.ACCESS_READ]))
def test_a_deputy_of_some_classes_is_none_of_the_others(
    own: set[uuid.UUID], class_id: uuid.UUID, permission: Permission
) -> None:
    deputy = identity([Role("deputy", frozenset(own))])
    assert allows(POLICY, permission, deputy, _facts(permission, class_id)) == (class_id in own)


own_days = st.dictionaries(days, st.booleans(), max_size=20)


@given(days, st.integers(1, 30), own_days)
def test_a_term_ends_on_a_working_day_with_as_many_of_them_in_it(
    received: dt.date, number: int, own: dict[dt.date, bool]
) -> None:
    due = nth_working_day(received, number, own)
    assert is_working(due, own)
    assert working_days_left(received, due, own) == number


@given(days, days, own_days)
def test_working_days_are_counted_the_same_from_either_end(
    first: dt.date, last: dt.date, own: dict[dt.date, bool]
) -> None:
    assert working_days_left(first, last, own) == -working_days_left(last, first, own)


@given(st.integers(2020, 2030), own_days)
def test_a_day_that_is_not_odd_is_what_its_place_in_the_week_says(year: int, own: dict[dt.date, bool]) -> None:
    odd = {one.day: one.working for one in odd_days(year, own)}
    for number in range(365):
        day = dt.date(year, 1, 1) + dt.timedelta(days=number)
        assert is_working(day, own) == odd.get(day, day.weekday() < 5)


@given(days, st.sampled_from(Kind), own_days, st.integers(0, 40))
def test_a_request_is_calm_then_soon_then_overdue_and_never_back(
    received: dt.date, kind: Kind, own: dict[dt.date, bool], later: int
) -> None:
    due = due_on(kind, received, own)
    assert extended(due, own) > due > received
    order = list(Urgency)
    today = received + dt.timedelta(days=later)
    now, then = urgency(today, due, own), urgency(today + dt.timedelta(days=1), due, own)
    assert order.index(now) <= order.index(then)
    assert (now is Urgency.OVERDUE) == (today > due)


@given(st.none() | st.booleans() | st.integers() | st.text() | days.map(str))
def test_any_value_has_words(value: str | int | bool | None) -> None:
    assert in_words(value, zoneinfo.ZoneInfo("Europe/Moscow"))
