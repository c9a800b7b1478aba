"""A row of a class list, read as a secretary means it. Pure.

Who is the same and what «Согласие» declares: the school's rules for class lists.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import TypeVar

from services.common.text import tidy
from services.journal.classes.rules import parse_class_name
from services.journal.imports.columns import MOST_GUARDIANS
from services.journal.people.rules import folded_name, normal_email, normal_phone, whole_name

YOUNGEST, OLDEST = 5, 25
"""Ages on the first day of the school year between which somebody can be a pupil."""
LONGEST_NAME = 100
EARLIEST_CONSENT = dt.date(2006, 7, 27)
"""The day of the personal-data law 152-ФЗ; nobody can have consented under it before."""

_DATE = re.compile(r"(\d{1,2})[./-](\d{1,2})[./-](\d{4}|\d{2})(?: ?г\.?| 0?0:00(:00)?)?")
_ISO_DATE = re.compile(r"(\d{4})-(\d{2})-(\d{2})(?:[ T]00:00(:00)?)?")
_NAME = re.compile(r"[^\W\d_]+(?:[-’'ʼ. ]+[^\W\d_]+)*\.?")
_TOTAL = re.compile(
    r"(итого?|всего|количество|кол-во|общее|классный руководитель|секретарь|директор)\b.*", re.IGNORECASE
)
_YES = {"да", "+", "есть", "согласен", "согласна", "дано", "1", "true", "истина", "yes"}
_NO = {"нет", "-", "–", "—", "отказ", "не согласен", "не согласна", "отказано", "0", "false", "ложь", "no"}
_SEX = {"м": "м", "муж": "м", "мужской": "м", "мальчик": "м", "ж": "ж", "жен": "ж", "женский": "ж", "девочка": "ж"}
_RELATIONS = {"мама": "мать", "папа": "отец", "м": "мать", "о": "отец"}

Value = TypeVar("Value")


@dataclass(frozen=True)
class Problem:
    """What is wrong, or worth a look, in one cell, row or file."""

    code: str
    row: int | None = None
    field: str | None = None
    value: str = ""
    warning: bool = False
    other: str = ""
    """What else the sentence names: a row, a person."""


@dataclass(frozen=True)
class Consent:
    """What the column «Согласие» declares; without a day, that of the commit."""

    given: bool
    signed_on: dt.date | None = None


@dataclass(frozen=True)
class ListedGuardian:
    """A guardian as one row names one."""

    ordinal: int
    last_name: str
    first_name: str
    middle_name: str
    relation: str
    phone: str | None
    email: str | None
    consent: Consent | None

    @property
    def folded(self) -> str:
        return folded_name(self.last_name, self.first_name, self.middle_name)

    @property
    def contacts(self) -> frozenset[str]:
        return frozenset(value for value in (self.phone, self.email) if value)


@dataclass(frozen=True)
class ListedStudent:
    """A pupil as one row names one; empty text and None: the list says nothing of it."""

    row: int
    grade_level: int
    letter: str
    last_name: str
    first_name: str
    middle_name: str
    birth_date: dt.date
    sex: str
    file_number: str
    admitted_on: dt.date | None
    order_number: str
    phone: str | None
    email: str | None
    guardians: tuple[ListedGuardian, ...]


class _Cells:
    """One row's cells by field; what cannot be read becomes a problem of that cell."""

    def __init__(self, row: int, cells: Mapping[str, str]) -> None:
        self.row = row
        self.cells = cells
        self.problems: list[Problem] = []

    def text(self, field: str) -> str:
        try:
            text = tidy(self.cells.get(field, ""))
        except ValueError:
            self.wrong("unreadable-text", field)
            return ""
        if "\ufffd" in text:
            self.wrong("unreadable-text", field)
            return ""
        return text

    def value(self, field: str, read: Callable[[str], Value], code: str) -> Value | None:
        """The cell as `read` understands it; None when it is empty or `read` raises ValueError."""
        text = self.text(field)
        if not text:
            return None
        try:
            return read(text)
        except ValueError:
            self.wrong(code, field, text)
            return None

    def wrong(self, code: str, field: str, value: str = "", warning: bool = False) -> None:
        self.problems.append(Problem(code, self.row, field, value, warning))


def is_total(cells: list[str]) -> bool:
    """Whether a row counts or signs the list instead of naming a pupil."""
    filled = [cell for cell in cells if cell.strip()]
    return 0 < len(filled) <= 4 and any(_TOTAL.fullmatch(cell.strip()) for cell in filled[:2])


