"""Which links a person sees: drawn from permissions, never from names of roles."""

from __future__ import annotations

from dataclasses import dataclass

from flask_babel import lazy_gettext as _

from services.web.person import Person


@dataclass(frozen=True)
class Link:
    """An entry of the navigation."""

    name: str
    url: str
    title: str
    icon: str
    permissions: tuple[str, ...] = ()
    """Any of these shows it."""


LINKS = (
    Link("home", "/", _("Сегодня"), "today", ("JOURNAL_PAGE_READ", "PERSON_MANAGE", "CLASS_MANAGE")),
    Link("diary", "/diary", _("Дневник"), "book", ("DIARY_READ",)),
    Link("consent", "/consent", _("Согласия"), "check", ("CONSENT_DECIDE",)),
    Link("journals", "/journals", _("Журналы"), "grid", ("JOURNAL_PAGE_READ",)),
    Link("people", "/people", _("Люди"), "people", ("PERSON_MANAGE",)),
    Link("classes", "/classes", _("Классы"), "class", ("CLASS_MANAGE",)),
    Link("courses", "/courses", _("Предметы"), "course", ("COURSE_MANAGE",)),
    Link("import", "/import", _("Импорт"), "upload", ("IMPORT",)),
)


def links(person: Person) -> list[Link]:
    """The entries for this person, in order."""
    return [link for link in LINKS if person.may(*link.permissions)]
