"""The grid when something comes between typing and the record: networks, sessions, colleagues; and how it looks.

Half a minute each where a machine is slow, so `./test --all` runs them.
"""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, Route, expect

from tests.browser.conftest import Journal, Visit
from tests.browser.grid import cell, opened, saved
from tests.support.school import PASSWORD, good

pytestmark = pytest.mark.slow


def test_a_future_lesson_takes_nothing_and_says_why(journal: Journal, visit: Visit) -> None:
    page = opened(visit, journal).page
    page.keyboard.press("ArrowRight")
    page.keyboard.press("5")
    expect(page.locator("[data-said]")).to_have_text("Этот урок ещё не наступил.")
    assert page.locator("td.wait").count() == 0


def test_marks_survive_a_reload_while_nothing_can_be_sent(journal: Journal, visit: Visit) -> None:
    visitor = opened(visit, journal)
    visitor.expected = ("Failed to load resource",)
    page = visitor.page

    def cut(route: Route) -> None:
        if route.request.method == "PATCH":
            route.abort()
        else:
            route.continue_()

    page.route("**/journal/**", cut)
    for key in ("5", "4", "3", "2"):
        page.keyboard.press(key)
    state = page.locator("save-state")
    expect(state).to_have_text("Нет связи, на этом компьютере сохранено: 4")
    page.reload()
    expect(page.locator("td.wait")).to_have_count(4)
    expect(state).to_have_text("Нет связи, на этом компьютере сохранено: 4")
    assert journal.marks(2) == {}
    page.unroute("**/journal/**", cut)
    saved(page)
    assert [journal.marks(2)[student] for student in journal.students] == [["5"], ["4"], ["3"], ["2"]]


def test_a_lost_answer_is_asked_for_again_and_nothing_is_written_twice(journal: Journal, visit: Visit) -> None:
    visitor = opened(visit, journal)
    visitor.expected = ("Failed to load resource",)
    page = visitor.page
    lost: list[str] = []

    def lose(route: Route) -> None:
        if route.request.method == "PATCH" and not lost:
            lost.append(route.request.post_data or "")
            route.fetch()
            route.abort()
        else:
            route.continue_()

    page.route("**/journal/**", lose)
    page.keyboard.press("5")
    expect(page.locator("save-state")).to_contain_text("Нет связи")
    saved(page)
    row = next(one for one in journal.answer()["cells"] if one[3] == "5")
    assert row[4] == 1


def test_a_network_that_is_gone_is_said_and_forgotten_when_back(journal: Journal, visit: Visit) -> None:
    visitor = opened(visit, journal)
    visitor.expected = ("Failed to load resource",)
    page = visitor.page
    visitor.context.set_offline(True)
    page.keyboard.press("5")
    expect(page.locator("save-state")).to_have_text("Нет связи, на этом компьютере сохранено: 1")
    visitor.context.set_offline(False)
    saved(page)
    assert journal.marks(2) == {journal.students[0]: ["5"]}


def _login_of(journal: Journal) -> str:
    me = good(journal.school.accounts(journal.teacher).get("/me"))
    return str(me["account"]["login"])


def _typed_after_the_session_ended(visit: Visit, journal: Journal, key: str) -> Page:
    visitor = opened(visit, journal)
    visitor.expected = ("Failed to load resource",)
    visitor.context.clear_cookies()
    visitor.page.keyboard.press(key)
    return visitor.page


def test_an_ended_session_asks_to_sign_in_and_goes_on(journal: Journal, visit: Visit) -> None:
    login = _login_of(journal)
    page = _typed_after_the_session_ended(visit, journal, "5")
    dialog = page.get_by_role("dialog", name="Сеанс закончился")
    expect(dialog).to_be_visible()
    dialog.get_by_label("Логин").fill(login)
    dialog.get_by_label("Пароль").fill("не тот пароль 42")
    dialog.get_by_role("button", name="Войти").click()
    expect(dialog.get_by_role("alert")).to_be_visible()
    dialog.get_by_label("Пароль").fill(PASSWORD)
    dialog.get_by_role("button", name="Войти").click()
    expect(dialog).not_to_be_visible()
    saved(page)
    assert journal.marks(2) == {journal.students[0]: ["5"]}


