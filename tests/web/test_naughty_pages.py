"""What people typed stands on pages as text; what they type into forms never breaks a page."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import quote

import flask
import pytest

import services.web
from tests.contracts.openapi import documents
from tests.fuzz.cast import Cast, make_cast
from tests.fuzz.naughty import MARKUP, STRINGS, places
from tests.fuzz.promises import Record
from tests.fuzz.sending import send
from tests.support.school import School
from tests.web.conftest import SAME_SITE, Pages
from tests.web.forms_found import Form, forms_of
from tests.web.pages import mistakes
from tests.web.test_routes import addresses

LOOKERS = ("administrator", "teacher", "class_teacher", "guardian", "nobody")
SHOWN = MARKUP.replace("<", "&lt;").replace(">", "&gt;")
TYPED = ("control characters", "blank", "emoji", "markup", "almost digits", "many digits", "line ends")


@pytest.fixture
def cast(school: School) -> Cast:
    return make_cast(school)


def looked_at(web: flask.Flask, cast: Cast, role: str) -> dict[str, str]:
    """Every page that opens for `role`, by path."""
    visitor = Pages(web.test_client()).sign_in(cast.tokens[role])
    found = {}
    for method, _, path in addresses(web, cast.ids):
        answer = visitor.get(path) if method == "GET" else None
        if answer is not None and answer.status_code == 200 and answer.mimetype == "text/html":
            found[path] = answer.get_data(as_text=True)
    return found


def test_what_people_typed_is_shown_as_text(web: flask.Flask, cast: Cast, record_property: Record) -> None:
    for service, document in documents(cast.school.suite).items():
        for place in places(document, cast.ids):
            send(cast, service, place, MARKUP)
    pages = {(role, path): html for role in LOOKERS for path, html in looked_at(web, cast, role).items()}
    assert [where for where, html in pages.items() if MARKUP in html] == []
    broken = {where: mistakes(html) for where, html in pages.items() if SHOWN in html and mistakes(html)}
    assert broken == {}
    showing = sum(SHOWN in html for html in pages.values())
    record_property("pages that show it", f"{showing} of {len(pages)}")
    assert showing >= 8


def test_what_is_typed_into_a_form_never_breaks_its_page(
    web: flask.Flask, cast: Cast, record_property: Record
) -> None:
    forms: dict[tuple[str, str, tuple[str, ...]], Form] = {}
    for role in LOOKERS:
        for path, html in looked_at(web, cast, role).items():
            for form in forms_of(html, path):
                forms.setdefault((role, form.action.split("?")[0], tuple(form.typed)), form)
    failed = []
    for (role, action, typed), form in forms.items():
        if not typed or action == "/logout":
            continue
        for kind in TYPED:
            client = Pages(web.test_client()).sign_in(cast.tokens[role]).client
            answer = client.post(action, data=form.filled(STRINGS[kind]), headers=SAME_SITE)
            if answer.status_code >= 500 or MARKUP.encode() in answer.get_data():  # some forms answer with a file
                failed.append((role, action, kind, answer.status_code))
    record_property("forms", len(forms))
    assert failed == []
    assert len({action for _, action, _ in forms}) >= 10


def test_whatever_stands_in_a_query_a_page_opens_or_refuses(web: flask.Flask, cast: Cast) -> None:
    """All names that any page reads from its query, at once."""
    views = Path(services.web.__file__).parent.glob("**/*.py")
    names = {name for view in views for name in re.findall(r'arg(?:ument)?s\.get\("(\w+)"', view.read_text("utf-8"))}
    assert len(names) >= 8
    visitor = Pages(web.test_client()).sign_in(cast.tokens["administrator"])
    failed = []
    for method, _, path in addresses(web, cast.ids):
        for kind in ("almost digits", "many digits", "markup", "NUL", "emoji"):
            query = dict.fromkeys(names, STRINGS[kind][:5000])
            answer = visitor.get(path, query_string=query) if method == "GET" else None
            if answer is not None and (answer.status_code >= 500 or MARKUP.encode() in answer.get_data()):
                failed.append((path, kind, answer.status_code))
    assert failed == []


@pytest.mark.parametrize("kind", [kind for kind in STRINGS if kind != "lone surrogate"])
def test_a_token_in_an_address_may_be_anything(web: flask.Flask, kind: str) -> None:
    """No part of it becomes a path or a query of the question to the service."""
    asked: list[str] = []
    flask.request_finished.connect(lambda *_, **__: asked.extend(flask.g.asker.calls), web, weak=False)
    answer = web.test_client().post(f"/not-me/{quote(STRINGS[kind][:200], safe='')}", headers=SAME_SITE)
    assert answer.status_code in (200, 404)
    assert MARKUP not in answer.get_data(as_text=True)
    assert [call for call in asked if "/not-me/" not in call] == []
