"""Whatever somebody types anywhere is kept as it is or refused in words that say where; never is it a failure."""

from __future__ import annotations

from collections import Counter

from werkzeug.test import TestResponse

from tests.contracts.openapi import documents
from tests.fuzz.cast import Cast
from tests.fuzz.naughty import STRINGS, Place, places, tidied, tidied_lines, values_of
from tests.fuzz.promises import Record
from tests.fuzz.sending import send

KEPT_SHARE = 0.4
"""Of the fields so many must have kept something: the others are passwords, codes, symbols and closed lists."""
NO_TEXT = ("NUL", "ten thousand", "many digits")
"""What no field may take, but for the length of long ones: refused where it stands."""


def complaint(place: Place, text: str, answer: TestResponse, before: list[str]) -> str:
    """What is wrong with an answer to `text`; nothing where it was kept or refused as it should be.

    `before` is what was said when the field held a word: the same again means that the thing was there already.
    """
    if answer.status_code >= 500:
        return "failed"
    if answer.status_code >= 400:
        return "" if answer.mimetype == "application/problem+json" else "refused without a problem document"
    said = texts_of(place, answer)
    return (
        ""
        if said in ([], before) or {text, tidied(text), tidied_lines(text)} & set(said)
        else f"became {said[0][:50]!r}"
    )


def refused_there(place: Place, answer: TestResponse) -> bool:
    """Whether an answer names the field; what was refused for who asks or for the state of things names none."""
    pointers = [entry["pointer"] for entry in (answer.json or {}).get("errors", ())]
    return place.pointer in pointers if answer.status_code == 422 else answer.status_code >= 400


def texts_of(place: Place, answer: TestResponse) -> list[str]:
    """What an answer says in fields of this name."""
    return [value for value in values_of(place.name, answer.json) if isinstance(value, str)]


def test_every_text_field_keeps_or_refuses_every_string(cast: Cast, record_property: Record) -> None:
    wrong: list[str] = []
    outcomes: Counter[str] = Counter()
    kept: set[str] = set()
    every: set[str] = set()
    for service, document in documents(cast.school.suite).items():
        for place in places(document, cast.ids):
            every.add(str(place))
            before = texts_of(place, send(cast, service, place, "слово"))
            for kind, text in STRINGS.items():
                answer = send(cast, service, place, text)
                outcomes["kept" if answer.status_code < 300 else f"{answer.status_code}"] += 1
                if answer.status_code < 300:
                    kept.add(str(place))
                if kind in (NO_TEXT[:1] if place.long else NO_TEXT) and not refused_there(place, answer):
                    wrong.append(f"{place}: {kind}: not refused where it stands ({answer.status_code})")
                found = complaint(place, text, answer, before)
                wrong += [f"{place}: {kind}: {found} ({answer.status_code})"] if found else []
    record_property("fields", len(every))
    record_property("outcomes", dict(outcomes.most_common()))
    assert not wrong, "\n".join(wrong[:40])
    assert len(kept) >= KEPT_SHARE * len(every), sorted(every - kept)