def test_an_ended_session_goes_on_after_a_sign_in_on_the_page_too(journal: Journal, visit: Visit) -> None:
    login = _login_of(journal)
    page = _typed_after_the_session_ended(visit, journal, "4")
    expect(page.get_by_role("dialog")).to_be_visible()
    page.reload()
    page.get_by_label("Логин").fill(login)
    page.get_by_label("Пароль", exact=True).fill(PASSWORD)
    page.get_by_role("button", name="Войти").click()
    expect(page).to_have_url(re.compile(journal.path))
    saved(page)
    assert journal.marks(2) == {journal.students[0]: ["4"]}


def test_another_person_at_the_computer_neither_sees_nor_sends_what_waits(journal: Journal, visit: Visit) -> None:
    visitor = opened(visit, journal)
    visitor.expected = ("Failed to load resource",)
    page = visitor.page
    visitor.context.clear_cookies()
    page.keyboard.press("2")
    expect(page.get_by_role("dialog")).to_be_visible()
    cookie = {"name": "zhurnal", "value": journal.colleague, "url": visitor.address}
    visitor.context.add_cookies([cookie])  # type: ignore[list-item]
    page.reload()
    saved(page)
    assert page.locator("td.wait").count() == 0
    assert journal.marks(2) == {}


@pytest.mark.parametrize(("button", "kept"), [("Оставить моё", "3"), ("Принять", "5")])
def test_two_teachers_in_one_cell_see_both_values_and_a_person_decides(
    journal: Journal, visit: Visit, button: str, kept: str
) -> None:
    first = opened(visit, journal)
    first.expected = ("Failed to load resource",)
    first.context.set_offline(True)
    first.page.keyboard.press("3")
    expect(first.page.locator("save-state")).to_contain_text("Нет связи")
    second = opened(visit, journal, journal.colleague)
    second.page.keyboard.press("5")
    saved(second.page)
    first.context.set_offline(False)
    popover = first.page.locator("grade-grid .popover")
    expect(popover).to_contain_text("Сидорова")
    assert popover.locator(".m").all_text_contents() == ["3", "5"]
    expect(cell(first.page, 0, 2)).to_have_class(re.compile(r"\bconf\b"))
    expect(first.page.locator("save-state")).to_have_text("Расходятся: 1")
    # In one step of the page: the journal may draw its table anew between two.
    assert first.page.evaluate(
        """() => {
            const below = document.querySelector("grade-grid tbody tr:nth-child(2)").cells[3].getBoundingClientRect();
            const box = document.querySelector("grade-grid .popover").getBoundingClientRect();
            return box.left >= below.right || box.right <= below.left;
        }"""
    )
    popover.get_by_role("button", name=button).click()
    saved(first.page)
    assert journal.marks(2) == {journal.students[0]: [kept]}


def test_a_colleagues_mark_appears_by_itself_and_is_ringed_until_seen(journal: Journal, visit: Visit) -> None:
    looking = opened(visit, journal)
    typing = opened(visit, journal, journal.colleague)
    typing.page.keyboard.press("ArrowDown")
    typing.page.keyboard.press("4")
    saved(typing.page)
    shown = cell(looking.page, 1, 2)
    expect(shown).to_have_text("4")
    expect(shown).to_have_class(re.compile(r"\bother\b"))
    looking.page.keyboard.press("ArrowDown")
    expect(shown).not_to_have_class(re.compile(r"\bother\b"))


def test_another_kind_of_work_gets_a_column_of_its_own(journal: Journal, visit: Visit) -> None:
    page = opened(visit, journal).page
    page.keyboard.press("5")
    page.get_by_label("Вид работы").select_option("test")
    page.keyboard.press("2")
    page.keyboard.press("3")
    saved(page)
    first, second, *_ = journal.students
    assert journal.marks(2, "answer") == {first: ["5"]}
    assert sorted(journal.marks(2, "test").values()) == [["2"], ["3"]]
    assert second in journal.marks(2, "test")