def read_row(
    row: int, cells: Mapping[str, str], implied: Mapping[int, str], today: dt.date, year_start: dt.date
) -> tuple[ListedStudent | None, list[Problem]]:
    """The pupil of a row, None when something that must be there is not, and all that is wrong in it.

    `implied` is the relation that a header such as «ФИО матери» gives to a guardian's number.
    """
    given = _Cells(row, cells)
    names = _student_names(given)
    school_class = given.value("class", parse_class_name, "bad-class")
    birth_date = given.value("birth_date", parse_day, "bad-date")
    for field, value in (("class", school_class), ("birth_date", birth_date)):
        if value is None and not given.cells.get(field, "").strip():
            given.wrong("empty", field)
    if birth_date is not None and not YOUNGEST <= _age(birth_date, year_start) <= OLDEST:
        given.wrong("absurd-birth-date", "birth_date", f"{birth_date:%d.%m.%Y}")
    if school_class is not None and school_class[2]:
        given.wrong("latin-letter", "class", given.text("class"), warning=True)
    admitted_on = given.value("admitted_on", parse_day, "bad-date")
    if admitted_on is not None and not _may_be_admitted(admitted_on, today, year_start):
        given.wrong("absurd-date", "admitted_on", f"{admitted_on:%d.%m.%Y}")
    # All cells are read before the row is refused: every problem is told at once.
    sex = given.value("sex", _sex, "bad-sex") or ""
    phone = given.value("phone", normal_phone, "bad-phone")
    email = given.value("email", normal_email, "bad-email")
    guardians = _guardians(given, implied, today)
    if any(not problem.warning for problem in given.problems) or not (school_class and birth_date):
        return None, given.problems
    listed = ListedStudent(
        row,
        school_class[0],
        school_class[1],
        *names,
        birth_date,
        sex=sex,
        file_number=given.text("file_number"),
        admitted_on=admitted_on,
        order_number=given.text("order_number"),
        phone=phone,
        email=email,
        guardians=guardians,
    )
    return listed, given.problems


def _may_be_admitted(day: dt.date, today: dt.date, year_start: dt.date) -> bool:
    """Within the thirteen years that somebody may have been at a school, or an order for the year to come."""
    return dt.date(year_start.year - 13, 1, 1) <= day <= today + dt.timedelta(days=366)


def parse_day(text: str) -> dt.date:
    """A day as lists write it: 14.03.2014, 14.03.14, 2014-03-14. Raises ValueError."""
    iso = _ISO_DATE.fullmatch(text)
    if iso:
        return dt.date(int(iso[1]), int(iso[2]), int(iso[3]))
    match = _DATE.fullmatch(text)
    if match is None:
        raise ValueError("is not a date")
    year = int(match[3])
    return dt.date(year + 2000 if year < 100 else year, int(match[2]), int(match[1]))


def parse_consent(text: str, today: dt.date) -> Consent:
    """«да», «нет» or the day of a signature that is not in the future. Raises ValueError."""
    word = text.casefold().strip(" .")
    if word in _YES:
        return Consent(True)
    if word in _NO:
        return Consent(False)
    dated = re.fullmatch(r"(?:да[, ]*)?(?:от )?(.+)", text.strip(), re.IGNORECASE)
    day = parse_day(dated[1] if dated else text)
    if not EARLIEST_CONSENT <= day <= today:
        raise ValueError("nobody signed on that day")
    return Consent(True, day)


def _age(birth_date: dt.date, on: dt.date) -> int:
    return on.year - birth_date.year - ((on.month, on.day) < (birth_date.month, birth_date.day))


def _sex(text: str) -> str:
    try:
        return _SEX[text.casefold().strip(" .")]
    except KeyError:
        raise ValueError("is neither м nor ж") from None


def _student_names(given: _Cells) -> tuple[str, str, str]:
    if given.cells.get("full_name", "").strip() and not given.cells.get("last_name", "").strip():
        names = _split_name(given.text("full_name"))
        fields = ("full_name", "full_name", "full_name")
    else:
        fields = ("last_name", "first_name", "middle_name")
        names = (given.text("last_name"), given.text("first_name"), given.text("middle_name"))
    if names[2] in ("-", "–", "—"):
        names = (names[0], names[1], "")
    for name, field in zip(names[:2], fields, strict=False):
        if not name and not any(problem.field == field for problem in given.problems):
            given.wrong("empty" if not given.text(field) else "bad-full-name", field, given.text(field))
    for name, field in zip(names, fields, strict=True):
        if name and not _is_name(name):
            given.wrong("bad-name", field, name)
    return names


