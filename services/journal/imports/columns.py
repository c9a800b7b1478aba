"""Which column of a class list holds what, by its header. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence

MOST_GUARDIANS = 4
GUARDIAN_PARTS = ("name", "relation", "phone", "email", "consent")
STUDENT_FIELDS = (
    "class",
    "full_name",
    "last_name",
    "first_name",
    "middle_name",
    "birth_date",
    "sex",
    "file_number",
    "admitted_on",
    "order_number",
    "phone",
    "email",
)
KNOWN_BUT_NOT_KEPT = ("number", "order_date", "snils", "address", "login")
FIELDS = (
    *STUDENT_FIELDS,
    *KNOWN_BUT_NOT_KEPT,
    *(f"guardian{n}_{part}" for n in range(1, MOST_GUARDIANS + 1) for part in GUARDIAN_PARTS),
)
HEADER_WITHIN = 20
"""A list may have a title above its headers, but not a page of it."""

_STUDENT = {
    "class": r"класс( литера| группа)?|группа",
    "full_name": r"(фио|ф и о|фамилия имя отчество|фамилия имя)( {who})?|{who}|фамилия имя и отчество",
    "last_name": r"фамилия( {who})?",
    "first_name": r"имя( {who})?",
    "middle_name": r"отчество( {who})?( при наличии)?",
    "birth_date": r"(дата|день|число) рожд\w*( {who})?|д р|др|рожд\w*|родил\w*",
    "sex": r"пол( {who})?",
    "file_number": r"(номер )?(личн\w* дел\w*|л д|лд)|личн\w* дел\w* номер",
    "admitted_on": r"(дата )?(зачислен\w*|приема|прибытия)( в школу)?|зачислен\w* с",
    "order_number": r"(номер )?приказ\w*( о зачислении)?( номер)?",
    "order_date": r"(дата приказа|приказ\w*( от| дата))( о зачислении)?",
    "number": r"(номер )?п п|номер( по порядку)?|n п п|no|n",
    "snils": r"снилс( {who})?",
    "address": r"(домашний |фактический )?адрес( \w+)*|место жительства",
    "login": r"логин",
}
_WHO = r"(ученика|ученицы|учащегося|обучающегося|ребенка|ученик|учащийся|обучающийся|ребенок)"
_PATTERNS = {field: re.compile(text.replace("{who}", _WHO)) for field, text in _STUDENT.items()}

_CONSENT = re.compile(r"соглас")
_RELATION = re.compile(r"родств|степень|кем приходится|статус")
_PHONE = re.compile(r"\bтел|\bмоб|\bсот")
_EMAIL = re.compile(r"mail|мейл|почт|эл адрес|электронн")
_GUARDIAN = re.compile(r"родител|представител|\bмат(ь|ер)|\bмам|\bот(ец|ца)\b|\bпап|опекун|попечител")
_MOTHER = re.compile(r"\bмат(ь|ер)|\bмам")
_FATHER = re.compile(r"\bот(ец|ца)\b|\bпап")


def guess(header: Sequence[str]) -> list[str | None]:
    """What each column holds, None for what no rule knows.

    Columns of a guardian stand together: «Телефон» behind «Родитель» is the guardian's, before it the pupil's.
    """
    found: list[str | None] = []
    guardians: dict[str, int] = {}
    latest = 0
    for title in header:
        plain = _plain(title)
        part = _part(plain)
        named = _GUARDIAN.search(plain) is not None
        ordinal = _ordinal(plain)
        if named:
            latest = _guardian(plain, ordinal, guardians)
        field: str | None
        if named or (part != "name" and (ordinal or latest or part in ("consent", "relation"))):
            latest = latest if named else ordinal or latest or 1
            field = f"guardian{latest}_{part}" if latest <= MOST_GUARDIANS else None
        elif part in ("phone", "email"):
            field = part
        elif not plain and not found:
            field = "number"  # people leave the title of the first column out
        else:
            field = next((name for name, pattern in _PATTERNS.items() if pattern.fullmatch(plain)), None)
        found.append(field if field not in found else None)
    return found


def is_sure(title: str, field: str) -> bool:
    """Whether the header says so itself; else the field was guessed from where the column stands."""
    plain = _plain(title)
    if not field.startswith("guardian"):
        return field not in ("phone", "email") or "учен" in plain or "обуч" in plain or "ребен" in plain
    return _ordinal(plain) > 0 or (_GUARDIAN.search(plain) is not None and _part(plain) == "name")


def implied_relation(title: str) -> str:
    """«мать» for a column «ФИО матери», «отец» for «Отец», else nothing."""
    plain = _plain(title)
    return "мать" if _MOTHER.search(plain) else "отец" if _FATHER.search(plain) else ""


def missing(fields: Sequence[str | None]) -> list[str]:
    """Fields without which no class list can be read."""
    wanted = ["class", "birth_date"]
    if "full_name" not in fields:
        wanted[1:1] = ["last_name", "first_name"]
    return [field for field in wanted if field not in fields]


def header_index(rows: Sequence[Sequence[str]]) -> int | None:
    """Which of the first rows names the columns: the one in which most headers are known, at least two."""
    best, at = 1, None
    for index, row in enumerate(rows[:HEADER_WITHIN]):
        known = {field for title, field in zip(row, guess(row), strict=True) if title and field}
        if len(known) > best and known & {"last_name", "full_name", "birth_date", "class", "first_name"}:
            best, at = len(known), index
    return at


def _plain(title: str) -> str:
    text = title.casefold().replace("ё", "е").replace("№", " номер ")
    return " ".join(re.sub(r"[^\w]+|_", " ", text).split())


def _ordinal(plain: str) -> int:
    digits = re.findall(r"\b(\d)\b", plain)
    return int(digits[0]) if digits and 1 <= int(digits[0]) <= MOST_GUARDIANS else 0


def _part(plain: str) -> str:
    for part, pattern in (("consent", _CONSENT), ("relation", _RELATION), ("phone", _PHONE), ("email", _EMAIL)):
        if pattern.search(plain):
            return part
    return "name"


def _guardian(plain: str, ordinal: int, guardians: dict[str, int]) -> int:
    """The number of the guardian that a header speaks of; mother and father keep theirs."""
    if ordinal:
        guardians[f"number {ordinal}"] = ordinal
        return ordinal
    who = "mother" if _MOTHER.search(plain) else "father" if _FATHER.search(plain) else "guardian"
    return guardians.setdefault(who, len(guardians) + 1)
