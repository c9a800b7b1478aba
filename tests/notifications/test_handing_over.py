"""Letters on their way to the relay, which may refuse, be silent or die."""

from __future__ import annotations

import datetime as dt
import re
import uuid
from typing import Any

import pytest
import sqlalchemy as sa

from services.common.db import Scope
from services.notifications.messages import claims, delivering
from services.notifications.messages.smtp import Sender
from tests.notifications.conftest import World


def test_letters_of_a_batch_share_one_connection(world: World) -> None:
    before = world.relay.connections
    for _ in range(30):
        world.mark("5", 1, mark_id=uuid.uuid4())
    assert len(world.deliver()) == 30
    assert world.relay.connections == before + 1


def test_the_message_id_is_the_causes_own_however_often_it_is_handed_over(world: World) -> None:
    world.mark("5", 1)
    world.relay.answers = ["451 later"]
    world.deliver()
    world.clock.advance(minutes=1)
    world.deliver()
    world.mark("4", 2, previous="5")
    world.deliver()
    first, second = (letter["Message-ID"] for letter in world.relay.letters)
    assert re.fullmatch(r"<[0-9a-f]{40}@journal\.example>", first)
    assert first != second


def test_a_copy_after_a_death_between_data_and_the_answer_carries_the_same_message_id(world: World) -> None:
    world.mark("5", 1)

    class DyingSender(Sender):
        def send(self, *arguments: Any) -> None:
            super().send(*arguments)
            raise KeyboardInterrupt

    living = world.mailer._sender
    world.mailer._sender = dying = DyingSender(world.service.settings.smtp_url)
    with pytest.raises(KeyboardInterrupt):
        world.deliver()
    dying.close()
    world.mailer._sender = living
    assert world.deliver() == [], "the lease still holds"
    world.clock.advance(minutes=3)
    assert len(world.deliver()) == 1
    assert len({letter["Message-ID"] for letter in world.relay.letters}) == 1
    assert world.states() == ["done:"]


def test_a_letter_that_was_handed_over_while_the_database_went_is_not_handed_over_again(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    world.mark("5", 1)
    finish, failures = claims.finish, 3

    def failing(*arguments: Any) -> None:
        nonlocal failures
        failures -= 1
        if failures >= 0:
            raise sa.exc.OperationalError("UPDATE", {}, Exception("terminated"))
        finish(*arguments)

    monkeypatch.setattr(delivering, "RECORD_PAUSE", 0.01)
    monkeypatch.setattr(claims, "finish", failing)
    assert len(world.deliver()) == 1
    assert world.states() == ["done:"]
    world.clock.advance(minutes=3)
    assert world.deliver() == []


def test_a_slow_relay_gets_no_letter_that_another_could_claim(world: World) -> None:
    for _ in range(50):
        world.mark("5", 1, mark_id=uuid.uuid4())
    living = world.mailer._sender

    class SlowSender(Sender):
        """Three seconds a letter; after twenty letters another mailer looks what it may take."""

        taken = 0

        def send(self, *arguments: Any) -> None:
            living.send(*arguments)
            world.clock.advance(seconds=3)
            self.taken += 1
            if self.taken % 20 == 0:
                with world.service.database.transaction(Scope(school_id=world.school)) as session:
                    free = claims.claim(session, world.clock(), lambda delivery_id: str(delivery_id))
                    session.rollback()
                seen.append(len(free))

    seen: list[int] = []
    world.mailer._sender = SlowSender(world.service.settings.smtp_url)
    assert len(world.deliver()) == 50
    assert len({letter["Message-ID"] for letter in world.relay.letters}) == 50
    assert seen == [0, 0]
    world.mailer._sender = living


def test_a_clock_that_is_set_back_makes_no_letter_wait_for_it(world: World) -> None:
    world.mark("5", 1)
    with world.service.database.transaction(Scope(school_id=world.school)) as session:
        assert len(claims.claim(session, world.clock() + dt.timedelta(minutes=1), str)) == 1
    world.clock.advance(hours=-2)
    assert len(world.deliver()) == 1


def test_a_permanent_refusal_ends_it(world: World) -> None:
    world.mark("5", 1)
    world.relay.answers = ["550 no such box"]
    world.deliver()
    assert world.states() == ["failed:relay said 550"]
    world.clock.advance(days=1)
    assert world.deliver() == []


def test_a_passing_refusal_comes_again_with_growing_pauses(world: World) -> None:
    world.mark("5", 1)
    world.relay.answers = ["451 later"] * 3
    waited = 0
    while not world.relay.letters:
        world.deliver()
        world.clock.advance(seconds=1)
        waited += 1
        assert waited < 120
    assert waited > 20, "5, 10 and 20 s, each give or take a quarter"


def test_a_silent_relay_makes_letters_wait_and_they_go_later(world: World) -> None:
    for _ in range(3):
        world.mark("5", 1, mark_id=uuid.uuid4())
    world.relay.stop()
    try:
        assert world.deliver() == []
        assert world.states() == ["pending:relay silent"] * 3
    finally:
        world.relay.start()
    world.clock.advance(seconds=70)
    assert len(world.deliver()) == 3
    assert [row["attempt"] for row in world.deliveries()] == [1, 1, 1]


def test_a_change_while_the_letter_waits_for_the_relay_replaces_it(world: World) -> None:
    world.mark("2", 1)
    world.relay.stop()
    try:
        world.deliver()
        world.mark("5", 2, previous="2")
    finally:
        world.relay.start()
    world.clock.advance(seconds=70)
    [text] = world.deliver()
    assert "Новая отметка" in text
    assert "Отметка: 5" in text


def test_many_letters_go_in_batches(world: World) -> None:
    for _ in range(105):
        world.mark("5", 1, mark_id=uuid.uuid4())
    assert len(world.deliver()) == 105
