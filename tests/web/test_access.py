"""Pages of who has never signed in: lists, slips, and who got them."""

from __future__ import annotations

import uuid

import pytest

from tests.support.school import YEAR_START, Class, School, good, make_class
from tests.web.conftest import Pages
from tests.web.test_pages import shown


@pytest.fixture
def taught(school: School) -> Class:
    """A class in which only the teacher has signed in."""
    return make_class(school)


def test_a_class_teacher_hands_slips_over_and_sees_who_has_signed_in(pages: Pages, taught: Class) -> None:
    school = taught.school
    leader = school.person(["staff"], "Ветрова", "Анна")
    leads = {"person_id": leader, "from": YEAR_START}
    good(school.journal().put(f"/classes/{taught.class_id}/class-teacher", leads))
    school.suite.deliver()
    waiting, other = taught.students[:2]
    codes = good(school.accounts().post("/credentials", {"person_ids": [waiting]}), 201)["items"]
    pages.sign_in(school.sign_in(leader))
    place = f"/access/classes/{taught.class_id}"
    assert pages.get("/access").headers["Location"] == place, "she has one class alone"
    listed = shown(pages.get(place))
    assert listed.count('name="person_ids"') == len(taught.students)
    assert "сделан, действует до" in listed
    assert 'formaction="/access/slips"' not in listed, "codes are the office's"
    nobody = shown(pages.post("/access/handed-over", {"class": taught.class_id}), 422)
    assert "Отметьте, кому отдан листок" in nobody
    both = shown(pages.post("/access/handed-over", {"class": taught.class_id, "person_ids": [waiting, other]}), 409)
    assert "сначала выдайте его" in both
    answer = pages.post("/access/handed-over", {"class": taught.class_id, "person_ids": [waiting]})
    assert answer.headers["Location"] == f"{place}?handed=1"
    assert "отдан, действует до" in shown(pages.get(place))
    used = {"code": codes[0]["code"], "password": "семь-раз-отмерь-42"}
    good(school.suite.api("accounts").post("/credentials/activate", used), 201)
    after = shown(pages.get(place))
    assert after.count('name="person_ids"') == len(taught.students) - 1
    assert "Вошли по листку за две недели" in after


def test_all_slips_that_are_out_are_handed_over_at_once_and_no_other(pages: Pages, taught: Class) -> None:
    school, place = taught.school, f"/access/classes/{taught.class_id}"
    leader = school.person(["staff"], "Ветрова", "Анна")
    leads = {"person_id": leader, "from": YEAR_START}
    good(school.journal().put(f"/classes/{taught.class_id}/class-teacher", leads))
    school.suite.deliver()
    with_slips = taught.students[:2]
    good(school.accounts().post("/credentials", {"person_ids": with_slips}), 201)
    pages.sign_in(school.sign_in(leader))
    assert "Отданы все листки: 2" in shown(pages.get(place))
    answer = pages.post("/access/handed-over/all", {"class": taught.class_id})
    assert answer.headers["Location"] == f"{place}?handed=1"
    after = shown(pages.get(place))
    assert after.count("отдан, действует до") == 2
    assert after.count("сделан, действует до") == 0
    assert "Отданы все листки" not in after, "the third has no slip"
    again = shown(pages.post("/access/handed-over/all", {"class": taught.class_id}), 409)
    assert "Отмечать нечего" in again
    colleague = pages.sign_in(taught.teacher.token)
    shown(colleague.post("/access/handed-over/all", {"class": taught.class_id}), 403)


def test_the_administrator_sees_classes_and_staff(pages: Pages, taught: Class) -> None:
    taught.school.person(["staff"], "Титова", "Елена")
    taught.school.suite.deliver()
    pages.sign_in(taught.school.admin_token)
    text = shown(pages.get("/access"))
    assert f'href="/access/classes/{taught.class_id}"' in text
    assert 'href="/access/staff"' in text
    assert "Титова Елена" in shown(pages.get("/access/staff"))
    printed = pages.post("/access/slips", {"class": taught.class_id, "person_ids": taught.students})
    assert (printed.status_code, printed.mimetype) == (200, "application/pdf")
    assert printed.headers["Content-Disposition"] == 'attachment; filename="slips.pdf"'
    assert "сделан, действует до" in shown(pages.get(f"/access/classes/{taught.class_id}"))
    of_class = pages.post("/access/slips/list", {"class": taught.class_id})
    assert (of_class.status_code, of_class.mimetype) == (200, "application/pdf")
    given = {"class": taught.class_id, "person_ids": taught.students}
    assert pages.post("/access/handed-over", given).status_code == 303
    assert "листки уже у всех" in shown(pages.post("/access/slips/list", {"class": taught.class_id}), 409)
    assert pages.post("/access/slips/list", {"among": "staff"}).mimetype == "application/pdf"
    shown(pages.post("/access/slips/list", {"among": "friends"}), 400)
    many = {"class": taught.class_id, "person_ids": [str(uuid.uuid4()) for _ in range(101)]}
    for act in ("slips", "handed-over"):
        assert "не больше 100 человек" in shown(pages.post(f"/access/{act}", many), 422)
    assert "Отметьте, кому напечатать" in shown(pages.post("/access/slips", {"class": taught.class_id}), 422)
