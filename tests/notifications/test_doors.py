"""Who may look into the mail and settle its delays."""

from __future__ import annotations

import mailbox
import uuid
from dataclasses import replace

import pytest

from tests.notifications.conftest import World


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/deliveries"), ("GET", "/held-addresses"), ("PUT", "/settings")],
)
def test_only_the_administrator_looks_into_the_mail(world: World, method: str, path: str) -> None:
    body = {"mark_delay_minutes": 1, "absence_delay_minutes": 1} if method == "PUT" else None
    assert world.signed_in("secretary").call(method, path, body).status_code == 403
    nobody = world.as_administrator()
    nobody.token = ""
    assert nobody.call(method, path, body).status_code == 401


def test_deliveries_are_found_by_state_and_page_by_page(world: World) -> None:
    for _ in range(3):
        world.mark("5", 1, mark_id=uuid.uuid4())
    world.deliver()
    door = world.as_administrator()
    assert door.get("/deliveries?state=failed").get_json()["items"] == []
    first = door.get("/deliveries?state=done&limit=2").get_json()
    second = door.get(f"/deliveries?state=done&limit=2&cursor={first['next']}").get_json()
    assert (len(first["items"]), len(second["items"]), second["next"]) == (2, 1, None)
    assert door.get("/deliveries?state=nonsense").status_code == 422


def test_delays_out_of_bounds_or_from_an_old_version_are_refused(world: World) -> None:
    door = world.as_administrator()
    good = {"mark_delay_minutes": 1, "absence_delay_minutes": 30}
    assert door.put("/settings", good).status_code == 428
    assert door.put("/settings", good, headers={"If-Match": '"0"'}).status_code == 200
    assert door.put("/settings", good, headers={"If-Match": '"0"'}).status_code == 412
    bad = good | {"mark_delay_minutes": 16}
    assert door.put("/settings", bad, headers={"If-Match": '"1"'}).status_code == 422
    assert door.get("/settings").get_json() == good


def test_the_sink_is_read_in_the_demonstration_only(world: World) -> None:
    assert world.as_administrator().get("/demo/mails").status_code == 404


def test_the_demonstrations_sink_is_shown_to_the_administrator(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    world.mark("5", 1)
    world.deliver()
    demo = replace(world.service.settings, environment="demo")
    monkeypatch.setattr(world.service, "settings", demo)
    sink = mailbox.Maildir(demo.data / "mail")
    sink.add(world.relay.letters[-1])
    door = world.as_administrator()
    [line] = door.get("/demo/mails").get_json()["items"]
    assert line["subject"] == "Зера: новое в дневнике за 24 ноября"
    whole = door.get(f"/demo/mails/{line['id']}").get_json()
    assert "Отметка: 5" in whole["text"]
    assert "<table" in whole["html"]
    assert door.get("/demo/mails/..%2F..%2Fsecret").status_code == 404
    assert world.signed_in("teacher").get("/demo/mails").status_code == 403


def test_permissions_name_what_the_role_may(world: World) -> None:
    names = world.signed_in("deputy").get("/permissions").get_json()["permissions"]
    assert names == {"SELF_READ": "all", "SETTINGS_READ": "all"} or set(names) == {
        "SELF_READ",
        "SETTINGS_READ",
    }
