"""What a member of the staff led and taught. Lessons and marks themselves are the pupils' data: of them numbers."""

from __future__ import annotations

import sqlalchemy as sa

from services.common.personal_data.asking import SectionQuery
from services.journal.personal_data.names import CLASS_NAME, joined_course

_LEADS = SectionQuery(
    "class_teacher",
    "Классное руководство",
    {"class_name": "Класс", "from_day": "С", "until": "До (не включая)"},
    sa.text(
        f"SELECT {CLASS_NAME}, t.from_day, t.to_day FROM class_teacher t"  # noqa: S608 - our own text
        " JOIN school_class c ON c.school_id = t.school_id AND c.id = t.class_id"
        " WHERE t.person_id = :person ORDER BY t.from_day, t.id"
    ),
)
_TEACHES = SectionQuery(
    "courses",
    "Предметы, которые он ведёт",
    {
        "class_name": "Класс",
        "subject": "Предмет",
        "from_day": "С",
        "until": "До (не включая)",
        "lessons": "Проведено уроков",
    },
    sa.text(
        f"SELECT {CLASS_NAME}, s.name, t.from_day, t.to_day, (SELECT count(*) FROM lesson l"  # noqa: S608 - our own text
        "  WHERE l.school_id = t.school_id AND l.course_id = t.course_id AND l.annulled_at IS NULL"
        "  AND l.status = 'held' AND l.taught_on >= t.from_day AND (t.to_day IS NULL OR l.taught_on < t.to_day))"
        f" FROM course_teacher t{joined_course('t')}"
        " WHERE t.person_id = :person ORDER BY t.from_day, c.grade_level, c.letter, s.name, t.id"
    ),
)
# Who wrote is in no index: the school's facts are read once, and only for somebody of the staff.
_WRITTEN = SectionQuery(
    "entries",
    "Записи в журнале, сделанные им",
    {"kind": "Что", "class_name": "Класс", "subject": "Предмет", "entries": "Сколько"},
    sa.text(
        "WITH staff_member AS (SELECT person_id FROM staff WHERE person_id = :person),"  # noqa: S608 - our own text
        " written AS (SELECT 1 AS place, 'отметки' AS kind, m.school_id, m.course_id, count(*) AS entries"
        "  FROM mark m WHERE m.author_id = :person AND EXISTS (SELECT FROM staff_member) GROUP BY 3, 4"
        " UNION ALL SELECT 2, 'посещаемость', a.school_id, a.course_id, count(*)"
        "  FROM attendance a WHERE a.author_id = :person AND EXISTS (SELECT FROM staff_member) GROUP BY 3, 4"
        " UNION ALL SELECT 3, 'переклички', l.school_id, l.course_id, count(*)"
        "  FROM lesson l WHERE l.attendance_checked_by = :person AND EXISTS (SELECT FROM staff_member) GROUP BY 3, 4"
        " UNION ALL SELECT 4, 'отметки за период', q.school_id, q.course_id, count(*)"
        "  FROM period_mark q WHERE q.author_id = :person AND EXISTS (SELECT FROM staff_member) GROUP BY 3, 4),"
        f" named AS (SELECT w.place, w.kind, {CLASS_NAME} AS class_name, s.name, w.entries"
        f"  FROM written w{joined_course('w')}"
        " UNION ALL SELECT 5, 'причины отсутствия', '', '', count(*) FROM excuse e"
        "  WHERE e.author_id = :person AND EXISTS (SELECT FROM staff_member) HAVING count(*) > 0)"
        " SELECT kind, class_name, name, entries FROM named ORDER BY place, class_name, name"
    ),
)

SECTIONS = (_LEADS, _TEACHES, _WRITTEN)
