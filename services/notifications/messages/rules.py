"""When and what families are told. Pure."""

from __future__ import annotations

import datetime as dt
import hashlib
import random
import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

OLDEST = dt.timedelta(hours=24)
"""What happened longer ago is read in the diary; a letter about it would only startle."""
UNDECIDED_FOR = dt.timedelta(minutes=1)
UNDECIDED_PAUSE = dt.timedelta(seconds=10)
LONGEST_PAUSE = 3600
MOST_ATTEMPTS = 12
_DAY_OF_PUPIL = uuid.UUID("b6c1ae0e-6a1c-5c5f-9f0a-3f2a7d1b8e44")


class State(StrEnum):
    PENDING = "pending"
    RUNNING = "running"
    HELD = "held"
    DONE = "done"
    FAILED = "failed"
    NOT_CONSENTED = "not_consented"
    REPLACED = "replaced"


class Happening(StrEnum):
    """What a letter says has happened, seen from what this address was told before."""

    NEW = "new"
    CORRECTED = "corrected"
    CLEARED = "cleared"
    NOTHING = "nothing"


def is_told_at_once(origin: str, occurred_at: dt.datetime, now: dt.datetime) -> bool:
    """Whether people are told: something a person did just now, not an import, a generator or a restore."""
    return origin == "interactive" and now - occurred_at < OLDEST


def is_known_already(known_epoch: str, known_version: int, epoch: str, version: int) -> bool:
    """Whether a fact says nothing newer: a restored journal deals the versions since its backup once more."""
    return known_epoch in ("", epoch) and known_version >= version


def day_of_pupil(student_id: uuid.UUID, day: dt.date) -> uuid.UUID:
    """The cause of a day's message about absences."""
    return uuid.uuid5(_DAY_OF_PUPIL, f"{student_id}:{day.isoformat()}")


def happening(known: str | None, present: str | None) -> Happening:
    """From what the address knows and what stands now."""
    if known == present:
        return Happening.NOTHING
    if known is None:
        return Happening.NEW
    return Happening.CLEARED if present is None else Happening.CORRECTED


def message_id(kind: str, cause_id: uuid.UUID, cause_version: int, address: str, host: str) -> str:
    """The same letter for the same cause has the same Message-ID, however often it has to be handed over."""
    cause = f"{kind}:{cause_id}:{cause_version}:{address}".encode()
    return f"<{hashlib.sha256(cause).hexdigest()[:40]}@{host}>"


def pause(attempt: int, chance: random.Random) -> dt.timedelta:
    """How long to wait after the n-th attempt: 5, 10, 20 s … an hour, spread so that not all come at once."""
    seconds = min(LONGEST_PAUSE, 5 * 2 ** max(0, attempt - 1))
    return dt.timedelta(seconds=seconds * (0.75 + chance.random() / 2))


@dataclass(frozen=True)
class Consent:
    """What accounts and journal answered about one guardian and pupil."""

    outcome: str
    """allowed, refused or undecided."""
    reason: str
    guards: bool
    """Guardianship current and not restricted, by journal's answer."""


class Verdict(StrEnum):
    SEND = "send"
    ASK_AGAIN = "ask_again"
    REFUSE = "refuse"


_NOBODY_DECIDED = ("missing", "diary_missing")


def verdict(consents: Sequence[Consent]) -> tuple[Verdict, str]:
    """Whether the letter may go to an address that these guardians share.

    It may if one of them consents, none is restricted and none has said no; not to have decided is no "no".
    """
    for consent in consents:
        if not consent.guards:
            return Verdict.REFUSE, "not a guardian now"
    for consent in consents:
        if consent.outcome == "refused" and consent.reason not in _NOBODY_DECIDED:
            return Verdict.REFUSE, consent.reason
    if any(consent.outcome == "allowed" for consent in consents):
        return Verdict.SEND, ""
    if any(consent.outcome == "undecided" for consent in consents):
        return Verdict.ASK_AGAIN, "undecided"
    return Verdict.REFUSE, consents[0].reason if consents else "nobody"


def absences_as_told(numbers: Mapping[int, str]) -> str | None:
    """The numbers of the missed lessons as they are compared with an earlier letter; None: none missed."""
    return ",".join(str(number) for number in sorted(numbers)) or None
