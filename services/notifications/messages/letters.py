"""The words of a letter: Russian, plain text and HTML saying the same."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage

import jinja2

from services.notifications.messages.headers import LetterPolicy
from services.notifications.messages.rules import Happening

_MONTHS = (
    "января", "февраля", "марта", "апреля", "мая", "июня",
    "июля", "августа", "сентября", "октября", "ноября", "декабря",
)  # fmt: skip

_TEMPLATES = jinja2.Environment(
    loader=jinja2.PackageLoader("services.notifications.messages"),
    autoescape=jinja2.select_autoescape(["html"]),
    undefined=jinja2.StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
)


@dataclass(frozen=True)
class Letter:
    """What one letter says; no surname and no class."""

    child: str
    heading: str
    lines: tuple[tuple[str, str], ...]
    """Label and value, a line each."""
    note: str = ""


def in_words(day: dt.date) -> str:
    """`24 ноября`."""
    return f"{day.day} {_MONTHS[day.month - 1]}"


def mark_letter(
    child: str, what: Happening, work: str, subject: str, day: dt.date, known: str | None, symbol: str | None
) -> Letter:
    """A new, a corrected or a cleared mark."""
    headings = {
        Happening.NEW: "Новая отметка",
        Happening.CORRECTED: "Отметка исправлена",
        Happening.CLEARED: "Отметка снята",
    }
    values = {
        Happening.NEW: symbol or "",
        Happening.CORRECTED: f"было {known}, стало {symbol}",
        Happening.CLEARED: f"была {known}",
    }
    lines = (
        ("Отметка", values[what]),
        ("Предмет", subject),
        ("Вид работы", work),
        ("Урок", in_words(day)),
    )
    return Letter(child, headings[what], lines)


def absence_letter(child: str, what: Happening, day: dt.date, lessons: Mapping[int, str]) -> Letter:
    """The lessons that a pupil missed on a day, or that it was a mistake."""
    if what is Happening.CLEARED:
        return Letter(
            child,
            "Запись о пропуске снята",
            (("День", in_words(day)),),
            "Учитель исправил запись: пропущенных уроков в этот день нет.",
        )
    heading = "Пропуск уроков" if what is Happening.NEW else "Запись о пропуске изменена"
    lines = tuple((f"{number}-й урок", lessons[number]) for number in sorted(lessons))
    return Letter(child, heading, (("День", in_words(day)), *lines))


def subject_line(letter: Letter, day: dt.date) -> str:
    """Says that there is something new, never what: subjects are shown on locked screens."""
    return f"{letter.child}: новое в дневнике за {in_words(day)}"


def write(
    letter: Letter, day: dt.date, *, school: str, diary_url: str, not_me_url: str,
    sender: str, recipient: str, message_id: str, date: str,
) -> EmailMessage:  # fmt: skip
    """The whole message, for one addressee."""
    subject = subject_line(letter, day)
    values = {
        "letter": letter,
        "school": school,
        "diary_url": diary_url,
        "not_me_url": not_me_url,
        "title": subject,
    }
    message = EmailMessage(policy=LetterPolicy())
    message["From"] = Address(f"Журнал · {school}", addr_spec=sender)
    message["To"] = recipient
    message["Subject"] = subject
    message["Date"] = date
    message["Message-ID"] = message_id
    message["Auto-Submitted"] = "auto-generated"
    message.set_content(_TEMPLATES.get_template("letter.txt").render(values), cte="quoted-printable")
    message.add_alternative(
        _TEMPLATES.get_template("letter.html").render(values), subtype="html", cte="quoted-printable"
    )
    return message
