"""What the generator promises, whatever the seed and the day."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from decimal import Decimal

import pytest

from services.journal.calendar.rules import year_that_holds
from services.journal.demo.rules.curriculum import CLASSES, teacher_of
from services.journal.demo.rules.days import AHEAD, is_school_day, last_school_day
from services.journal.demo.rules.names import patronymic, surname
from services.journal.demo.rules.school import DemoSchool, demo_school
from services.journal.demo.rules.timetable import timetable
from services.journal.marks.rules import weighted_average
from services.journal.period_marks.rules import proposed_mark
from services.journal.scales.defaults import WORK_TYPES

DAY = dt.date(2026, 11, 25)


@pytest.fixture(scope="module")
def made() -> DemoSchool:
    return demo_school("of-the-tests", DAY)


def test_the_same_seed_and_day_give_the_same_school(made: DemoSchool) -> None:
    assert demo_school("of-the-tests", DAY) == made
    assert demo_school("another", DAY) != made


@pytest.mark.parametrize(
    ("day", "school_day"),
    [
        ("2026-11-25", "2026-11-25"),
        ("2026-11-29", "2026-11-28"),
        ("2026-11-04", "2026-11-03"),
        ("2026-10-29", "2026-10-24"),
        ("2027-01-05", "2026-12-29"),
        ("2026-07-20", "2026-05-30"),
        ("2026-09-01", "2026-09-01"),
    ],
)
def test_in_holidays_and_on_sundays_it_is_the_last_school_day(day: str, school_day: str) -> None:
    assert last_school_day(dt.date.fromisoformat(day)) == dt.date.fromisoformat(school_day)


def test_the_first_day_of_school_has_a_school_too() -> None:
    made = demo_school("of-the-tests", dt.date(2026, 9, 1))
    assert made.day == made.start
    assert {lesson.taught_on for lesson in made.lessons if lesson.held} == {made.day}
    assert made.period_marks == []


def test_lessons_are_on_school_days_alone_up_to_two_weeks_ahead(made: DemoSchool) -> None:
    days = {lesson.taught_on for lesson in made.lessons}
    assert all(is_school_day(day) for day in days)
    assert all(year_that_holds(day) == 2026 for day in days)
    assert DAY < max(days) <= DAY + AHEAD


def test_nothing_happens_after_the_day(made: DemoSchool) -> None:
    assert all(lesson.taught_on <= DAY for lesson in made.lessons if lesson.held)
    assert all(mark.item.lesson.held for mark in made.marks)
    assert all(seen.lesson.held for seen in made.attendance)
    assert all(spell.from_day <= DAY for spell in made.spells)
    assert all(spell.to_day <= DAY + dt.timedelta(days=1) for spell in made.spells if spell.reason)
    assert all(mark.on_day < DAY for mark in made.period_marks)


def test_the_first_class_has_lessons_and_no_marks(made: DemoSchool) -> None:
    first = {course.id for course in made.courses if course.class_name == "1А"}
    assert any(lesson.course_id in first and lesson.held for lesson in made.lessons)
    assert not any(mark.item.lesson.course_id in first for mark in made.marks)
    assert not any(mark.course_id in first for mark in made.period_marks)


def test_whoever_is_away_gets_no_mark(made: DemoSchool) -> None:
    away = {(seen.student_id, seen.lesson.id) for seen in made.attendance if seen.status == "absent"}
    assert away
    assert not any((mark.student_id, mark.item.lesson.id) in away for mark in made.marks)


def test_facts_are_about_members_of_that_day(made: DemoSchool) -> None:
    pupils = {pupil.person.id: pupil for pupil in made.families.pupils}
    assert sum(pupil.to_day is not None for pupil in pupils.values()) == 2
    for mark in made.marks:
        pupil, lesson = pupils[mark.student_id], mark.item.lesson
        assert (pupil.class_name, pupil.on(lesson.taught_on)) == (lesson.class_name, True)
    for seen in made.attendance:
        assert pupils[seen.student_id].on(seen.lesson.taught_on)


def test_period_marks_are_what_the_rule_proposes(made: DemoSchool) -> None:
    weights = {code: weight for code, _, _, weight in WORK_TYPES}
    assert {(mark.kind, mark.ordinal) for mark in made.period_marks} == {("quarter", 1)}
    told = made.period_marks[0]
    numbers = [
        (Decimal(mark.symbol), weights[mark.item.work_type])
        for mark in made.marks
        if mark.student_id == told.student_id
        and mark.item.lesson.course_id == told.course_id
        and mark.item.lesson.taught_on <= told.on_day
    ]
    assert told.symbol == proposed_mark(weighted_average(numbers), "five")


def test_class_ten_is_told_by_half_years() -> None:
    made = demo_school("of-the-tests", dt.date(2027, 1, 20))
    classes = {course.id: course.class_name for course in made.courses}
    kinds = {(classes[mark.course_id], mark.kind, mark.ordinal) for mark in made.period_marks}
    assert {kind for kind in kinds if kind[0] == "10А"} == {("10А", "half_year", 1)}
    assert {kind for kind in kinds if kind[0] == "8А"} == {("8А", "quarter", 1), ("8А", "quarter", 2)}


@pytest.mark.parametrize("seed", ["zhurnal", "of-the-tests", "7"])
def test_a_week_has_its_hours_and_nobody_is_in_two_places(seed: str) -> None:
    week = timetable(seed)
    plans = {plan.name: plan for plan in CLASSES}
    for plan in CLASSES:
        own = [slot for slot in week if slot.class_name == plan.name]
        assert Counter(slot.subject for slot in own) == Counter(plan.hours)
        for day in range(plan.week):
            numbers = sorted(slot.number for slot in own if slot.weekday == day)
            assert numbers == list(range(1, len(numbers) + 1))
    teachers = Counter((teacher_of(plans[s.class_name], s.subject), s.weekday, s.number) for s in week)
    assert max(teachers.values()) == 1


def test_families_have_the_knots_of_real_lists(made: DemoSchool) -> None:
    families = made.families
    pupils = {pupil.person.id: pupil for pupil in families.pupils}
    named = Counter((p.person.name, p.class_name) for p in families.pupils)
    assert max(named.values()) == 2
    births = [p.person.birth_date for p in families.pupils if named[p.person.name, p.class_name] == 2]
    assert len(set(births)) == 2
    of_guardian: dict[object, list[str]] = {}
    for bond in families.bonds:
        of_guardian.setdefault(bond.guardian_id, []).append(pupils[bond.student_id].class_name)
    assert of_guardian[made.cast.consenting] == ["3Б", "8А"]
    assert ["7Б", "7Б"] in of_guardian.values()
    assert {bond.consent for bond in families.bonds} == {"given", "refused", "missing"}
    said = {bond.guardian_id: bond.consent for bond in families.bonds}
    assert (said[made.cast.refusing], said[made.cast.undecided]) == ("refused", "missing")
    assert families.own_consents[made.cast.grown_pupil] == "given"
    assert {bond.student_id for bond in families.bonds} == set(pupils)
    addresses = Counter(one.email for one in families.guardians if one.email)
    assert max(addresses.values()) == 2


def test_every_id_is_given_once(made: DemoSchool) -> None:
    families = made.families
    rows = [
        *(one.id for one in (*made.staff.values(), *families.guardians)),
        *(pupil.person.id for pupil in families.pupils),
        *(row.id for row in (*families.bonds, *made.courses, *made.lessons, *made.attendance)),
        *(row.id for row in (*made.marks, *made.period_marks)),
        *made.enrollments.values(),
        *made.classes.values(),
    ]
    assert len(set(rows)) == len(rows)
    assert {row.version for row in rows} == {7}


@pytest.mark.parametrize(
    ("father", "daughter", "son"),
    [
        ("Сергей", "Сергеевна", "Сергеевич"),
        ("Василий", "Васильевна", "Васильевич"),
        ("Игорь", "Игоревна", "Игоревич"),
        ("Павел", "Павловна", "Павлович"),
        ("Пётр", "Петровна", "Петрович"),
        ("Михаил", "Михайловна", "Михайлович"),
        ("Дмитрий", "Дмитриевна", "Дмитриевич"),
        ("Иван", "Ивановна", "Иванович"),
    ],
)
def test_patronymics(father: str, daughter: str, son: str) -> None:
    assert (patronymic(father, female=True), patronymic(father, female=False)) == (daughter, son)


@pytest.mark.parametrize(
    ("man", "woman"),
    [("Гусев", "Гусева"), ("Ильин", "Ильина"), ("Топольский", "Топольская"), ("Бойко", "Бойко"), ("Мороз", "Мороз")],
)
def test_surnames(man: str, woman: str) -> None:
    assert surname(man, female=True) == woman
