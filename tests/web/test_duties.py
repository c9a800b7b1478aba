"""The page of duties: roles given and ended, the list printed."""

from __future__ import annotations

from tests.support.school import YEAR_START, School, good, make_class
from tests.web.conftest import Pages
from tests.web.test_pages import shown

PLACE = "/people/duties"


def test_an_administrator_gives_a_role_and_ends_it(pages: Pages, school: School) -> None:
    taught = make_class(school)
    deputy = school.person(["staff"], "Ветрова", "Анна", position="учитель физики")
    school.suite.deliver()
    pages.sign_in(school.admin_token)
    assert f'href="{PLACE}"' in shown(pages.get("/people?kind=staff"))
    form = shown(pages.get(f"{PLACE}/new"))
    assert "Ветрова Анна" in form
    given = {
        "person_id": deputy, "kind": "deputy", "from": YEAR_START, "order_number": "44-к", "order_date": "2026-08-25",
        "classes": [taught.class_id], "directions": ["lessons", "homework_fit"],
    }  # fmt: skip
    assert "Выберите, кому дать роль" in shown(pages.post(f"{PLACE}/new", given | {"person_id": ""}), 422)
    assert pages.post(f"{PLACE}/new", given).headers["Location"] == f"{PLACE}?given=1"
    text = shown(pages.get(f"{PLACE}?given=1"))
    for wanted in ("Роль дана", "Заместитель директора", "8А", "запись уроков вовремя", "№ 44-к", "учитель физики"):
        assert wanted in text
    assert "уже держит такую роль" in shown(pages.post(f"{PLACE}/new", given), 409)
    printed = pages.post(f"{PLACE}/print", {"order_number": "41", "order_date": ""})
    assert (printed.status_code, printed.mimetype) == (200, "application/pdf")
    roles = good(school.accounts().get("/roles"))["items"]
    held = next(one["id"] for one in roles if one["kind"] == "deputy")
    assert pages.post(f"{PLACE}/end", {"role": held}).headers["Location"] == f"{PLACE}?ended=1"
    assert "44-к" not in shown(pages.get(PLACE))
    last = next(one["id"] for one in roles if one["kind"] == "administrator")
    assert "последний администратор" in shown(pages.post(f"{PLACE}/end", {"role": last}), 409)


def test_a_director_finds_the_duties_and_a_teacher_does_not(pages: Pages, school: School) -> None:
    director, teacher = (school.person(["staff"], name, "Анна") for name in ("Ветрова", "Гроза"))
    school.suite.deliver()
    good(school.accounts().post("/roles", {"person_id": director, "kind": "director", "from": YEAR_START}), 201)
    pages.sign_in(school.sign_in(director))
    text = shown(pages.get(PLACE))
    assert 'href="/access" aria-current="page"' in text.replace("\n", ""), "the entry of the navigation is marked"
    assert f'href="{PLACE}/new"' in text
    pages.sign_in(school.sign_in(teacher))
    shown(pages.get(PLACE), 403)
    shown(pages.post(f"{PLACE}/end", {"role": "nobody"}), 400)
