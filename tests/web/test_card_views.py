"""The page of who looked at whose card."""

from __future__ import annotations

from tests.support.school import School
from tests.web.conftest import Pages
from tests.web.test_pages import shown


def test_a_card_that_was_opened_stands_in_the_log(pages: Pages, school: School) -> None:
    pupil = school.person(["student"], "Ларина", "Вера")
    pages.sign_in(school.admin_token)
    assert "никто не открывал" in shown(pages.get("/people/views"))
    shown(pages.get(f"/people/{pupil}"))
    text = shown(pages.get("/people/views"))
    assert "Ларина Вера" in text
    assert 'href="/people/views" aria-current="page"' in text
    file = pages.get("/people/views/file?from=2026-11-01")
    assert (file.status_code, file.mimetype) == (200, "text/csv")
    assert "Ларина Вера" in file.data.decode("utf-8-sig")
    assert "Ларина" not in shown(pages.get("/people/views?from=2026-01-01&to=2026-01-31"))
    shown(pages.get("/people/views?from=2026-02-01&to=2026-01-31"), 422)
