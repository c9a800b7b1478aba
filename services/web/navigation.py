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
    Link("home", "/", _("Сегодня"), "today", ("MARK_SET", "SETUP_WRITE")),
    Link("diary", "/diary", _("Дневник"), "book", ("DIARY_READ", "CONSENT_SIGN")),
    Link("consent", "/consent", _("Согласия"), "check", ("CONSENT_SIGN",)),
    Link("journals", "/journals", _("Журналы"), "grid", ("JOURNAL_PAGE_READ",)),
    Link("reports", "/reports", _("Отчёты"), "report", ("CLASS_REPORT",)),
    Link("people", "/people", _("Люди"), "people", ("PEOPLE_WRITE",)),
    Link("people", "/access", _("Люди"), "people", ("ACCESS_READ",)),
    Link("classes", "/classes", _("Классы"), "class", ("SETUP_WRITE",)),
    Link("courses", "/courses", _("Предметы"), "course", ("SETUP_WRITE",)),
    Link("import", "/import", _("Импорт"), "upload", ("IMPORT",)),
)
"""At most seven of them meet in one person."""

PEOPLE = (
    Link("people", "/people", _("Список"), "people", ("PEOPLE_WRITE",)),
    Link("access", "/access", _("Кто не входил"), "person", ("ACCESS_READ",)),
    Link("consents", "/people/consents", _("Согласия"), "check", ("CONSENTS_REGISTER",)),
    Link("privacy", "/people/privacy", _("Запросы о данных"), "lock", ("WORKING_DAYS_READ",)),
    Link("duties", "/people/duties", _("Обязанности"), "class", ("DUTIES_READ",)),
    Link("views", "/people/views", _("Кто смотрел карточки"), "eye", ("CARD_VIEWS_READ",)),
    Link("retention", "/retention", _("Сроки хранения"), "check", ("RETENTION_READ",)),
)
"""Pages about people, one beside the other."""


def links(person: Person) -> list[Link]:
    """The entries for this person, in order."""
    unneeded = set()
    if not (person.children or "student" in person.kinds):
        unneeded |= {"diary", "consent"}
    found: dict[str, Link] = {}
    for link in LINKS:
        if person.may(*link.permissions) and link.name not in unneeded:
            found.setdefault(link.name, link)
    return list(found.values())


def people_pages(person: Person) -> list[Link]:
    """The pages about people that this person may open; none where there is no choice."""
    found = [link for link in PEOPLE if person.may(*link.permissions)]
    return found if len(found) > 1 else []
