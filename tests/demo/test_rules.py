"""What the generator promises, whatever the seed and the day."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal

import pytest

from services.journal.calendar.rules import year_that_holds
from services.journal.demo.rules.absences import SPORT
from services.journal.demo.rules.days import AHEAD, is_school_day, last_school_day
from services.journal.demo.rules.marking import DOUBTFUL, PeriodGiven
from services.journal.demo.rules.names import patronymic, surname
from services.journal.demo.rules.plan import SchoolPlan, school_of, small_school
from services.journal.demo.rules.school import DemoSchool, demo_school
from services.journal.demo.rules.timetable import timetable
from services.journal.marks.rules import weighted_average
from services.journal.period_marks.rules import proposed_mark
from services.journal.scales.defaults import WORK_TYPES

DAY = dt.date(2026, 11, 25)
PLANS = (None, 110, 1000)
"""The small school, and schools of so many pupils."""
MIDDLING = 300


def planned(pupils: int | None) -> SchoolPlan:
    return small_school() if pupils is None else school_of(pupils)


@pytest.fixture(scope="module")
def made() -> DemoSchool:
    return demo_school("of-the-tests", DAY, small_school())


def test_the_same_seed_and_day_give_the_same_school(made: DemoSchool) -> None:
    assert demo_school("of-the-tests", DAY, small_school()) == made
    assert demo_school("another", DAY, small_school()) != made


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
    made = demo_school("of-the-tests", dt.date(2026, 9, 1), small_school())
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


def averages(made: DemoSchool, told: Sequence[PeriodGiven]) -> list[Decimal | None]:
    """What the marks of the first term come to, for each period mark."""
    weights = {code: weight for code, _, _, weight in WORK_TYPES}
    numbers: dict[object, list[tuple[Decimal, Decimal]]] = {}
    for mark in made.marks:
        if mark.item.lesson.taught_on <= told[0].on_day:
            key = (mark.item.lesson.course_id, mark.student_id)
            numbers.setdefault(key, []).append((Decimal(mark.symbol), weights[mark.item.work_type]))
    return [weighted_average(numbers.get((mark.course_id, mark.student_id), ())) for mark in told]


def test_period_marks_are_what_the_rule_proposes_or_in_doubt_one_beside_it(made: DemoSchool) -> None:
    assert {(mark.kind, mark.ordinal) for mark in made.period_marks} == {("quarter", 1)}
    others = 0
    for mark, average in zip(made.period_marks, averages(made, made.period_marks), strict=True):
        proposed = proposed_mark(average, "five")
        if mark.symbol in ("осв", proposed or "н/а"):
            continue
        others += 1
        assert average is not None
        assert proposed is not None
        assert abs(int(mark.symbol) - int(proposed)) == 1
        bound = Decimal(max(int(mark.symbol), int(proposed))) - Decimal("0.5")
        assert abs(average - bound) <= DOUBTFUL, (average, mark.symbol)
    assert 0.01 < others / len(made.period_marks) < 0.15


def test_who_is_spared_sports_has_no_mark_there_all_year(middling: DemoSchool) -> None:
    spared = {(mark.course_id, mark.student_id) for mark in middling.period_marks if mark.symbol == "осв"}
    assert 1 <= len({student for _, student in spared}) < MIDDLING // 20
    subjects = {course.id: course.subject for course in middling.courses}
    assert {subjects[course] for course, _ in spared} == {SPORT}
    assert not spared & {(mark.item.lesson.course_id, mark.student_id) for mark in middling.marks}
    exempt = {(one.lesson.course_id, one.student_id) for one in middling.attendance if one.status == "exempt"}
    assert spared <= exempt


def test_a_big_school_has_twins_and_namesakes_for_its_size() -> None:
    families = demo_school("of-the-tests", dt.date(2026, 9, 10), school_of(1000)).families
    pupils = {pupil.person.id: pupil for pupil in families.pupils}
    born: dict[object, list[object]] = {}
    for bond in families.bonds:
        pupil = pupils[bond.student_id]
        born.setdefault((bond.guardian_id, pupil.person.birth_date, pupil.class_name), []).append(pupil.person.id)
    twins = {tuple(ids) for ids in born.values() if len(ids) > 1}
    assert 4 <= len(twins) <= 8
    names = Counter((pupil.person.name, pupil.class_name) for pupil in families.pupils)
    assert 2 <= sum(count > 1 for count in names.values()) <= 6


def test_class_ten_is_told_by_half_years() -> None:
    made = demo_school("of-the-tests", dt.date(2027, 1, 20), small_school())
    classes = {course.id: course.class_name for course in made.courses}
    kinds = {(classes[mark.course_id], mark.kind, mark.ordinal) for mark in made.period_marks}
    assert {kind for kind in kinds if kind[0] == "10А"} == {("10А", "half_year", 1)}
    assert {kind for kind in kinds if kind[0] == "8А"} == {("8А", "quarter", 1), ("8А", "quarter", 2)}


@pytest.mark.parametrize("seed", ["zhurnal", "of-the-tests", "7"])
@pytest.mark.parametrize("plan", PLANS, ids=str)
def test_a_week_has_its_hours_and_nobody_is_in_two_places(seed: str, plan: int | None) -> None:
    school = planned(plan)
    week = timetable(seed, school)
    for one in school.classes:
        own = [slot for slot in week if slot.class_name == one.name]
        assert Counter(slot.subject for slot in own) == Counter(one.hours)
        for day in range(one.week):
            numbers = sorted(slot.number for slot in own if slot.weekday == day)
            assert numbers == list(range(1, len(numbers) + 1))
    teachers = Counter((school.teacher_of(s.class_name, s.subject), s.weekday, s.number) for s in week)
    assert max(teachers.values()) == 1


@pytest.mark.parametrize("pupils", [110, 150, 600, 1000, 3000])
def test_a_school_of_any_size_has_its_classes_leaders_and_posts(pupils: int) -> None:
    school = school_of(pupils)
    assert sum(plan.pupils for plan in school.classes) == pupils
    assert {plan.grade for plan in school.classes} == set(range(1, 12))
    assert len({plan.name for plan in school.classes}) == len(school.classes)
    sizes = {plan.pupils for plan in school.classes}
    assert max(sizes) - min(sizes) <= 1
    leaders = [plan.leader for plan in school.classes]
    assert len(set(leaders)) == len(leaders), "nobody leads two classes"
    for plan in school.classes:
        assert plan.leader in {school.teacher_of(plan.name, subject) for subject in plan.hours}
    hours: Counter[str] = Counter()
    for plan in school.classes:
        for subject, count in plan.hours.items():
            hours[school.teacher_of(plan.name, subject)] += count
    assert max(hours.values()) <= 27, "a post and a half"
    assert set(hours) <= set(school.posts)


def test_a_thousand_pupils_fill_forty_classes() -> None:
    grades = Counter(plan.grade for plan in school_of(1000).classes)
    assert grades == dict.fromkeys(range(1, 10), 4) | dict.fromkeys((10, 11), 2)


@pytest.fixture(scope="module")
def middling() -> DemoSchool:
    return demo_school("of-the-tests", dt.date(2027, 1, 20), school_of(MIDDLING))


def test_a_big_school_has_brothers_leavers_and_newcomers(middling: DemoSchool) -> None:
    pupils = {pupil.person.id: pupil for pupil in middling.families.pupils}
    assert len(pupils) == MIDDLING
    children: dict[object, set[object]] = {}
    for bond in middling.families.bonds:
        children.setdefault(bond.guardian_id, set()).add(bond.student_id)
    classes = [{pupils[child].class_name for child in own} for own in children.values()]  # type: ignore[index]
    assert sum(len(own) > 1 for own in classes) > MIDDLING // 20, "guardians with children in two classes"
    assert any(pupil.to_day for pupil in pupils.values())
    assert any(pupil.from_day > middling.start for pupil in pupils.values())


def test_facts_of_a_big_school_rest_on_being_there(middling: DemoSchool) -> None:
    pupils = {pupil.person.id: pupil for pupil in middling.families.pupils}
    absent = {(one.student_id, one.lesson.id) for one in middling.attendance if one.status == "absent"}
    for mark in middling.marks:
        lesson = mark.item.lesson
        assert lesson.held
        assert pupils[mark.student_id].on(lesson.taught_on)
        assert pupils[mark.student_id].class_name == lesson.class_name
        assert (mark.student_id, lesson.id) not in absent
    for seen in middling.attendance:
        assert pupils[seen.student_id].on(seen.lesson.taught_on)
    first = {course.id for course in middling.courses if middling.plan.grade_of(course.class_name) == 1}
    assert not first & {mark.item.lesson.course_id for mark in middling.marks}
    grades = {course.id: middling.plan.grade_of(course.class_name) for course in middling.courses}
    kinds = {(grades[mark.course_id] > 9, mark.kind) for mark in middling.period_marks}
    assert kinds == {(True, "half_year"), (False, "quarter")}


def test_marks_of_a_big_school_are_spread_as_in_a_real_one(middling: DemoSchool) -> None:
    counts = Counter(mark.symbol for mark in middling.marks)
    whole = sum(counts.values())
    assert 0.30 < counts["4"] / whole < 0.55
    assert 0.15 < counts["5"] / whole < 0.45
    assert 0.10 < counts["3"] / whole < 0.35
    assert counts["2"] / whole < 0.10


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
