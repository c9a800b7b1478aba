"""`python -m tests.system.compose_check`: a running compose (profile `demo`) does what it is for.

Through nginx alone: a school, a mark, its letter in the catcher, a report; what must not be reached; containers as
they should be; nothing is lost while Redis is away, nor while every container in turn is killed. `--compose` names
the command with its project and files where these are not the usual ones. The schools stay: for a stack that is
thrown away afterwards. Ten minutes.
"""

from __future__ import annotations

import argparse
import functools
import json
import os
import random
import shlex
import sys
import time
from collections.abc import Sequence

from tests.support.compose import MOST_LETTERS, OTHERS, OWN, Stack
from tests.support.running import HTTP, World, make_world, until
from tests.system.ledger.acts import Act
from tests.system.ledger.families import make_families
from tests.system.ledger.siege import besiege

MARKS = 400
"""Of the ledger: not more letters than the catcher keeps."""
RATE = 1.5
"""Marks a second, so that they go in for as long as the deaths last."""


def main(argv: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.system.compose_check", description=__doc__)
    parser.add_argument("--compose", default="docker compose", help="the compose command with its files")
    parser.add_argument("--url", default="http://127.0.0.1:8080")
    parser.add_argument("--mail", default="http://127.0.0.1:8025", help="the catcher's own API")
    options = parser.parse_args(argv)
    stack = Stack(shlex.split(options.compose), options.url, options.mail)
    world = make_world(stack.front, stack.create_school(), {"Белова": "given", "Гусева": "refused"})
    for name, check in CHECKS.items():
        began = time.monotonic()
        check(stack, world)
        print(f"ok: {name} ({time.monotonic() - began:.1f} s)", flush=True)
    return 0


def a_mark_becomes_a_letter(stack: Stack, world: World) -> None:
    world.mark("Гусева", "3")
    world.mark("Белова", "5")
    until(lambda: stack.letters_to(world.pupils["Белова"].address) == 1, "the letter is in the catcher")
    assert stack.letters_to(world.pupils["Гусева"].address) == 0, "who refused has none"


def a_report_comes_through_the_door(stack: Stack, world: World) -> None:
    period = stack.front.call("GET", "journal/v1/periods?grade=8", world.admin)["items"][0]["id"]
    body = {"form": "class_period_results", "parameters": {"class": world.class_id, "period": period}}
    job = stack.front.call("POST", "reports/v1/reports", world.admin, body, 202)["id"]
    path = f"reports/v1/reports/{job}"
    until(lambda: stack.front.call("GET", path, world.admin)["state"] == "done", "the report is made")
    for kind, sign in (("pdf", b"%PDF"), ("xlsx", b"PK")):
        file = stack.front.ask("GET", f"{path}/files/{kind}", world.admin)
        assert file.content.startswith(sign), kind


def nothing_inner_is_reached(stack: Stack, world: World) -> None:
    for path in (
        "/internal/accounts/v1/introspect", "/internal/journal/metrics", "/metrics",
        "/readyz", "/api/journal/readyz", "/api/journal/metrics",
    ):  # fmt: skip
        assert HTTP.get(stack.url + path).status_code == 404, path
    published = json.loads("[" + ",".join(stack.run("ps", "--format", "json").split("\n")).strip(",") + "]")
    outside = {
        one["Service"] for one in published for port in one.get("Publishers") or () if port.get("PublishedPort")
    }
    assert outside == {"nginx", "mail"}, outside


def containers_are_closed(stack: Stack, world: World) -> None:
    for service in (*OWN, *OTHERS):
        host = stack.inspect(service)["HostConfig"]
        assert host["ReadonlyRootfs"], service
        assert "ALL" in host["CapDrop"], service
        assert "no-new-privileges:true" in host["SecurityOpt"], service
    for service in OWN:
        assert stack.run("exec", "-T", service, "id", "-u").strip() == "10001", service
        assert stack.inspect(service)["State"]["Health"]["Status"] == "healthy", service
    for service in OTHERS:
        pid = stack.inspect(service)["State"]["Pid"]
        assert os.stat(f"/proc/{pid}").st_uid != 0, f"{service} runs as root"


def a_tls_proxy_in_front_is_believed(stack: Stack, world: World) -> None:
    """As one on this machine would ask: without it the school's address is not safe enough for a session."""
    school = {"Host": "school.example.org"}
    plain = HTTP.get(f"{stack.url}/login", headers=school)
    assert "По этому адресу войти нельзя" in plain.text
    assert "Strict-Transport-Security" not in plain.headers
    proxied = school | {"X-Forwarded-Proto": "https", "X-Forwarded-For": "203.0.113.7"}
    behind = HTTP.get(f"{stack.url}/login", headers=proxied)
    assert "По этому адресу войти нельзя" not in behind.text
    assert "Strict-Transport-Security" in behind.headers
    before = _addresses(stack)
    for address in ("203.0.113.7", "198.51.100.9"):
        body = {"login": "nobody-there", "password": "не тот пароль"}
        headers = proxied | {"X-Forwarded-For": address}
        assert HTTP.post(f"{stack.url}/api/accounts/v1/sessions", headers=headers, json=body).status_code == 401
    assert _addresses(stack) == before + 2, "accounts counts the browsers' addresses, not nginx's"


def _addresses(stack: Stack) -> int:
    """From how many networks somebody tried to sign in."""
    query = "SELECT count(DISTINCT address_hash) FROM sign_in_attempt"
    return int(stack.run("exec", "-T", "postgres", "psql", "-U", "postgres", "-Atc", query, "zhurnal_accounts"))


def nothing_is_lost_without_redis(stack: Stack, world: World) -> None:
    stack.run("stop", "redis")
    world.mark("Белова", "4", base=1)
    stack.run("start", "redis")
    until(lambda: stack.letters_to(world.pupils["Белова"].address) == 2, "the letter of a mark typed without Redis")
    assert stack.letters_to(world.pupils["Гусева"].address) == 0


def nothing_is_lost_whoever_is_killed(stack: Stack, world: World) -> None:
    """The ledger, on a school of its own: every container but the catcher's dies by kill -9, one after the other, and
    must be healthy again by itself before the next does."""
    came = sum(len(letters) for letters in stack.letters().values())
    assert came < MOST_LETTERS - MARKS
    taught = make_families(stack.front, stack.create_school(), MARKS)
    acts = [Act(f"{service} killed", functools.partial(_kill, stack, service)) for service in (*OWN, *OTHERS)]
    chance = random.Random(1)
    besiege(stack, taught, MARKS, RATE, acts, chance, _record)


def _kill(stack: Stack, service: str) -> None:
    began = time.monotonic()
    stack.kill(service)
    _record(f"seconds until {service} was healthy again", round(time.monotonic() - began))


def _record(name: str, value: object) -> None:
    print(f"   {name}: {value}", flush=True)


CHECKS = {
    "a mark becomes a letter": a_mark_becomes_a_letter,
    "a report comes through nginx": a_report_comes_through_the_door,
    "internal routes, metrics, readiness are 404; only nginx and the catcher are published": nothing_inner_is_reached,
    "read-only roots, no capabilities, nobody is root, everybody healthy": containers_are_closed,
    "a TLS proxy in front is believed": a_tls_proxy_in_front_is_believed,
    "nothing is lost while Redis is away": nothing_is_lost_without_redis,
    "every killed container is healthy again by itself, and nothing is lost": nothing_is_lost_whoever_is_killed,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
