"""The link by which somebody says that the letter is not for him."""

from __future__ import annotations

import re
import uuid

from tests.notifications.conftest import World, text_of


def _link_token(world: World) -> str:
    found = re.search(r"https://journal\.example/not-me#(\S+)", text_of(world.relay.letters[-1]))
    assert found
    return found[1]


def test_the_link_holds_the_address_at_once_and_tells_the_administrator(world: World) -> None:
    world.mark("5", 1)
    world.deliver()
    world.mark("5", 1, mark_id=uuid.uuid4())
    stranger = world.as_administrator()
    stranger.token = ""
    for _ in range(2):
        assert stranger.post(f"/not-me/{_link_token(world)}").status_code == 204
    assert world.deliver() == []
    world.mark("5", 1, mark_id=uuid.uuid4())
    assert world.deliver() == []
    assert world.states() == ["done:", "not_consented:address held", "not_consented:address held"]
    [held] = world.as_administrator().get("/held-addresses").get_json()["items"]
    assert held["address"] == "l@mail.example"
    assert world.as_administrator().post(f"/held-addresses/{held['id']}/lift").status_code == 204
    world.mark("5", 1, mark_id=uuid.uuid4())
    assert len(world.deliver()) == 1


def test_an_unknown_link_is_not_found(world: World) -> None:
    stranger = world.as_administrator()
    stranger.token = ""
    assert stranger.post("/not-me/" + "A" * 24).status_code == 404
