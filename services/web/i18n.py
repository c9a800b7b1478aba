"""Two languages: Russian sentences stand in the code, English ones in a catalogue compiled at start.

No `.mo` file is kept: catalogues are read from their `.po` into memory. The Russian catalogue holds plural forms.
"""

from __future__ import annotations

import functools
import io
from datetime import date, datetime
from pathlib import Path
from zoneinfo import ZoneInfo

import flask
import phonenumbers
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.support import Translations
from flask_babel import Babel, Domain, format_date, get_locale

FOLDER = Path(__file__).parent / "translations"
LANGUAGES = ("ru", "en")
LANGUAGE_COOKIE = "zhurnal-language"
THEME_COOKIE = "zhurnal-theme"
THEMES = ("auto", "light", "dark")


@functools.cache
def catalogue(language: str) -> Translations:
    """The compiled sentences of a language."""
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as source:
        read = read_po(source, locale=language)
    compiled = io.BytesIO()
    write_mo(compiled, read)
    compiled.seek(0)
    return Translations(compiled)


class _MemoryDomain(Domain):
    """Sentences from `catalogue`, wherever the folder lies and whether or not it may be written."""

    def get_translations(self) -> Translations:
        return catalogue(language())


class MemoryBabel(Babel):
    """Flask-Babel over catalogues in memory."""

    @property
    def domain_instance(self) -> Domain:
        return _MemoryDomain()


def speak(app: flask.Flask) -> None:
    """Sentences for code and templates of `app`.

    Templates look them up themselves: Flask-Babel looks for the application, the domain and the language at each.
    """
    MemoryBabel(app, locale_selector=language)
    app.jinja_env.install_gettext_callables(  # type: ignore[attr-defined]
        gettext=lambda sentence: catalogue(language()).gettext(sentence),
        ngettext=lambda one, many, count: catalogue(language()).ngettext(one, many, count),
        newstyle=True,
    )


def language() -> str:
    """ru or en: this browser's setting, else what it asks for, else Russian. Decided once for a request."""
    decided: str | None = flask.g.get("language")
    if decided is None:
        decided = flask.g.language = _language_asked_for()
    return decided


def _language_asked_for() -> str:
    chosen = flask.request.cookies.get(LANGUAGE_COOKIE)
    if chosen in LANGUAGES:
        return chosen
    # Primary tags in the browser's order: "ru-RU,en;q=0.5" asks for Russian, which best_match would not see.
    wanted = (tag.partition("-")[0].lower() for tag, _ in flask.request.accept_languages)
    return next((tag for tag in wanted if tag in LANGUAGES), "ru")


def theme() -> str:
    """auto, light or dark."""
    chosen = flask.request.cookies.get(THEME_COOKIE)
    return chosen if chosen in THEMES else "auto"


def day(value: date | str, pattern: str = "d MMMM") -> str:
    """A day in words of the page's language."""
    known = value if isinstance(value, date) else date.fromisoformat(value[:10])
    return str(format_date(known, pattern))


def weekday(value: date | str, pattern: str = "EEEE, d MMMM") -> str:
    """As `day`, with a capital letter at the beginning."""
    words = day(value, pattern)
    return words[:1].upper() + words[1:]


def moment(value: str, zone: str) -> str:
    """Day and time of a moment, as clocks there show it."""
    known = datetime.fromisoformat(value).astimezone(ZoneInfo(zone))
    return f"{day(known.date(), 'd MMM y')}, {known:%H:%M}"


def number(value: str | None) -> str:
    """A decimal as people of the page's language write it; a dash for none."""
    if value is None:
        return "–"
    return value.replace(".", ",") if str(get_locale()) == "ru" else value


def phone(value: str | None) -> str:
    """+7 978 412-69-60, as people read numbers; empty for none."""
    if not value:
        return ""
    return phonenumbers.format_number(phonenumbers.parse(value), phonenumbers.PhoneNumberFormat.INTERNATIONAL)
