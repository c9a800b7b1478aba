"""What of the register is printed: the register itself, its changes, the families on paper."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.accounts.consent_forms.queries import forms_by_id
from services.accounts.consent_register.changes import changes
from services.accounts.consent_register.rules import PURPOSES, SELF, SOURCES, STATES, class_order, in_words, since
from services.accounts.consent_register.tables import Cell, Column, Table
from services.accounts.consents.register import OWN, lines, signers_of
from services.accounts.consents.rules import Purpose, State
from services.accounts.register.models import School
from services.accounts.register.queries import ClassMember, people_by_id

Line = Mapping[str, Any]


@dataclass(frozen=True)
class Extent:
    """Of which pupils, in the words of the sheet."""

    school: School
    members: Sequence[ClassMember]
    words: str
    today: dt.date

    @cached_property
    def students(self) -> list[uuid.UUID]:
        return [member.student_id for member in self.members]

    @cached_property
    def classes(self) -> dict[uuid.UUID, str]:
        """Name of the class by pupil."""
        return {member.student_id: member.class_name for member in self.members}


def register_to_read(session: Session, extent: Extent) -> Table:
    """A row for each signer."""
    rows: dict[tuple[uuid.UUID, uuid.UUID], list[Cell]] = {}
    for line in _lines(session, extent):
        key = line["student_id"], line["guardian_id"]
        row = rows.setdefault(key, [extent.classes[key[0]], line["student"], _signer(line)])
        row.append(in_words(line))
    columns = [Column("Класс", 12), Column("Ученик", 44), Column("Кто решает", 52)]
    columns += [Column(title, 38) for title in PURPOSES.values()]
    return _table(extent, "Реестр согласий и отказов", columns, list(rows.values()), "Ответственный")


def register_to_work_with(session: Session, extent: Extent) -> Table:
    """A row for each decision that there is or ought to be."""
    found = _lines(session, extent)
    forms = forms_by_id(session, {line["form_id"] for line in found if line["form_id"]})
    zone = ZoneInfo(extent.school.zone)
    rows: list[list[Cell]] = [
        [
            extent.classes[line["student_id"]],
            line["student"],
            line["guardian"],
            SELF if line["relation"] == OWN else line["relation"],
            PURPOSES[Purpose(line["purpose"])],
            STATES[State(line["state"])],
            line["signed_on"],
            line["until"],
            _day(line["withdrawn_at"], zone),
            SOURCES.get(line["source"] or "", ""),
            line["document"],
            forms[line["form_id"]].version if line["form_id"] else None,
            "есть" if line["scan"] else "",
        ]
        for line in found
    ]
    columns = [
        Column("Класс", 12),
        Column("Ученик", 60),
        Column("Кто решает", 60),
        Column("Кем приходится", 24),
        Column("Цель", 24),
        Column("Решение", 24),
        Column("Дата", 22),
        Column("Действует по", 22),
        Column("Отозвано", 22),
        Column("Записано", 24),
        Column("Документ", 50),
        Column("Версия бланка", 16),
        Column("Скан", 12),
    ]
    return _table(extent, "Реестр согласий и отказов", columns, rows)


def owed_lines(session: Session, students: Collection[uuid.UUID], today: dt.date) -> list[dict[str, Any]]:
    """Guardians who read no diary and get it on paper; the pupils themselves are no families."""
    signers = [
        one for one in signers_of(session, list(students), today) if not one.restricted and one.relation != OWN
    ]
    found = lines(session, signers, today, None)
    return [line for line in found if line["purpose"] == Purpose.DIARY and line["state"] != State.GIVEN]


def owed(session: Session, extent: Extent) -> Table:
    """With room to sign that the slip was handed over."""
    found = _by_class(extent, owed_lines(session, extent.students, extent.today))
    zone = ZoneInfo(extent.school.zone)
    rows: list[list[Cell]] = [
        [
            extent.classes[line["student_id"]],
            line["student"],
            _signer(line),
            STATES[State(line["state"])],
            since(line, _day(line["withdrawn_at"], zone)),
            "",
            "",
        ]
        for line in found
    ]
    columns = [
        Column("Класс", 12),
        Column("Ученик", 60),
        Column("Кому выдать", 70),
        Column("Решение о дневнике", 30),
        Column("С какого дня", 24),
        Column("Выдано", 26),
        Column("Подпись", 40),
    ]
    return _table(extent, "Кому положены сведения на бумаге", columns, rows)


def changes_of(session: Session, extent: Extent, first: dt.date, last: dt.date) -> Table:
    """Everything that was recorded in these days, the earliest first."""
    zone = ZoneInfo(extent.school.zone)
    found = changes(session, extent.students, _moment(first, zone), _moment(last + dt.timedelta(days=1), zone))
    people = people_by_id(
        session, {person for one in found for person in (one.student_id, one.signer_id, one.by) if person is not None}
    )

    def name(person: uuid.UUID | None) -> str:
        return people[person].name if person in people else ""

    rows: list[list[Cell]] = [
        [
            one.at.astimezone(zone),
            extent.classes[one.student_id],
            name(one.student_id),
            SELF if one.signer_id == one.student_id else name(one.signer_id),
            PURPOSES[Purpose(one.purpose)] if one.purpose else "",
            one.act,
            one.signed_on,
            SOURCES.get(one.source or "", ""),
            one.document,
            name(one.by),
        ]
        for one in found
    ]
    columns = [
        Column("Когда записано", 27),
        Column("Класс", 12),
        Column("Ученик", 42),
        Column("Чьё решение", 42),
        Column("Цель", 20),
        Column("Что", 30),
        Column("Дата решения", 20),
        Column("Как", 20),
        Column("Документ", 34),
        Column("Кто записал", 38),
    ]
    days = f"{extent.words}; с {first:%d.%m.%Y} по {last:%d.%m.%Y}"
    return Table("Изменения в реестре согласий", extent.school.name, days, columns, rows, "Ответственный")


def _lines(session: Session, extent: Extent) -> list[Line]:
    return _by_class(extent, lines(session, signers_of(session, extent.students, extent.today), extent.today, None))


def _by_class(extent: Extent, found: Sequence[Line]) -> list[Line]:
    return sorted(found, key=lambda line: class_order(extent.classes[line["student_id"]]))


def _signer(line: Line) -> str:
    if line["relation"] == OWN:
        return SELF
    barred = ", доступ ограничен судом" if line["restricted"] else ""
    return f"{line['guardian']} ({line['relation']}{barred})"


def _table(
    extent: Extent, title: str, columns: Sequence[Column], rows: Sequence[Sequence[Cell]], by: str = ""
) -> Table:
    return Table(title, extent.school.name, extent.words, columns, rows, by)


def _day(moment: dt.datetime | None, zone: ZoneInfo) -> dt.date | None:
    return moment.astimezone(zone).date() if moment else None


def _moment(day: dt.date, zone: ZoneInfo) -> dt.datetime:
    return dt.datetime.combine(day, dt.time(), zone)
