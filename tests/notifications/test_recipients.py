"""Who is written to, and who is not: asked just before the letter goes."""

from __future__ import annotations

import uuid

import pytest

from tests.notifications.conftest import World


def test_each_guardian_gets_a_letter_of_his_own(world: World) -> None:
    world.guardian("Сейран", "s@mail.example")
    world.mark("5", 1)
    world.deliver()
    assert sorted(world.relay.recipients) == [["l@mail.example"], ["s@mail.example"]]
    assert all("," not in letter["To"] for letter in world.relay.letters)


def test_two_guardians_with_one_address_get_one_copy(world: World) -> None:
    father = world.guardian("Сейран", "L@Mail.example")
    world.neighbours.outcomes[father] = ("refused", "diary_missing")
    world.mark("5", 1)
    assert len(world.deliver()) == 1


@pytest.mark.parametrize(
    ("outcome", "reason"), [("refused", "refused"), ("refused", "withdrawn"), ("refused", "diary_refused")]
)
def test_an_address_is_not_written_to_if_one_who_shares_it_said_no(world: World, outcome: str, reason: str) -> None:
    father = world.guardian("Сейран", "l@mail.example")
    world.neighbours.outcomes[father] = (outcome, reason)
    world.mark("5", 1)
    assert world.deliver() == []
    assert world.states() == [f"not_consented:{reason}"]


def test_an_address_is_not_written_to_if_one_who_shares_it_is_restricted(world: World) -> None:
    father = world.guardian("Сейран", "l@mail.example", restricted=True)
    world.neighbours.no_guardians.add(father)
    world.mark("5", 1)
    assert world.deliver() == []
    assert world.states() == ["not_consented:not a guardian now"]


def test_nobody_who_refused_or_never_decided_is_written_to(world: World) -> None:
    world.neighbours.outcomes[world.mother] = ("refused", "missing")
    world.mark("5", 1)
    assert world.deliver() == []
    assert world.states() == ["not_consented:missing"]


def test_a_withdrawal_between_fact_and_hand_over_stops_the_letter(world: World) -> None:
    world.mark("5", 1)
    world.neighbours.outcomes[world.mother] = ("refused", "withdrawn")
    assert world.deliver() == []
    world.neighbours.outcomes.clear()
    world.mark("4", 2, previous="5")
    assert len(world.deliver()) == 1


def test_an_ended_guardianship_gets_no_letter(world: World) -> None:
    world.neighbours.no_guardians.add(world.mother)
    world.mark("5", 1)
    assert world.deliver() == []


def test_a_guardian_of_the_past_is_not_even_considered(world: World) -> None:
    world.guardian("Бывший", "old@mail.example", to="2021-01-01")
    world.mark("5", 1)
    world.deliver()
    assert world.relay.recipients == [["l@mail.example"]]


def test_a_guardian_without_an_address_is_passed_over(world: World) -> None:
    world.guardian("Без адреса", None)
    world.mark("5", 1)
    assert len(world.deliver()) == 1


def test_undecided_is_asked_again_for_a_minute_and_then_given_up(world: World) -> None:
    world.neighbours.outcomes[world.mother] = ("undecided", "unknown")
    world.mark("5", 1)
    for _ in range(5):
        assert world.deliver() == []
        assert world.states() == ["held:undecided"]
        world.clock.advance(seconds=11)
    world.clock.advance(seconds=11)
    assert world.deliver() == []
    assert world.states() == ["not_consented:undecided"]


def test_undecided_that_is_decided_in_time_is_sent(world: World) -> None:
    world.neighbours.outcomes[world.mother] = ("undecided", "unknown")
    world.mark("5", 1)
    world.deliver()
    world.neighbours.outcomes.clear()
    world.clock.advance(seconds=11)
    assert len(world.deliver()) == 1


@pytest.mark.parametrize("who", ["accounts", "journal"])
def test_without_an_answer_the_letter_is_held_and_goes_later(world: World, who: str) -> None:
    world.neighbours.silent.add(who)
    world.mark("5", 1)
    assert world.deliver() == []
    assert world.states() == [f"held:no answer of {who}"]
    world.neighbours.silent.clear()
    world.clock.advance(seconds=70)
    assert len(world.deliver()) == 1


def test_a_young_answer_serves_a_batch_and_an_old_one_is_asked_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    fresh_for = "services.notifications.messages.consents.FRESH_SECONDS"
    monkeypatch.setattr(fresh_for, 600.0)
    for _ in range(5):
        world.mark("5", 1, mark_id=uuid.uuid4())
    assert len(world.deliver()) == 5
    assert world.neighbours.asked == ["guards", "access"]
    monkeypatch.setattr(fresh_for, 0.0)
    for _ in range(3):
        world.mark("5", 1, mark_id=uuid.uuid4())
    assert len(world.deliver()) == 3
    assert world.neighbours.asked == ["guards", "access"] * 4
