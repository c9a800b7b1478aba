"""Who may read a pupil's diary and be mailed about it. Decided here and nowhere else.

152-ФЗ art. 9: a decision is each signer's own, may be withdrawn at any time, and holds for the time that its
form states. Nothing here knows of guardianship: the journal adds that from its own facts.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from enum import StrEnum

OWN_DECISION_AGE = 14


class Purpose(StrEnum):
    DIARY = "diary"
    MAIL = "mail"
    PHOTO = "photo"
    THIRD_PARTIES = "third_parties"


class State(StrEnum):
    """How a decision of one signer stands."""

    MISSING = "missing"
    GIVEN = "given"
    REFUSED = "refused"
    WITHDRAWN = "withdrawn"
    EXPIRED = "expired"
    DISPUTED = "disputed"


class Outcome(StrEnum):
    ALLOWED = "allowed"
    REFUSED = "refused"
    UNDECIDED = "undecided"


@dataclass(frozen=True)
class Decision:
    """What one signer decided for one pupil and purpose, as far as it counts."""

    given: bool
    until: dt.date | None = None
    """The last day, in the school's zone, on which it holds."""
    withdrawn: bool = False
    by_import: bool = False
    signed_on: dt.date | None = None


@dataclass(frozen=True)
class Answer:
    """May this person, for this purpose? And why."""

    outcome: Outcome
    reason: str


def state_of(decision: Decision | None, disputed: bool, today: dt.date) -> State:
    """How a decision stands today. A dispute hides whatever was decided; a pair never decided is missing."""
    if disputed:
        return State.DISPUTED
    if decision is None:
        return State.MISSING
    if decision.withdrawn:
        return State.WITHDRAWN
    if not decision.given:
        return State.REFUSED
    if decision.until is not None and decision.until < today:
        return State.EXPIRED
    return State.GIVEN


class Count(StrEnum):
    """What the register counts a decision as."""

    GIVEN = "given"
    REFUSED = "refused"
    MISSING = "missing"


def counted_as(state: State) -> Count:
    """A will that is known is a refusal unless it is a consent in force; what was never said or has run out is
    still to be asked for."""
    if state is State.GIVEN:
        return Count.GIVEN
    return Count.MISSING if state in (State.MISSING, State.EXPIRED) else Count.REFUSED


def needed_for(purpose: Purpose) -> tuple[Purpose, ...]:
    """The purposes that must all be agreed to: a mail says what stands in the diary."""
    return (Purpose.DIARY, Purpose.MAIL) if purpose is Purpose.MAIL else (purpose,)


def answer_for_guardian(purpose: Purpose, states: Mapping[Purpose, State]) -> Answer:
    """The outcome for a guardian, from how his own decisions stand. Another's refusal does not matter."""
    for needed in needed_for(purpose):
        state = states.get(needed, State.MISSING)
        if state is not State.GIVEN:
            return Answer(Outcome.REFUSED, f"{needed}_{state}" if needed is not purpose else str(state))
    return Answer(Outcome.ALLOWED, str(State.GIVEN))


def answer_for_pupil(
    purpose: Purpose,
    decides_himself: bool,
    own: Mapping[Purpose, State],
    guardians: Collection[Mapping[Purpose, State]],
) -> Answer:
    """The outcome for the pupil himself: from 14 his own decision, before that any guardian's."""
    if decides_himself:
        return answer_for_guardian(purpose, own)
    answers = [answer_for_guardian(purpose, states) for states in guardians]
    for answer in answers:
        if answer.outcome is Outcome.ALLOWED:
            return answer
    return answers[0] if answers else Answer(Outcome.REFUSED, str(State.MISSING))


def born_by(today: dt.date) -> dt.date:
    """The last birth date at which a pupil is 14 today: who was born on it or before decides himself."""
    try:
        return today.replace(year=today.year - OWN_DECISION_AGE)
    except ValueError:  # 29 February, of a year that had none
        return dt.date(today.year - OWN_DECISION_AGE, 2, 28)


def decides_himself(birth_date: dt.date | None, today: dt.date) -> bool:
    """Whether a pupil is 14. Born on 29 February he is on 1 March; of an unknown age he is taken for younger,
    since then a guardian has signed at least."""
    if birth_date is None:
        return False
    return birth_date <= born_by(today)


class Declared(StrEnum):
    """What becomes of a decision that a list declares."""

    COUNTS = "counts"
    SHOWN = "shown"
    WITHDRAWS = "withdraws"


def declared(present: Decision | None, disputed: bool, given: bool, signed_on: dt.date) -> Declared:
    """What a list's declaration does to what stands: it counts only where nothing was decided, or over an
    older one that came by a list too; «нет» over a list's «да» is a withdrawal. All else is only shown."""
    if disputed:
        return Declared.SHOWN
    if present is None:
        return Declared.COUNTS
    if not present.by_import or present.withdrawn:
        return Declared.SHOWN
    if present.given and not given:
        return Declared.WITHDRAWS
    if present.signed_on is not None and signed_on < present.signed_on:
        return Declared.SHOWN
    return Declared.COUNTS
