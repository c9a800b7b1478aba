"""What notifications tells of somebody who asks what it keeps about him."""

from __future__ import annotations

import json
import re
import uuid

import pytest

from services.notifications.personal_data.queries import gather
from tests.notifications.conftest import World, text_of
from tests.support.personal_data import Told, filled, told_of, without


def of(world: World, person: uuid.UUID) -> Told:
    return told_of(world.service, gather, world.school, person)


@pytest.fixture
def father(world: World) -> uuid.UUID:
    return world.guardian("Пётр", "p@mail.example")


def test_a_guardian_is_told_his_address_and_his_letters(world: World, father: uuid.UUID) -> None:
    world.mark("5", 1)
    world.absent(2)
    world.clock.advance(minutes=11)
    world.deliver()
    told = of(world, world.mother)
    assert told["card"] == [{"first_name": "Людмила", "middle_name": "Сейрановна", "email": "l@mail.example"}]
    assert told["wards"] == [
        {"name": "Зера Сейрановна", "from_day": "2020-09-01", "until": None, "restricted": False}
    ]
    moments = ("created_at", "finished_at")
    common = {
        "address": "l@mail.example",
        "student": "Зера Сейрановна",
        "on_day": "2026-11-24",
        "state": "отправлено",
        "reason": "",
    }
    assert without(told["letters"], *moments) == [
        common | {"kind": "отметка", "subject": "Алгебра", "told": "5"},
        common | {"kind": "пропуск уроков", "subject": "", "told": "2"},
    ]
    assert all(one[name] for one in told["letters"] for name in moments)
    assert filled(told) == {"card", "wards", "letters"}
    assert "p@mail.example" not in json.dumps(told), "the other guardian's address is his"


def test_a_pupil_is_told_what_his_family_was_told_and_to_nobodys_address(world: World, father: uuid.UUID) -> None:
    world.mark("5", 1)
    world.absent(2)
    world.clock.advance(minutes=11)
    world.deliver()
    told = of(world, world.child)
    assert told["card"] == [{"first_name": "Зера", "middle_name": "Сейрановна", "email": None}]
    assert [one["name"] for one in told["guardians"]] == ["Людмила Сейрановна", "Пётр Сейрановна"]
    assert told["absences"] == [{"on_day": "2026-11-24", "number": 2, "subject": "Физика", "absent": True}]
    assert without(told["messages"], "due_at") == [
        {
            "kind": "отметка",
            "on_day": "2026-11-24",
            "subject": "Алгебра",
            "work_type": "Ответ на уроке",
            "symbol": "5",
            "before": None,
            "letters": 2,
        },
        {
            "kind": "пропуск уроков",
            "on_day": "2026-11-24",
            "subject": "",
            "work_type": "",
            "symbol": None,
            "before": None,
            "letters": 2,
        },
    ]
    assert filled(told) == {"card", "guardians", "absences", "messages"}
    assert "@mail.example" not in json.dumps(told)


def test_a_letter_that_was_not_sent_says_why(world: World) -> None:
    world.neighbours.outcomes[world.mother] = ("refused", "diary_withdrawn")
    world.mark("5", 1)
    world.deliver()
    [letter] = of(world, world.mother)["letters"]
    assert (letter["state"], letter["reason"], letter["told"]) == (
        "не отправлено",
        "согласие на дневник отозвано",
        None,
    )


def test_a_held_address_is_told_to_whose_it_is(world: World, father: uuid.UUID) -> None:
    world.mark("5", 1)
    world.deliver()
    [letter] = [one for one in world.relay.letters if one["To"] == "l@mail.example"]
    found = re.search(r"https://journal\.example/not-me#(\S+)", text_of(letter))
    assert found
    stranger = world.as_administrator()
    stranger.token = ""
    assert stranger.post(f"/not-me/{found[1]}").status_code == 204
    [held] = of(world, world.mother)["held_addresses"]
    assert (held["address"], held["lifted_at"]) == ("l@mail.example", None)
    assert of(world, father)["held_addresses"] == []
    assert of(world, world.child)["held_addresses"] == []


def test_who_shares_an_address_is_told_his_own_letters(world: World) -> None:
    other = world.person("Аня")
    aunt = world.guardian("Вера", "l@mail.example", other)
    world.mark("5", 1)
    world.deliver()
    assert len(of(world, world.mother)["letters"]) == 1
    assert of(world, aunt)["letters"] == [], "it was about a child that she does not answer for"


def test_whom_nobody_knows_has_sections_without_rows(world: World) -> None:
    world.mark("5", 1)
    world.deliver()
    assert filled(of(world, uuid.uuid4())) == set()
    for person in (world.child, world.mother):
        assert filled(told_of(world.service, gather, uuid.uuid4(), person)) == set(), "another school"
    assert filled(of(world, world.person("Нина"))) == {"card"}
