"""The end of an employment, from the card."""

from __future__ import annotations

from tests.support.school import School
from tests.web.conftest import Pages
from tests.web.test_pages import shown


def test_an_employment_ends_and_goes_on_from_the_card(pages: Pages, school: School) -> None:
    worker = school.person(["staff"], "Ветрова", "Анна")
    pages.sign_in(school.admin_token)
    card = f"/people/{worker}"
    assert "Записать увольнение" in shown(pages.get(card))
    assert pages.post(f"{card}/leave", {"on": "2026-11-24"}).headers["Location"] == f"{card}?added=1"
    assert "Не работает с 24 ноября 2026" in shown(pages.get(card))
    assert pages.post(f"{card}/leave", {"back": "1"}).status_code == 303
    assert "Не работает с какого дня" in shown(pages.get(card))
    shown(pages.post(f"{card}/leave", {"on": "2030-01-01"}), 422)
    last = shown(pages.post(f"/people/{school.admin_id}/leave", {"on": "2026-11-24"}), 409)
    assert "последний администратор" in last
