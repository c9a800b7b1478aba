"""Both languages are complete, and each visitor gets the one asked for."""

from __future__ import annotations

import re

import pytest
from babel.messages.pofile import read_po
from flask.testing import FlaskClient

from services.web.i18n import FOLDER
from tests.web.catalogues import Sentence, sentences

_PLACES = re.compile(r"%\(\w+\)[sd]|\{\w+\}")


def _known(language: str) -> dict[Sentence, str | tuple[str, ...]]:
    with (FOLDER / language / "LC_MESSAGES" / "messages.po").open("rb") as source:
        return {
            tuple(entry.id) if isinstance(entry.id, (list, tuple)) else entry.id: entry.string
            for entry in read_po(source, locale=language)
            if entry.id and not entry.fuzzy
        }


def test_no_sentence_is_missing_in_english() -> None:
    known = _known("en")
    assert {text: where for text, where in sentences().items() if not known.get(text)} == {}


def test_every_plural_has_its_russian_forms() -> None:
    known = _known("ru")
    plurals = [text for text in sentences() if isinstance(text, tuple)]
    assert [text for text in plurals if len(known.get(text, ())) != 3 or not all(known[text])] == []


@pytest.mark.parametrize("language", ["en", "ru"])
def test_no_catalogue_keeps_what_nobody_says(language: str) -> None:
    assert set(_known(language)) - set(sentences()) == set()


def test_translations_keep_the_places_of_values() -> None:
    for text, translated in _known("en").items():
        given = {place for part in ([text] if isinstance(text, str) else text) for place in _PLACES.findall(part)}
        kept = {
            place
            for part in ([translated] if isinstance(translated, str) else translated)
            for place in _PLACES.findall(part)
        }
        assert given == kept, text


def test_english_sentences_are_english() -> None:
    for text, translated in _known("en").items():
        for part in [translated] if isinstance(translated, str) else translated:
            assert not re.search("[А-Яа-яЁё]", part.replace("н, о, с", "")) or text in ("н о с",) or "н/а" in part, (
                text
            )


@pytest.mark.parametrize(
    ("accepted", "kept", "said"),
    [
        ("", "", "Вход"),
        ("en-GB,en;q=0.9", "", "Sign in"),
        ("ru-RU,en;q=0.5", "", "Вход"),
        ("fr", "", "Вход"),
        ("en", "ru", "Вход"),
        ("", "en", "Sign in"),
        ("", "xx", "Вход"),
    ],
)
def test_the_language_is_the_setting_then_the_browsers_then_russian(
    alone: FlaskClient, accepted: str, kept: str, said: str
) -> None:
    if kept:
        alone.set_cookie("zhurnal-language", kept)
    page = alone.get("/login", headers={"Accept-Language": accepted}).get_data(as_text=True)
    assert f"<h1>{said}</h1>" in page
    assert f'<html lang="{"en" if said == "Sign in" else "ru"}"' in page


def test_the_switch_on_the_sign_in_page_is_remembered(alone: FlaskClient) -> None:
    alone.get("/language/en")
    assert "<h1>Sign in</h1>" in alone.get("/login").get_data(as_text=True)
