"""One account in two schools: a guardian with a child in each."""

from __future__ import annotations

from tests.support.school import PASSWORD, YEAR_START, School, good, make_school
from tests.web.conftest import Pages
from tests.web.test_pages import shown


def _guardian(school: School, child: str) -> str:
    """A slip of the mother of a pupil who is registered with her."""
    pupil = school.person(["student"], "Бекиров", child)
    mother = school.person(["guardian"], "Бекирова", "Лиля")
    link = {"guardian_id": mother, "student_id": pupil, "relation": "мать", "from": YEAR_START}
    good(school.journal().post("/guardianships", link), 201)
    school.suite.deliver()
    item = good(school.accounts().post("/credentials", {"person_ids": [mother]}), 201)["items"][0]
    return f"{item['code']} {item['login']}"


def test_a_guardian_chooses_a_school_and_goes_over_to_the_other(pages: Pages, school: School) -> None:
    other = make_school(school.suite, "Лицей № 2")
    (code, login), (second, _) = _guardian(school, "Иван").split(), _guardian(other, "Марат").split()
    pages.post("/activate", {"code": code, "password": PASSWORD})
    assert pages.get("/schools").headers["Location"] == "/", "there is nothing to choose yet"
    assert "/schools" not in shown(pages.get("/consent"))
    pages.post("/logout")
    joined = pages.post("/activate", {"code": second, "login": login, "password": PASSWORD})
    assert joined.headers["Location"] == "/schools"
    pages.post("/logout")
    signed_in = pages.post("/login", {"login": login, "password": PASSWORD, "trusted": "1"})
    assert signed_in.headers["Location"] == "/schools"
    choice = shown(pages.get("/schools"))
    assert "Школа № 7" in choice
    assert "Лицей № 2" in choice
    moved = pages.post("/schools", {"school": str(other.id)})
    assert moved.headers["Location"] == "/"
    assert "Max-Age" in moved.headers["Set-Cookie"], "her own device stays her own device"
    there = shown(pages.get("/consent"))
    assert "Марат" in there
    assert "Иван" not in there
    assert 'href="/schools"' in there, "the way back is in the menu"
    assert pages.post("/schools", {"school": str(school.id)}).headers["Location"] == "/"
    assert "Иван" in shown(pages.get("/consent"))
    assert "вас больше нет" in shown(pages.post("/schools", {"school": str(make_school(school.suite).id)}), 404)
    assert "Выберите школу" in shown(pages.post("/schools", {"school": "мимо"}), 422)
