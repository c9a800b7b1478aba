"""What a form of consent must say, and how long what was signed on it holds. Pure.

152-ФЗ art. 9 part 4 lists what a written consent contains; art. 10.1 wants a consent of its own for what is spread to
everybody, with the resources where that happens. The subject, the representative and their documents are filled in by
hand: the school's journal does not hold them.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.accounts.consents.rules import Purpose

FIRST_MONTH_OF_NEXT_YEAR = 6
"""What is signed from June on is signed for the school year that begins in September."""


class Term(StrEnum):
    """How long a consent holds."""

    LEAVING = "leaving"
    SCHOOL_YEAR = "school_year"
    """Until 31 August of the school year for which it was signed."""
    DAY = "day"
    """Until a day that the form names."""


class Method(StrEnum):
    """Of processing, in the words of 152-ФЗ: by machine, by hand, or both."""

    AUTOMATED = "automated"
    MANUAL = "manual"
    MIXED = "mixed"


@dataclass(frozen=True)
class Operator:
    """Who processes the data: the school, as its papers name it."""

    name: str
    address: str
    site: str = ""
    """Where it publishes; a form for what is published cannot do without."""


@dataclass(frozen=True)
class Content:
    """All that a form says, but for who signs and who asks."""

    title: str
    about: str
    """In plain words, as the page says it."""
    aim: str
    data: tuple[str, ...]
    actions: str
    method: Method
    term: Term
    withdrawal: str
    refusal: str
    """What a refusal means, in one line."""
    term_until: dt.date | None = None
    third_party_name: str = ""
    third_party_address: str = ""


def until_of(term: Term, term_until: dt.date | None, signed_on: dt.date) -> dt.date | None:
    """The last day on which a consent holds that was signed on such a form; None: until leaving."""
    if term is Term.DAY:
        return term_until
    if term is Term.SCHOOL_YEAR:
        return dt.date(signed_on.year + (signed_on.month >= FIRST_MONTH_OF_NEXT_YEAR), 8, 31)
    return None


def what_does_not_fit(content: Content) -> list[str]:
    """Names of fields that contradict each other: a term and its day, half a third party."""
    found = []
    if (content.term is Term.DAY) != (content.term_until is not None):
        found.append("term_until")
    if bool(content.third_party_name) != bool(content.third_party_address):
        found.append("third_party_address" if content.third_party_name else "third_party_name")
    return found


def lacking(purpose: Purpose, operator: Operator | None) -> Sequence[str]:
    """What of the operator a form cannot be published without."""
    if operator is None:
        return ["name", "address"]
    return ["site"] if purpose is Purpose.PHOTO and not operator.site else []
