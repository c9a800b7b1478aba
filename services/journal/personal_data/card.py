"""The card of a person, and who answers for whom."""

from __future__ import annotations

import sqlalchemy as sa

from services.common.personal_data.asking import SectionQuery, by_words
from services.journal.personal_data.names import whole_name
from services.journal.personal_data.rules import CONTACT

_CARD = SectionQuery(
    "card",
    "Карточка",
    {
        "last_name": "Фамилия",
        "first_name": "Имя",
        "middle_name": "Отчество",
        "birth_date": "Дата рождения",
        "kinds": "Кем записан",
        "left_on": "Выбыл (уволен)",
    },
    sa.text(
        "SELECT p.last_name, p.first_name, p.middle_name, p.birth_date, concat_ws(', ',"
        " (SELECT 'ученик' FROM student t WHERE t.school_id = p.school_id AND t.person_id = p.id),"
        " (SELECT 'представитель' FROM guardian t WHERE t.school_id = p.school_id AND t.person_id = p.id),"
        " (SELECT 'сотрудник' FROM staff t WHERE t.school_id = p.school_id AND t.person_id = p.id)),"
        " p.left_on FROM person p WHERE p.id = :person"
    ),
)
_STUDENT = SectionQuery(
    "student",
    "Личное дело ученика",
    {
        "admitted_on": "Дата зачисления",
        "order_number": "Приказ о зачислении",
        "personal_file_number": "Номер личного дела",
        "sex": "Пол",
    },
    sa.text("SELECT admitted_on, order_number, personal_file_number, sex FROM student WHERE person_id = :person"),
)
_STAFF = SectionQuery(
    "staff",
    "Работа в школе",
    {"position": "Должность"},
    sa.text("SELECT position FROM staff WHERE person_id = :person"),
)
_CONTACTS = SectionQuery(
    "contacts",
    "Контакты",
    {"kind": "Что", "value": "Значение"},
    sa.text("SELECT kind, value FROM contact WHERE person_id = :person ORDER BY kind"),
    {"kind": by_words(CONTACT)},
)


def _guardianships(name: str, title: str, own: str, other: str, heading: str) -> SectionQuery:
    """One direction: the rows in which the person stands in the column `own`."""
    columns = {
        "name": heading,
        "relation": "Кем приходится представитель",
        "from_day": "С",
        "until": "До (не включая)",
        "restricted": "Доступ ограничен",
    }
    statement = sa.text(
        f"SELECT {whole_name('p')}, g.relation, g.from_day, g.to_day, g.restricted FROM guardianship g"  # noqa: S608 - our own text
        f" JOIN person p ON p.school_id = g.school_id AND p.id = g.{other}"
        f" WHERE g.{own} = :person ORDER BY g.from_day, p.sort_key, g.id"
    )
    return SectionQuery(name, title, columns, statement)


SECTIONS = (
    _CARD,
    _STUDENT,
    _STAFF,
    _CONTACTS,
    _guardianships("guardians", "Кто его представляет", "student_id", "guardian_id", "Представитель"),
    _guardianships("wards", "Кого он представляет", "guardian_id", "student_id", "Ученик"),
)
