"""Absences of a day, told once."""

from __future__ import annotations

from tests.notifications.conftest import World


def test_absences_of_a_day_are_one_letter_ten_minutes_after_the_first(world: World) -> None:
    world.absent(1)
    world.clock.advance(minutes=9)
    world.absent(2)
    assert world.deliver() == []
    world.clock.advance(minutes=1, seconds=1)
    [text] = world.deliver()
    assert "Пропуск уроков: Зера" in text
    assert "1-й урок: Алгебра" in text
    assert "2-й урок: Физика" in text


def test_a_lesson_added_later_amends_the_letter(world: World) -> None:
    world.absent(1)
    world.clock.advance(minutes=11)
    world.deliver()
    world.absent(3)
    assert world.deliver() == []
    world.clock.advance(minutes=11)
    [text] = world.deliver()
    assert "Запись о пропуске изменена" in text
    assert "1-й урок: Алгебра" in text
    assert "3-й урок: История" in text


def test_an_absence_corrected_before_hand_over_is_not_told(world: World) -> None:
    world.absent(1)
    world.absent(1, None, version=2)
    world.clock.advance(minutes=11)
    assert world.deliver() == []


def test_an_absence_corrected_after_it_was_told_is_taken_back(world: World) -> None:
    world.absent(1)
    world.clock.advance(minutes=11)
    world.deliver()
    world.absent(1, "late", version=2)
    world.clock.advance(minutes=11)
    [text] = world.deliver()
    assert "Запись о пропуске снята" in text


def test_coming_late_is_no_absence(world: World) -> None:
    world.absent(1, "late")
    world.clock.advance(minutes=11)
    assert world.deliver() == []
    assert world.deliveries() == []


def test_a_restored_journal_deals_versions_once_more_and_its_absences_are_told(world: World) -> None:
    world.absent(1)
    world.absent(1, None, version=3)
    world.epoch = "another"
    world.absent(1, version=2)
    world.clock.advance(minutes=11)
    [text] = world.deliver()
    assert "1-й урок: Алгебра" in text
