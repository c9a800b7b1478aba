"""The decision table: who may read a diary and be mailed, each row of it."""

from __future__ import annotations

import datetime as dt
from itertools import product

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.consents.rules import (
    Answer,
    Decision,
    Declared,
    Outcome,
    Purpose,
    State,
    answer_for_guardian,
    answer_for_pupil,
    decides_himself,
    declared,
    state_of,
)

TODAY = dt.date(2026, 11, 25)
YESTERDAY = TODAY - dt.timedelta(days=1)
YES, NO = Decision(given=True), Decision(given=False)
GIVEN = {Purpose.DIARY: State.GIVEN}
ALLOWED = Answer(Outcome.ALLOWED, "given")


@pytest.mark.parametrize(
    ("decision", "disputed", "state"),
    [
        (None, False, State.MISSING),
        (YES, False, State.GIVEN),
        (NO, False, State.REFUSED),
        (Decision(given=True, withdrawn=True), False, State.WITHDRAWN),
        (Decision(given=True, until=TODAY), False, State.GIVEN),
        (Decision(given=True, until=YESTERDAY), False, State.EXPIRED),
        (Decision(given=True, until=YESTERDAY, withdrawn=True), False, State.WITHDRAWN),
        (Decision(given=False, until=YESTERDAY), False, State.REFUSED),
        (YES, True, State.DISPUTED),
        (NO, True, State.DISPUTED),
        (None, True, State.DISPUTED),
    ],
)
def test_a_decision_stands_as_the_table_says(decision: Decision | None, disputed: bool, state: State) -> None:
    assert state_of(decision, disputed, TODAY) is state


@pytest.mark.parametrize("state", [state for state in State if state is not State.GIVEN])
def test_a_guardian_reads_nothing_without_a_consent_in_force(state: State) -> None:
    assert answer_for_guardian(Purpose.DIARY, {Purpose.DIARY: state}) == Answer(Outcome.REFUSED, str(state))


@pytest.mark.parametrize(
    ("diary", "mail", "answer"),
    [
        (State.GIVEN, State.GIVEN, ALLOWED),
        (State.GIVEN, State.MISSING, Answer(Outcome.REFUSED, "missing")),
        (State.GIVEN, State.REFUSED, Answer(Outcome.REFUSED, "refused")),
        (State.GIVEN, State.WITHDRAWN, Answer(Outcome.REFUSED, "withdrawn")),
        (State.MISSING, State.GIVEN, Answer(Outcome.REFUSED, "diary_missing")),
        (State.WITHDRAWN, State.GIVEN, Answer(Outcome.REFUSED, "diary_withdrawn")),
        (State.EXPIRED, State.GIVEN, Answer(Outcome.REFUSED, "diary_expired")),
    ],
)
def test_mail_needs_the_diary_and_mail(diary: State, mail: State, answer: Answer) -> None:
    assert answer_for_guardian(Purpose.MAIL, {Purpose.DIARY: diary, Purpose.MAIL: mail}) == answer


@pytest.mark.parametrize("purpose", [Purpose.DIARY, Purpose.PHOTO, Purpose.THIRD_PARTIES])
def test_each_other_purpose_stands_alone(purpose: Purpose) -> None:
    states = dict.fromkeys(Purpose, State.REFUSED) | {purpose: State.GIVEN}
    assert answer_for_guardian(purpose, states) == ALLOWED


@pytest.mark.parametrize(
    ("grown", "own", "guardians", "allowed"),
    [
        (False, {}, [], False),
        (False, {}, [GIVEN], True),
        (False, {}, [{Purpose.DIARY: State.REFUSED}, GIVEN], True),
        (False, {}, [{Purpose.DIARY: State.REFUSED}], False),
        (False, GIVEN, [], False),
        (True, {}, [GIVEN], False),
        (True, GIVEN, [], True),
        (True, GIVEN, [{Purpose.DIARY: State.REFUSED}], True),
        (True, {Purpose.DIARY: State.WITHDRAWN}, [GIVEN], False),
    ],
)
def test_a_pupil_reads_by_a_guardians_word_and_from_14_by_his_own(
    grown: bool, own: dict[Purpose, State], guardians: list[dict[Purpose, State]], allowed: bool
) -> None:
    answer = answer_for_pupil(Purpose.DIARY, grown, own, guardians)
    assert (answer.outcome is Outcome.ALLOWED) == allowed


@pytest.mark.parametrize(
    ("born", "grown"),
    [
        (dt.date(2012, 11, 25), True),
        (dt.date(2012, 11, 26), False),
        (dt.date(2012, 11, 24), True),
        (dt.date(2012, 12, 1), False),
        (dt.date(2011, 12, 31), True),
        (dt.date(2013, 1, 1), False),
        (None, False),
    ],
)
def test_a_pupil_decides_from_his_14th_birthday(born: dt.date | None, grown: bool) -> None:
    assert decides_himself(born, TODAY) is grown


def test_born_on_a_leap_day_one_is_14_on_the_first_of_march() -> None:
    born = dt.date(2012, 2, 29)
    assert not decides_himself(born, dt.date(2026, 2, 28))
    assert decides_himself(born, dt.date(2026, 3, 1))


@given(st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1)), st.dates(dt.date(1990, 1, 1), dt.date(2060, 1, 1)))
def test_who_decides_himself_goes_on_deciding(born: dt.date, day: dt.date) -> None:
    if decides_himself(born, day):
        assert decides_himself(born, day + dt.timedelta(days=1))


IMPORTED_YES = Decision(given=True, by_import=True, signed_on=YESTERDAY)
IMPORTED_NO = Decision(given=False, by_import=True, signed_on=YESTERDAY)


@pytest.mark.parametrize(
    ("present", "disputed", "says", "signed_on", "becomes"),
    [
        (None, False, True, TODAY, Declared.COUNTS),
        (None, False, False, TODAY, Declared.COUNTS),
        (None, True, True, TODAY, Declared.SHOWN),
        (YES, False, False, TODAY, Declared.SHOWN),
        (NO, False, True, TODAY, Declared.SHOWN),
        (IMPORTED_YES, False, True, TODAY, Declared.COUNTS),
        (IMPORTED_NO, False, True, TODAY, Declared.COUNTS),
        (IMPORTED_NO, False, True, YESTERDAY - dt.timedelta(days=1), Declared.SHOWN),
        (IMPORTED_YES, False, False, TODAY, Declared.WITHDRAWS),
        (IMPORTED_YES, True, False, TODAY, Declared.SHOWN),
        (
            Decision(given=True, by_import=True, withdrawn=True, signed_on=YESTERDAY),
            False,
            True,
            TODAY,
            Declared.SHOWN,
        ),
    ],
)
def test_a_list_says_only_what_a_list_may_say(
    present: Decision | None, disputed: bool, says: bool, signed_on: dt.date, becomes: Declared
) -> None:
    assert declared(present, disputed, says, signed_on) is becomes


def test_no_list_ever_opens_what_somebody_decided_in_the_system() -> None:
    for present, disputed in product((NO, Decision(given=True, withdrawn=True)), (False, True)):
        assert declared(present, disputed, True, TODAY) is Declared.SHOWN
