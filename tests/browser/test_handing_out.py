"""A class teacher hands the slips of a class of thirty out and sees which families came in."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Journal, MakeJournal, Visit, Visitor
from tests.browser.families import class_of_thirty, picture, slips_in
from tests.support.school import PASSWORD, YEAR_START, good

CAME = ("Борина", "Дубкова", "Летшина")


@pytest.fixture
def journal(make_journal: MakeJournal) -> Journal:
    made = make_journal(0)
    class_of_thirty(made.school)
    return made


def leader_of(journal: Journal) -> str:
    """The token of the class teacher."""
    school = journal.school
    person = school.person(["staff"], "Ветрова", "Анна")
    leads = {"person_id": person, "from": YEAR_START}
    good(school.journal().put(f"/classes/{journal.class_id}/class-teacher", leads))
    return school.sign_in(person)


def printed(office: Visitor, journal: Journal) -> dict[str, str]:
    """The office prints the class: eight slips on each page, one for everybody. Codes by name."""
    office.open("/access")
    with office.page.expect_download() as waiting:
        office.page.locator(f"tr:has(a[href$='{journal.class_id}']) button").click()
    codes, pages = slips_in(waiting.value.path().read_bytes())
    assert pages == 8
    assert len(codes) == 60, "thirty pupils and thirty mothers"
    return codes


def rows(page: Page) -> list[str]:
    return page.locator("table.list tbody th").all_inner_texts()


def test_thirty_families_get_their_slips_by_one_click_and_three_come_in(journal: Journal, visit: Visit) -> None:
    school = journal.school
    leader = leader_of(journal)
    codes = printed(visit(school.admin_token), journal)
    desk = visit(leader)
    page = desk.open("/access")
    expect(page).to_have_url(re.compile(f"/access/classes/{journal.class_id}$"))
    assert len(rows(page)) == 60
    picture(page, "access-1366-1-printed")
    page.get_by_role("button", name="Отданы все листки: 60").click()
    expect(page.get_by_role("status").last).to_have_text("Записано: листки отданы.")
    assert page.get_by_text("отдан, действует до").count() == 60
    assert page.get_by_role("button", name="Отданы все листки").count() == 0
    door = school.suite.api("accounts")
    for name in CAME:
        use = {"code": codes[f"{name} Инна"], "password": PASSWORD, "child_birth_date": "2015-03-14"}
        good(door.post("/credentials/activate", use), 201)
    for width, visitor in ((1366, desk), (390, visit(leader, width=390, height=844, has_touch=True, is_mobile=True))):
        page = visitor.open("/access")
        expect(page.locator(".lead")).to_contain_text("Ещё не входили: 57.")
        waiting = rows(page)
        assert len(waiting) == 57
        assert not {f"{name} Инна" for name in CAME} & set(waiting)
        came = page.locator("#came li").all_inner_texts()
        assert sorted(text.partition(" Инна")[0] for text in came) == list(CAME)
        assert all("25 нояб. 2026" in text for text in came), came
        picture(page, f"access-{width}-2-came-in")
        page.get_by_role("link", name="Вошли по листку: 3").click()
        expect(page.locator("#came")).to_be_in_viewport()
