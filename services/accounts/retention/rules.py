"""How long each kind of personal data is kept and whether it may be destroyed. Pure.

152-ФЗ art. 5 part 7 and art. 21 part 4: data go when their purpose is reached. What law binds the school to keep, it
keeps. References to law are from memory: to be checked by the school's lawyer.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum

MOST_YEARS = 75
"""Longest term that a school may set, in years."""


class Reason(StrEnum):
    """Why data are destroyed."""

    TERM = "term"
    DEMAND = "demand"
    WITHDRAWAL = "withdrawal"


REASONS: Mapping[str, str] = {
    Reason.TERM: "достижение цели обработки: истёк срок хранения "
    "(ч. 7 ст. 5, ч. 4 ст. 21 Федерального закона № 152-ФЗ)",
    Reason.DEMAND: "требование субъекта персональных данных (ч. 1 ст. 14 Федерального закона № 152-ФЗ)",
    Reason.WITHDRAWAL: "отзыв согласия на обработку персональных данных (ч. 5 ст. 21 Федерального закона № 152-ФЗ)",
}


@dataclass(frozen=True)
class Category:
    """One kind of data. Texts are Russian: they stand on the screen, in the act and in a refusal."""

    name: str
    service: str
    """Which service keeps it."""
    title: str
    basis: str
    years: int
    """The least term; a school may set a longer one."""
    counted_from: str
    kept_because: str = ""
    """Why this program does not destroy it at all; empty for what goes when its term is over."""
    refusal: str = ""
    """Why it does not go when its subject demands so before the term is over; empty for what does."""

    @property
    def destroyable(self) -> bool:
        """Whether it goes when its term is over."""
        return not self.kept_because

    @property
    def erasable(self) -> bool:
        """Whether it goes when its subject demands so."""
        return self.destroyable and not self.refusal

    @property
    def why_not_erased(self) -> str:
        """What a subject is told who demands in vain."""
        return self.kept_because or self.refusal


_ARCHIVE = (
    "Закон обязывает школу хранить эти сведения (п. 11 ч. 3 ст. 28 Федерального закона № 273-ФЗ); по истечении срока "
    "они передаются в архив школы и уничтожаются по его акту, а не здесь."
)
_LIMITATION = (
    "Нужны, чтобы доказать законность обработки, пока не истёк срок исковой давности (ст. 196 ГК РФ): "
    "хранятся три года после окончания согласия и в этой программе пока не уничтожаются."
)

CATEGORIES: Mapping[str, Category] = {
    one.name: one
    for one in (
        Category(
            "contacts",
            "journal",
            "Телефоны и адреса электронной почты",
            "ч. 4 ст. 21 Федерального закона № 152-ФЗ: цель обработки достигнута",
            0,
            "со дня выбытия; для родителей — со дня, с которого у них больше нет детей в школе",
        ),
        Category(
            "card_views",
            "journal",
            "Журнал обращений к личным карточкам",
            "п. 8 ч. 2 ст. 19 Федерального закона № 152-ФЗ; срок исковой давности — ст. 196 ГК РФ",
            3,
            "со дня обращения",
            refusal="Журнал обращений доказывает, кто видел данные, и хранится до конца своего срока "
            "(п. 8 ч. 2 ст. 19 Федерального закона № 152-ФЗ).",
        ),
        Category(
            "journal_results",
            "journal",
            "Отметки, посещаемость, классные журналы",
            "п. 11 ч. 3 ст. 28 Федерального закона № 273-ФЗ; перечень, приказ Росархива от 20.12.2019 № 236",
            5,
            "с конца учебного года",
            kept_because=_ARCHIVE,
        ),
        Category(
            "summary_sheets",
            "journal",
            "Сводные ведомости, итоговые отметки",
            "п. 11 ч. 3 ст. 28 Федерального закона № 273-ФЗ; перечень, приказ Росархива от 20.12.2019 № 236",
            25,
            "с конца учебного года",
            kept_because=_ARCHIVE,
        ),
        Category(
            "letters",
            "notifications",
            "Письма семьям и сведения об их доставке",
            "ч. 7 ст. 5 Федерального закона № 152-ФЗ: после уведомления нужны для разбора обращений",
            1,
            "со дня письма",
        ),
        Category(
            "held_addresses",
            "notifications",
            "Адреса, на которые просили не писать, когда запрет снят",
            "ч. 7 ст. 5 Федерального закона № 152-ФЗ",
            1,
            "со дня, когда запрет снят",
            refusal="Запрет защищает того, кто попросил не писать на этот адрес; "
            "без записи о нём письма пошли бы снова.",
        ),
        Category(
            "report_files",
            "reports",
            "Файлы подготовленных отчётов",
            "перечень, приказ Росархива от 20.12.2019 № 236",
            5,
            "со дня, когда отчёт готов",
            refusal="Отчёт составлен о классе, а не об одном человеке, и хранится до конца своего срока.",
        ),
        Category(
            "sign_ins",
            "accounts",
            "Журнал входов",
            "п. 8 ч. 2 ст. 19 Федерального закона № 152-ФЗ",
            1,
            "со дня входа",
            refusal="Журнал входов — мера безопасности и хранится до конца своего срока "
            "(п. 8 ч. 2 ст. 19 Федерального закона № 152-ФЗ).",
        ),
        Category(
            "consents",
            "accounts",
            "Согласия на обработку персональных данных и их отзывы",
            "ч. 3 ст. 9 Федерального закона № 152-ФЗ; срок исковой давности — ст. 196 ГК РФ",
            3,
            "со дня окончания согласия",
            kept_because=_LIMITATION,
        ),
        Category(
            "scans",
            "accounts",
            "Сканы бумажных согласий",
            "ч. 3 ст. 9 Федерального закона № 152-ФЗ; срок исковой давности — ст. 196 ГК РФ",
            3,
            "со дня окончания согласия",
            kept_because=_LIMITATION,
        ),
    )
}


def years_before(day: dt.date, years: int) -> dt.date:
    """The same day so many years earlier; what would be a 29 February that is none is the 28th."""
    try:
        return day.replace(year=day.year - years)
    except ValueError:
        return day.replace(year=day.year - years, day=28)


def years_of(category: Category, set_by_school: int | None) -> int:
    """The term in force, in years: the school's own, never shorter than the least."""
    return max(category.years, set_by_school or 0)


def refused(names: Iterable[str], of_person: bool) -> dict[int, str]:
    """By its place in the list: why a category does not go, by its term or on a person's demand. Names are known."""
    found = {}
    for place, name in enumerate(names):
        category = CATEGORIES[name]
        why = category.why_not_erased if of_person else category.kept_because
        if why:
            found[place] = why
    return found
