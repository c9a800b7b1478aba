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
    Link("access", "/access", _("Доступ"), "person", ("ACCESS_READ",)),
    Link("consents", "/people/consents", _("Реестр согласий"), "check", ("CONSENTS_REGISTER",)),
    Link("people", "/people", _("Люди"), "people", ("PEOPLE_WRITE",)),
    Link("classes", "/classes", _("Классы"), "class", ("SETUP_WRITE",)),
    Link("courses", "/courses", _("Предметы"), "course", ("SETUP_WRITE",)),
    Link("import", "/import", _("Импорт"), "upload", ("IMPORT",)),
)
"""At most seven of them meet in one person."""


def links(person: Person) -> list[Link]:
    """The entries for this person, in order."""
    unneeded = set()
    if not (person.children or "student" in person.kinds):
        unneeded |= {"diary", "consent"}
    if person.may("PEOPLE_WRITE"):
        unneeded |= {"access", "consents"}  # reached from the register
    return [link for link in LINKS if person.may(*link.permissions) and link.name not in unneeded]