def _is_name(text: str) -> bool:
    # To a pattern "²" is no digit, but no letter either.
    letters = all(sign.isalpha() for sign in text if sign.isalnum())
    return letters and len(text) <= LONGEST_NAME and _NAME.fullmatch(text) is not None


def _split_name(text: str) -> tuple[str, str, str]:
    """Фамилия Имя Отчество; the middle name may be of several words («Ахмед оглы») or missing."""
    words = text.split()
    return words[0] if words else "", words[1] if len(words) > 1 else "", " ".join(words[2:])


def _guardians(given: _Cells, implied: Mapping[int, str], today: dt.date) -> tuple[ListedGuardian, ...]:
    found: list[ListedGuardian] = []
    for ordinal in range(1, MOST_GUARDIANS + 1):
        guardian = _guardian(given, ordinal, implied.get(ordinal, ""), today)
        if guardian is None:
            continue
        if any(other.folded == guardian.folded for other in found):
            given.wrong("guardian-twice", f"guardian{ordinal}_name", full_name(guardian))
            continue
        found.append(guardian)
    return tuple(found)


def _guardian(given: _Cells, ordinal: int, implied: str, today: dt.date) -> ListedGuardian | None:
    prefix = f"guardian{ordinal}"
    whole = given.text(f"{prefix}_name")
    cells = _Cells(given.row, {**given.cells, **_taken_apart(whole, prefix, given.cells)} if whole else given.cells)
    guardian = ListedGuardian(
        ordinal,
        *_split_name(cells.text(f"{prefix}_name")),
        relation=_relation(cells.text(f"{prefix}_relation")) or implied,
        phone=cells.value(f"{prefix}_phone", normal_phone, "bad-phone"),
        email=cells.value(f"{prefix}_email", normal_email, "bad-email"),
        consent=cells.value(f"{prefix}_consent", lambda text: parse_consent(text, today), "bad-consent"),
    )
    given.problems += cells.problems
    if not whole:
        # «нет» or «-» beside an empty name says that there is no second parent, not that one refused.
        if (
            guardian.contacts
            or (guardian.consent and guardian.consent.given)
            or guardian.relation not in ("", implied)
        ):
            given.wrong("guardian-without-name", f"{prefix}_name")
        return None
    if not guardian.first_name:
        given.wrong("bad-full-name", f"{prefix}_name", whole)
        return None
    if not all(_is_name(n) for n in (guardian.last_name, guardian.first_name, guardian.middle_name) if n):
        given.wrong("bad-name", f"{prefix}_name", whole)
        return None
    if guardian.consent and guardian.consent.given and not guardian.email:
        email_wrong = any(problem.field == f"{prefix}_email" for problem in cells.problems)
        if not email_wrong:
            given.wrong("consent-without-address", f"{prefix}_email", full_name(guardian), warning=True)
    return replace(guardian, relation=guardian.relation or "иной представитель")


def _relation(text: str) -> str:
    word = text.casefold()
    return _RELATIONS.get(word, word)[:40]


def _taken_apart(whole: str, prefix: str, cells: Mapping[str, str]) -> dict[str, str]:
    """A cell that holds all of a guardian, «Ларина Ольга Павловна, мать, +7 900 …, larina@…», by parts."""
    found: dict[str, str] = {}
    names = []
    for piece in re.split(r"[,;\n]+|\s+(?=\+?[78][\s(-]?\d{3})|\s+(?=\S+@)", whole):
        text = piece.strip(" .()")
        if "@" in text:
            found.setdefault(f"{prefix}_email", text)
        elif sum(character.isdigit() for character in text) >= 10:
            found.setdefault(f"{prefix}_phone", text)
        elif _relation(text) in ("мать", "отец", "опекун", "попечитель", "бабушка", "дедушка"):
            found.setdefault(f"{prefix}_relation", text)
        elif text:
            names.append(text)
    kept = {field: value for field, value in found.items() if not cells.get(field, "").strip()}
    return {**kept, f"{prefix}_name": " ".join(names)}


def full_name(person: ListedGuardian | ListedStudent) -> str:
    """Фамилия Имя Отчество."""
    return whole_name(person.last_name, person.first_name, person.middle_name)
