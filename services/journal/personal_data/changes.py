"""The log of changes, as far as it speaks of the person.

Of results only those have a history that were changed after they were written; the first state of the others is the
one that is told already.
"""

from __future__ import annotations

import sqlalchemy as sa

from services.common.personal_data.asking import SectionQuery, by_words
from services.journal.personal_data.names import CLASS_NAME, PERIOD, joined_course, whole_name
from services.journal.personal_data.rules import ACTION, OBJECT, ORIGIN, change_in_words

_COLUMNS = {
    "at": "Когда",
    "object": "Что",
    "about": "О ком или о чём",
    "action": "Действие",
    "change": "Изменение",
    "author": "Кем",
    "origin": "Как",
    "reason": "Основание",
}
_READINGS = {
    "object": by_words(OBJECT),
    "action": by_words(ACTION),
    "change": change_in_words,
    "origin": by_words(ORIGIN),
}
# What a service or a command did has no name of a person; the column stays empty.
_LOGGED = (
    " SELECT g.at, g.object, own.about, g.action, jsonb_build_array(g.old, g.new),"  # noqa: S608 - our own text
    f" {whole_name('w')}, g.origin, g.reason FROM own JOIN change_log g ON g.object_id = own.id"
    " LEFT JOIN person w ON g.actor = concat('person:', w.id)"
)
_GUARDIANSHIPS = (
    f"SELECT g.id, {whole_name('p')} FROM guardianship g"  # noqa: S608 - our own text
    " JOIN person p ON p.school_id = g.school_id AND p.id = g.{other} WHERE g.{own} = :person"
)

_OF_CARD = SectionQuery(
    "changes",
    "История изменений сведений о нём",
    _COLUMNS,
    sa.text(
        "WITH own AS (SELECT CAST(:person AS uuid) AS id, '' AS about"  # noqa: S608 - our own text
        f" UNION ALL {_GUARDIANSHIPS.format(own='student_id', other='guardian_id')}"
        f" UNION ALL {_GUARDIANSHIPS.format(own='guardian_id', other='student_id')}"
        f" UNION ALL SELECT e.id, {CLASS_NAME} FROM enrollment e"
        "  JOIN school_class c ON c.school_id = e.school_id AND c.id = e.class_id WHERE e.student_id = :person"
        f" UNION ALL SELECT t.id, {CLASS_NAME} FROM class_teacher t"
        "  JOIN school_class c ON c.school_id = t.school_id AND c.id = t.class_id WHERE t.person_id = :person"
        f" UNION ALL SELECT t.id, concat({CLASS_NAME}, ' ', s.name) FROM course_teacher t"
        f"  {joined_course('t')} WHERE t.person_id = :person)"
        f"{_LOGGED} ORDER BY g.at, g.id"
    ),
    _READINGS,
)
_OF_RESULTS = SectionQuery(
    "result_changes",
    "История изменений отметок и посещаемости",
    _COLUMNS,
    sa.text(
        "WITH own AS (SELECT m.id, concat(to_char(i.on_day, 'DD.MM.YYYY'), ' ', s.name) AS about FROM mark m"  # noqa: S608 - our own text
        "  JOIN line_item i ON i.school_id = m.school_id AND i.id = m.line_item_id"
        f"  {joined_course('m')} WHERE m.student_id = :person AND m.version > 1"
        " UNION ALL SELECT a.id, concat(to_char(l.taught_on, 'DD.MM.YYYY'), ' ', s.name) FROM attendance a"
        "  JOIN lesson l ON l.school_id = a.school_id AND l.id = a.lesson_id"
        f"  {joined_course('a')} WHERE a.student_id = :person AND a.version > 1"
        f" UNION ALL SELECT m.id, concat({PERIOD}, ' ', s.name) FROM period_mark m"
        "  JOIN period q ON q.school_id = m.school_id AND q.id = m.period_id"
        f"  {joined_course('m')} WHERE m.student_id = :person AND m.version > 1"
        " UNION ALL SELECT e.id, to_char(e.from_day, 'DD.MM.YYYY') FROM excuse e"
        "  WHERE e.student_id = :person AND e.annulled_at IS NOT NULL)"
        f"{_LOGGED} ORDER BY g.at, g.id"
    ),
    _READINGS,
)

SECTIONS = (_OF_CARD, _OF_RESULTS)