def test_a_refused_mark_says_why_and_can_be_made_up_work(journal: Journal, visit: Visit) -> None:
    page = opened(visit, journal).page
    page.keyboard.press("KeyY")
    saved(page)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("4")
    popover = page.locator("grade-grid .popover")
    expect(popover).to_contain_text("Ученик отмечен как отсутствующий")
    popover.get_by_role("button", name="Это отработка").click()
    saved(page)
    assert journal.marks(2) == {journal.students[0]: ["4"]}


def test_the_average_follows_the_answer(journal: Journal, visit: Visit) -> None:
    page = opened(visit, journal).page
    page.keyboard.press("5")
    expect(page.locator("grade-grid tbody tr").nth(0).locator("td.avg")).to_have_text("5,00")


def test_the_table_made_in_the_browser_is_the_one_the_server_sends(journal: Journal, visit: Visit) -> None:
    page = opened(visit, journal).page
    for key in ("5", "KeyJ", "3", "/", "4"):
        page.keyboard.press(key)
    page.keyboard.press("ArrowUp")
    saved(page)
    page.reload()
    expect(page.locator("grade-grid td[tabindex='0']")).to_be_focused()
    same = page.evaluate(
        """async () => {
            const grid = document.querySelector("grade-grid");
            const plain = (table) => {
                const copy = table.cloneNode(true);
                copy.normalize(); // an empty text is none
                copy.querySelectorAll("[tabindex]").forEach((one) => one.removeAttribute("tabindex"));
                copy.querySelectorAll(".on").forEach((one) => one.classList.remove("on"));
                copy.querySelectorAll("[class]").forEach((one) => {
                    one.className = [...one.classList].sort().join(" ");
                    if (!one.className) one.removeAttribute("class");
                });
                return copy;
            };
            const served = plain(grid.table);
            grid.rebuild();
            const made = plain(grid.table);
            if (served.isEqualNode(made)) return "";
            const cells = [served, made].map((one) => [...one.querySelectorAll("th,td,col")]);
            const pairs = cells[0].map((one, index) => [one.outerHTML, cells[1][index]?.outerHTML]);
            return pairs.filter(([a, b]) => a !== b).slice(0, 3).join() || "the frame differs";
        }"""
    )
    assert same == ""


def test_sign_out_asks_first_when_marks_wait(journal: Journal, visit: Visit) -> None:
    visitor = opened(visit, journal)
    visitor.expected = ("Failed to load resource",)
    page = visitor.page
    page.route("**/journal/*/page", lambda route: route.abort())
    page.keyboard.press("5")
    page.locator("details.who summary").click()
    page.get_by_role("button", name="Выйти").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("Не отправлено записей: 1")
    dialog.get_by_role("button", name="Удалить и выйти").click()
    expect(page).to_have_url(re.compile("/login"))


def test_a_phone_shows_one_lesson_with_a_keypad_and_never_scrolls_sideways(journal: Journal, visit: Visit) -> None:
    page = opened(visit, journal, width=390, height=844).page
    pad = page.locator(".keypad")
    pad.get_by_role("button", name="5", exact=True).click()
    pad.get_by_role("button", name="не был").click()
    saved(page)
    first, second, *_ = journal.students
    assert (journal.marks(2), journal.attendance(2)) == ({first: ["5"]}, {second: ["Н"]})
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert pad.get_by_role("button", name="5", exact=True).bounding_box()["height"] == 56  # type: ignore[index]


def test_a_class_teacher_who_does_not_teach_reads_and_cannot_write(journal: Journal, visit: Visit) -> None:
    school = journal.school
    leader = school.person(["staff"], "Титова", "Елена")
    term = {"person_id": leader, "from": "2026-09-01"}
    good(school.journal().put(f"/classes/{journal.class_id}/class-teacher", term))
    page = opened(visit, journal, school.sign_in(leader)).page
    page.keyboard.press("5")
    assert page.locator("td.wait").count() == 0
    assert page.locator("grade-grid[data-readonly]").count() == 1
    expect(page.locator(".keybar")).to_contain_text("только для чтения")
    expect(page.locator("#comment")).to_be_hidden()


def test_a_column_is_32_pixels_wide_and_a_row_30_high(journal: Journal, visit: Visit) -> None:
    page = opened(visit, journal).page
    box = cell(page, 1, 1).bounding_box()
    assert box is not None
    assert (box["width"], box["height"]) == (32, 30)
