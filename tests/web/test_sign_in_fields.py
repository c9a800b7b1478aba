"""Fields for passwords, and the way out of a session, on whatever page."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from tests.support.school import Class, School, make_class
from tests.web.conftest import Pages
from tests.web.test_sources import MODULES, TEMPLATES

MANAGERS = {"current-password", "new-password"}
_INPUT = re.compile(r"<input\b[^>]*>")
_OF_PASSWORDS = re.compile(r'\bname="[^"]*password|type="password"')


@pytest.fixture
def taught(school: School) -> Class:
    return make_class(school)


@pytest.mark.parametrize("path", ["/login", "/activate", "/me"])
def test_a_password_is_masked_and_left_to_the_browsers_manager(pages: Pages, taught: Class, path: str) -> None:
    if path == "/me":
        pages.sign_in(taught.teacher.token)
    fields = [one for one in _INPUT.findall(pages.get(path).get_data(as_text=True)) if _OF_PASSWORDS.search(one)]
    assert fields
    for one in fields:
        assert 'type="password"' in one
        assert MANAGERS & set(re.findall(r'autocomplete="([^"]*)"', one)), one


@pytest.mark.parametrize("path", [*TEMPLATES, *MODULES], ids=lambda path: path.name)
def test_nothing_keeps_a_password_from_being_pasted(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    assert not ("password" in text and re.search(r"\bpaste\b", text))


@pytest.mark.parametrize("path", ["/", "/journals", "/people", "/classes", "/courses", "/import", "/me", "/help"])
def test_every_page_offers_to_sign_out(pages: Pages, taught: Class, path: str) -> None:
    text = pages.sign_in(taught.school.admin_token).get(path).get_data(as_text=True)
    assert re.search(r'<form method="post" action="/logout"[^>]*><button[^>]*>Выйти</button>', text)
