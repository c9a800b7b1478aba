"""All that notifications keeps about a person: copies, letters, held addresses, what there was to tell of a pupil."""

from __future__ import annotations

import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.personal_data.asking import SectionQuery, by_words, gathered
from services.common.personal_data.sections import Section
from services.notifications.personal_data.rules import KIND, STATE, reason_in_words

_CARD = SectionQuery(
    "card",
    "Сведения для писем",
    {"first_name": "Имя", "middle_name": "Отчество", "email": "Адрес для писем"},
    sa.text("SELECT first_name, middle_name, email FROM person WHERE id = :person"),
)


def _guardianships(name: str, title: str, own: str, other: str, heading: str) -> SectionQuery:
    """One direction: the rows in which the person stands in the column `own`. Nobody else's address is told."""
    columns = {"name": heading, "from_day": "С", "until": "До (не включая)", "restricted": "Доступ ограничен"}
    statement = sa.text(
        "SELECT concat_ws(' ', p.first_name, nullif(p.middle_name, '')), g.from_day, g.to_day, g.restricted"  # noqa: S608 - our own text
        f" FROM guardianship g LEFT JOIN person p ON p.school_id = g.school_id AND p.id = g.{other}"
        f" WHERE g.{own} = :person ORDER BY g.from_day, p.first_name, g.id"
    )
    return SectionQuery(name, title, columns, statement)


# By whose letter it is and not by the address, which others may have had before him. No index is of use: `@>` is not
# leakproof, so that row-level security has every delivery of the school looked at first (200,000 of them: 0.1 s).
_LETTERS = SectionQuery(
    "letters",
    "Письма ему",
    {
        "created_at": "Когда создано",
        "finished_at": "Когда закончено",
        "address": "Адрес",
        "student": "О ком",
        "kind": "О чём",
        "on_day": "День",
        "subject": "Предмет",
        "told": "Что сообщено",
        "state": "Состояние",
        "reason": "Почему",
    },
    sa.text(
        "SELECT d.created_at, d.finished_at, d.address, concat_ws(' ', p.first_name, nullif(p.middle_name, '')),"
        " m.kind, m.taught_on, m.subject, d.told, d.state, d.reason"
        " FROM delivery d JOIN message m ON m.school_id = d.school_id AND m.id = d.message_id"
        " LEFT JOIN person p ON p.school_id = m.school_id AND p.id = m.student_id"
        " WHERE d.guardian_ids @> ARRAY[CAST(:person AS uuid)] ORDER BY d.created_at, d.id"
    ),
    {"kind": by_words(KIND), "state": by_words(STATE), "reason": reason_in_words},
)
_HELD = SectionQuery(
    "held_addresses",
    "Остановленные адреса",
    {"address": "Адрес", "held_at": "Остановлен", "lifted_at": "Снова разрешён"},
    sa.text(
        "SELECT h.address, h.held_at, h.lifted_at FROM held_address h"
        " JOIN delivery d ON d.school_id = h.school_id AND d.id = h.delivery_id"
        " WHERE d.guardian_ids @> ARRAY[CAST(:person AS uuid)]"
        " OR h.address = (SELECT email FROM person WHERE id = :person) ORDER BY h.held_at, h.id"
    ),
)
_ABSENCES = SectionQuery(
    "absences",
    "Пропуски уроков",
    {"on_day": "День", "number": "Урок", "subject": "Предмет", "absent": "Отсутствовал"},
    sa.text(
        "SELECT taught_on, number, subject, absent FROM absence WHERE student_id = :person"
        " ORDER BY taught_on, number, id"
    ),
)
_MESSAGES = SectionQuery(
    "messages",
    "О чём сообщалось его семье",
    {
        "due_at": "Когда",
        "kind": "О чём",
        "on_day": "День",
        "subject": "Предмет",
        "work_type": "Вид работы",
        "symbol": "Отметка",
        "before": "Прежняя отметка",
        "letters": "Отправлено писем",
    },
    sa.text(
        "SELECT m.due_at, m.kind, m.taught_on, m.subject, m.work_type_title, m.symbol, m.before,"
        " (SELECT count(*) FROM delivery d WHERE d.school_id = m.school_id AND d.message_id = m.id"
        "  AND d.state = 'done') FROM message m WHERE m.student_id = :person ORDER BY m.due_at, m.id"
    ),
    {"kind": by_words(KIND)},
)

_SECTIONS = (
    _CARD,
    _guardianships("guardians", "Кому пишут о нём", "student_id", "guardian_id", "Представитель"),
    _guardianships("wards", "О ком ему пишут", "guardian_id", "student_id", "Ученик"),
    _LETTERS,
    _HELD,
    _ABSENCES,
    _MESSAGES,
)


def gather(session: Session, person_id: uuid.UUID) -> list[Section]:
    """Every section in a settled order; those in which nothing is kept have no rows."""
    return gathered(session, _SECTIONS, person_id)
