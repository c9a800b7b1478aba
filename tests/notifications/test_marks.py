"""A mark, its correction and its end, told by mail."""

from __future__ import annotations

import datetime as dt
import uuid

import pytest

from tests.notifications.conftest import World, text_of


def test_a_mark_is_told_to_the_guardian_in_text_and_html(world: World) -> None:
    world.mark("5", 1)
    [text] = world.deliver()
    assert "Новая отметка: Зера" in text
    assert "Отметка: 5" in text
    assert "Предмет: Алгебра" in text
    assert "Вид работы: Ответ на уроке" in text
    [letter] = world.relay.letters
    html = letter.get_body(("html",))
    assert html is not None
    for word in ("Новая отметка", "Алгебра", "Ответ на уроке", "24 ноября"):
        assert word in html.get_content()
    assert world.relay.recipients == [["l@mail.example"]]
    assert letter["To"] == "l@mail.example"


def test_the_subject_names_neither_mark_nor_surname_nor_class(world: World) -> None:
    world.mark("2", 1)
    world.deliver()
    [letter] = world.relay.letters
    assert letter["Subject"] == "Зера: новое в дневнике за 24 ноября"
    assert "Тайная" not in letter.as_string()
    assert "Тайная" not in text_of(letter)


def test_the_same_event_again_brings_nothing(world: World) -> None:
    world.mark("5", 1)
    world.deliver()
    world.mark("5", 1)
    assert world.deliver() == []


def test_a_corrected_mark_says_old_and_new(world: World) -> None:
    world.mark("4", 1)
    world.deliver()
    world.mark("5", 2, previous="4")
    [text] = world.deliver()
    assert "Отметка исправлена" in text
    assert "было 4, стало 5" in text


def test_a_mark_that_stood_before_we_wrote_is_corrected_not_new(world: World) -> None:
    world.mark("5", 2, previous="3")
    [text] = world.deliver()
    assert "было 3, стало 5" in text


def test_a_quick_change_replaces_the_message_that_was_not_handed_over(world: World) -> None:
    world.mark("2", 1)
    world.mark("5", 2, previous="2")
    [text] = world.deliver()
    assert "Новая отметка" in text
    assert "Отметка: 5" in text
    assert "2" not in text.split("Отметка:")[1].splitlines()[0]
    assert world.states() == ["replaced:changed before it was handed over", "done:"]


def test_a_cleared_mark_that_was_told_is_told_as_taken_back(world: World) -> None:
    world.mark("4", 1)
    world.deliver()
    world.mark(None, 2, previous="4")
    [text] = world.deliver()
    assert "Отметка снята" in text
    assert "была 4" in text


def test_a_cleared_mark_that_was_not_told_is_not(world: World) -> None:
    world.mark("4", 1)
    world.mark(None, 2, previous="4")
    assert world.deliver() == []
    assert world.states()[-1] == "replaced:nothing to tell"


def test_a_mark_changed_back_before_hand_over_is_not_told_twice(world: World) -> None:
    world.mark("4", 1)
    world.deliver()
    world.mark("5", 2, previous="4")
    world.mark("4", 3, previous="5")
    assert world.deliver() == []


def test_an_older_version_that_comes_late_is_not_told(world: World) -> None:
    world.mark("5", 2, previous="4")
    world.mark("4", 1)
    [text] = world.deliver()
    assert "стало 5" in text


@pytest.mark.parametrize("origin", ["import", "generator", "restore", "correction"])
def test_what_nobody_did_just_now_is_not_told(world: World, origin: str) -> None:
    world.mark("5", 1, origin=origin)
    world.absent(1, origin=origin)
    world.clock.advance(hours=2)
    assert world.deliver() == []


def test_what_happened_a_day_ago_is_not_told(world: World) -> None:
    world.mark("5", 1, age=dt.timedelta(hours=24, minutes=1))
    assert world.deliver() == []
    world.mark("5", 1, mark_id=uuid.uuid4(), age=dt.timedelta(hours=23))
    assert len(world.deliver()) == 1


def test_an_import_that_changes_a_waiting_mark_stops_its_letter(world: World) -> None:
    world.mark("5", 1)
    world.mark("4", 2, previous="5", origin="import")
    assert world.deliver() == []


def test_marks_wait_as_long_as_the_school_settled(world: World) -> None:
    door = world.as_administrator()
    settings = {"mark_delay_minutes": 5, "absence_delay_minutes": 0}
    assert door.put("/settings", settings, headers={"If-Match": '"0"'}).status_code == 200
    world.mark("5", 1)
    assert world.deliver() == []
    world.clock.advance(minutes=5, seconds=1)
    assert len(world.deliver()) == 1


def test_a_restored_journal_deals_versions_once_more_and_its_marks_are_told(world: World) -> None:
    """Journal came back as of version 1; what was told of version 3 is what the family knows."""
    world.mark("4", 1)
    world.mark("5", 3, previous="4")
    world.deliver()
    world.epoch = "another"
    world.mark("3", 2, previous="4")
    [text] = world.deliver()
    assert "было 5, стало 3" in text
    world.mark("3", 2, previous="4")
    assert world.deliver() == []
    world.mark("2", 3, previous="3")
    [text] = world.deliver()
    assert "было 3, стало 2" in text
