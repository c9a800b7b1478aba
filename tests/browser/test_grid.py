"""The journal page as a keyboard: what is typed is there, and stays."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.browser.conftest import Journal, MakeJournal, Visit
from tests.browser.grid import cell, opened, saved


def test_25_marks_take_exactly_25_keys_and_each_pupil_gets_the_right_one(
    make_journal: MakeJournal, visit: Visit
) -> None:
    journal = make_journal(25)
    page = opened(visit, journal).page
    typed = [str(2 + number * 7 % 4) for number in range(25)]
    for key in typed:
        page.keyboard.press(key)
    saved(page)
    assert journal.marks(2) == {student: [mark] for student, mark in zip(journal.students, typed, strict=True)}


def test_letters_count_by_physical_key_and_a_late_pupil_keeps_the_mark(journal: Journal, visit: Visit) -> None:
    page = opened(visit, journal).page
    for key in ("KeyY", "KeyJ", "KeyC"):
        page.keyboard.press(key)
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("4")
    saved(page)
    absent, late, exempt, _ = journal.students
    assert journal.attendance(2) == {absent: ["Н"], late: ["ОП"], exempt: ["ОСВ"]}
    assert journal.marks(2) == {late: ["4"]}
    assert cell(page, 1, 2).locator(".two i").all_text_contents() == ["4", "ОП"]
    assert cell(page, 1, 2).get_attribute("aria-label") == "4, опоздал"


def test_space_and_enter_only_move_and_a_slash_adds_a_second_mark(journal: Journal, visit: Visit) -> None:
    page = opened(visit, journal).page
    for key in ("Space", "5", "/", "4", "Enter", "3"):
        page.keyboard.press(key)
    saved(page)
    _, second, _, fourth = journal.students
    assert journal.marks(2) == {second: ["5", "4"], fourth: ["3"]}


def test_undo_and_redo_reach_the_server(journal: Journal, visit: Visit) -> None:
    page = opened(visit, journal).page
    page.keyboard.press("5")
    saved(page)
    page.keyboard.press("Control+z")
    saved(page)
    assert journal.marks(2) == {}
    page.keyboard.press("Control+y")
    saved(page)
    assert journal.marks(2) == {journal.students[0]: ["5"]}


def test_a_comment_is_there_again_and_outlives_a_correction(journal: Journal, visit: Visit) -> None:
    page = opened(visit, journal).page
    comment = page.locator("#comment")
    page.keyboard.press("5")
    page.keyboard.press("ArrowUp")
    expect(comment).to_be_enabled()
    page.keyboard.press("Control+m")
    page.keyboard.type("пересказ")
    page.keyboard.press("Enter")
    saved(page)
    page.reload()
    expect(comment).to_have_value("пересказ")
    page.keyboard.press("4")
    saved(page)
    page.keyboard.press("ArrowUp")
    expect(comment).to_have_value("пересказ")
    answer = journal.answer()
    assert [row[3] for row in answer["comments"]] == ["пересказ"]
    expect(cell(page, 0, 2)).to_have_class(re.compile("note"))


def test_backspace_clears_and_goes_up(journal: Journal, visit: Visit) -> None:
    page = opened(visit, journal).page
    for key in ("5", "4", "ArrowUp", "Backspace"):
        page.keyboard.press(key)
    saved(page)
    assert journal.marks(2) == {journal.students[0]: ["5"]}
    expect(cell(page, 0, 2)).to_be_focused()


def test_a_pasted_block_counts_what_does_not_fit(journal: Journal, visit: Visit) -> None:
    page = opened(visit, journal).page
    page.evaluate(
        """text => {
            const data = new DataTransfer();
            data.setData("text/plain", text);
            document.activeElement.dispatchEvent(
                new ClipboardEvent("paste", { clipboardData: data, bubbles: true, cancelable: true }));
        }""",
        "5\t4\nН\t3\n7\t\n5/4\t\n",
    )
    expect(page.locator("[data-said]")).to_contain_text("Вставлено: 3, не подошло: 3")
    saved(page)
    first, second, _, fourth = journal.students
    assert journal.marks(2) == {first: ["5"], fourth: ["5", "4"]}
    assert journal.attendance(2) == {second: ["Н"]}
