"""What was written of a pupil: classes, attendance, excuses, marks; what was taken back stays and is told, too."""

from __future__ import annotations

import sqlalchemy as sa

from services.common.personal_data.asking import SectionQuery, by_words
from services.journal.personal_data.names import CLASS_NAME, PERIOD, YEAR, joined_course, joined_person, whole_name
from services.journal.personal_data.rules import EXCUSE, NOT_ATTESTED, STATUS

_BY = {"author": "Кто записал", "written_at": "Когда записано"}

_CLASSES = SectionQuery(
    "classes",
    "Классы, в которых он учился",
    {"class_name": "Класс", "year": "Учебный год", "from_day": "С", "until": "До (не включая)"},
    sa.text(
        f"SELECT {CLASS_NAME}, {YEAR}, e.from_day, e.to_day FROM enrollment e"  # noqa: S608 - our own text
        " JOIN school_class c ON c.school_id = e.school_id AND c.id = e.class_id"
        " JOIN school_year y ON y.school_id = c.school_id AND y.id = c.year_id"
        " WHERE e.student_id = :person ORDER BY e.from_day, e.id"
    ),
)
_ATTENDANCE = SectionQuery(
    "attendance",
    "Посещаемость",
    {
        "on_day": "День",
        "number": "Урок",
        "class_name": "Класс",
        "subject": "Предмет",
        "status": "Отметка о посещении",
        "minutes_late": "Опоздание, минут",
        "state": "Состояние",
        **_BY,
    },
    sa.text(
        f"SELECT l.taught_on, l.number, {CLASS_NAME}, s.name, a.status, a.minutes_late,"  # noqa: S608 - our own text
        " CASE WHEN l.annulled_at IS NOT NULL THEN 'урок отменён'"
        " WHEN a.status IS NULL THEN 'снята' ELSE 'действует' END,"
        f" {whole_name('p')}, a.updated_at FROM attendance a"
        " JOIN lesson l ON l.school_id = a.school_id AND l.id = a.lesson_id"
        f"{joined_course('a')}{joined_person('p', 'a', 'author_id')}"
        " WHERE a.student_id = :person ORDER BY l.taught_on, l.number, a.id"
    ),
    {"status": by_words(STATUS)},
)
_EXCUSES = SectionQuery(
    "excuses",
    "Причины отсутствия",
    {
        "from_day": "С",
        "until": "До (не включая)",
        "reason": "Причина",
        "author": "Кто записал",
        "written_at": "Когда записано",
        "annulled_at": "Когда отменено",
        "annul_reason": "Почему отменено",
    },
    sa.text(
        f"SELECT e.from_day, e.to_day, e.reason, {whole_name('p')}, e.created_at, e.annulled_at, e.annul_reason"  # noqa: S608 - our own text
        f" FROM excuse e{joined_person('p', 'e', 'author_id')}"
        " WHERE e.student_id = :person ORDER BY e.from_day, e.created_at, e.id"
    ),
    {"reason": by_words(EXCUSE)},
)
_MARKS = SectionQuery(
    "marks",
    "Отметки",
    {
        "on_day": "День",
        "class_name": "Класс",
        "subject": "Предмет",
        "work_type": "Вид работы",
        "work_title": "Работа",
        "symbol": "Отметка",
        "value": "Значение для среднего",
        "made_up": "Взамен прежней",
        "comment": "Комментарий",
        "state": "Состояние",
        **_BY,
    },
    sa.text(
        f"SELECT i.on_day, {CLASS_NAME}, s.name, w.title, i.title, m.symbol, m.number, m.made_up, m.comment,"  # noqa: S608 - our own text
        " CASE WHEN i.annulled_at IS NOT NULL THEN 'работа отменена'"
        " WHEN m.symbol IS NULL THEN 'снята' ELSE 'действует' END,"
        f" {whole_name('p')}, m.updated_at FROM mark m"
        " JOIN line_item i ON i.school_id = m.school_id AND i.id = m.line_item_id"
        " JOIN work_type w ON w.school_id = i.school_id AND w.id = i.work_type_id"
        f"{joined_course('m')}{joined_person('p', 'm', 'author_id')}"
        " WHERE m.student_id = :person ORDER BY i.on_day, s.name, w.ordinal, i.ordinal, i.id, m.slot"
    ),
)
_PERIOD_MARKS = SectionQuery(
    "period_marks",
    "Отметки за учебные периоды",
    {
        "period": "Период",
        "year": "Учебный год",
        "class_name": "Класс",
        "subject": "Предмет",
        "symbol": "Отметка",
        "reason": "Почему не аттестован",
        "comment": "Комментарий",
        "state": "Состояние",
        **_BY,
    },
    sa.text(
        f"SELECT {PERIOD}, {YEAR}, {CLASS_NAME}, s.name, m.symbol, m.reason, m.comment,"  # noqa: S608 - our own text
        " CASE WHEN m.symbol IS NULL THEN 'снята' ELSE 'действует' END,"
        f" {whole_name('p')}, m.updated_at FROM period_mark m"
        " JOIN period q ON q.school_id = m.school_id AND q.id = m.period_id"
        " JOIN school_year y ON y.school_id = q.school_id AND y.id = q.year_id"
        f"{joined_course('m')}{joined_person('p', 'm', 'author_id')}"
        " WHERE m.student_id = :person ORDER BY q.starts_on, s.name, m.id"
    ),
    {"reason": by_words(NOT_ATTESTED)},
)

SECTIONS = (_CLASSES, _ATTENDANCE, _EXCUSES, _MARKS, _PERIOD_MARKS)
