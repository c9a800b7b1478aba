"""What the journal tells of somebody who asks what it keeps about him."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterator

import pytest
import sqlalchemy as sa
import time_machine

from services.journal.personal_data.queries import gather
from tests.journal.families import Family, make_family, of
from tests.journal.test_imports import LIST, commit, send
from tests.support.personal_data import filled, told_of, without
from tests.support.school import YEAR_START, School, good, make_school

NOW = "2026-11-25T09:00:00+00:00"


@pytest.fixture(autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel(NOW, tick=True):
        yield


@pytest.fixture
def family(school: School) -> Family:
    return make_family(school)


def test_terms_that_are_over_and_restrictions_are_told(family: Family) -> None:
    journal, pupil = family.school.journal(), family.pupil
    another = good(journal.post("/classes", {"grade_level": 8, "letter": "Б"}), 201)["id"]
    link = {"student": pupil, "guardian": family.father}
    with family.school.suite.services["journal"].database.transaction(family.scope) as session:
        session.execute(
            sa.text(
                "UPDATE guardianship SET restricted = true, to_day = '2026-11-20'"
                " WHERE student_id = :student AND guardian_id = :guardian"
            ),
            link,
        )
        session.execute(sa.text("UPDATE enrollment SET to_day = '2026-11-10' WHERE student_id = :student"), link)
    move = {"student_id": pupil, "from": "2026-11-10"}
    good(journal.post(f"/classes/{another}/enrollments", move), 201)
    told = of(family.school, pupil)
    assert [(one["name"], one["until"], one["restricted"]) for one in told["guardians"]] == [
        ("Учеников Пётр", "2026-11-20", True),
        ("Ученикова Мария", None, False),
    ]
    assert of(family.school, family.father)["wards"][0]["restricted"] is True
    assert [(one["class_name"], one["from_day"], one["until"]) for one in told["classes"]] == [
        ("8А", YEAR_START, "2026-11-10"),
        ("8Б", "2026-11-10", None),
    ]


def test_a_guardian_is_told_his_own_card_and_whom_he_answers_for(family: Family) -> None:
    family.write(family.pupil, "5", line_item_id=family.column())
    told = of(family.school, family.mother)
    assert told["contacts"] == [
        {"kind": "электронная почта", "value": "mother@example.org"},
        {"kind": "телефон", "value": "+79000000001"},
    ]
    assert told["wards"] == [
        {"name": "Ученик00 Иван", "relation": "мать", "from_day": YEAR_START, "until": None, "restricted": False}
    ]
    assert filled(told) == {"card", "contacts", "wards", "changes"}, "the marks are the child's to be told"


def test_of_other_people_nothing_comes_out_but_names(family: Family) -> None:
    family.write(family.classmate, "3", line_item_id=family.column(), comment="тайна")
    pupils, mothers = (
        json.dumps(of(family.school, one), ensure_ascii=False) for one in (family.pupil, family.mother)
    )
    for secret in ("Ученик01", "тайна", "@example.org", "+7900"):
        assert secret not in pupils, "a classmate, or how guardians are reached"
    for secret in ("Ученик01", "тайна", "father@example.org", "+79000000002", "Пётр"):
        assert secret not in mothers, "a classmate, or the other guardian"


def test_who_looked_at_a_card_is_told_to_whom_it_belongs(family: Family) -> None:
    good(family.school.journal().get(f"/people/{family.mother}"))
    [look] = of(family.school, family.mother)["card_views"]
    assert look["viewer"] == "Аметова Эльмаз Рустемовна"
    assert look["at"].startswith("2026-11-25T09:00:")
    assert of(family.school, family.father)["card_views"] == []


def test_the_history_of_a_card_hides_what_the_log_hides(family: Family) -> None:
    journal = family.school.journal()
    tag = {"If-Match": journal.get(f"/people/{family.mother}").headers["ETag"]}
    good(journal.patch(f"/people/{family.mother}", {"last_name": "Белова", "phone": "+79000000009"}, headers=tag))
    told = of(family.school, family.mother)["changes"]
    assert [(one["object"], one["about"], one["action"], one["change"]) for one in told][-2:] in (
        [("карточка", "", "изменено", "фамилия: Ученикова → Белова"), ("контакт", "", "изменено", "значение: … → …")],
        [("контакт", "", "изменено", "значение: … → …"), ("карточка", "", "изменено", "фамилия: Ученикова → Белова")],
    )
    assert ("представительство", "Ученик00 Иван") in [(one["object"], one["about"]) for one in told]
    assert {one["author"] for one in told} == {"Аметова Эльмаз Рустемовна"}
    assert {one["origin"] for one in told} == {"сотрудником или семьёй"}


def test_lists_that_name_somebody_are_told_of(school: School) -> None:
    made = send(school, LIST)
    commit(school, made)
    people = good(school.journal().get("/people?limit=100"))["items"]
    pupil, father = (
        next(str(one["id"]) for one in people if (one["last_name"], one["first_name"]) == name)
        for name in (("Рощина", "Ульяна"), ("Рощин", "Олег"))
    )
    stranger = school.person(["student"], "Рощина", "Вера", birth_date="2013-03-14")
    consent = {"guardian": "Рощин Олег Юрьевич", "student": "Рощина Ульяна Олеговна", "decision": "согласие"}
    file = {"file_name": "список.csv"}
    for told in (of(school, pupil), of(school, father)):
        assert without(told["lists"], "created_at", "committed_at") == [file]
        assert consent | file in without(told["declared_consents"], "signed_on")
        assert told["lists"][0]["committed_at"].startswith("2026-11-25T09:00:")
    assert [one["guardian"] for one in of(school, father)["declared_consents"]] == ["Рощин Олег Юрьевич"]
    assert of(school, stranger)["lists"] == [], "another pupil of this surname and birthday"
    sender = of(school, str(school.admin_id))
    assert without(sender["imports"], "created_at", "committed_at") == [file]
    assert sender["lists"] == []


def test_whom_nobody_knows_has_sections_without_rows(family: Family) -> None:
    other = make_school(family.school.suite)
    service = family.school.suite.services["journal"]
    assert filled(of(family.school, str(uuid.uuid4()))) == set()
    assert filled(told_of(service, gather, other.id, family.pupil)) == set(), "another school's pupil"
    alone = family.school.person(["guardian"], "Тихая", "Нина")
    assert filled(of(family.school, alone)) == {"card", "changes"}
