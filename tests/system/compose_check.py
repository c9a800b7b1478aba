"""`python -m tests.system.compose_check`: a running compose (profile `demo`) does what it is for.

Through nginx alone: a school, a mark, its letter in the catcher, a report; what must not be reached; containers as
they should be; a killed one comes back; nothing is lost while Redis is away. `--compose` names the command with its
project and files where these are not the usual ones. The school stays: for a stack that is thrown away afterwards.
"""

from __future__ import annotations

import argparse
import json
import os
import shlex
import signal
import subprocess
import sys
import time
from collections.abc import Sequence

from services.common.config import SERVICES
from tests.support.running import HTTP, SCHOOL, Front, World, activation_code, make_world, until

OWN = (
    *SERVICES, "web", "scheduler", "mail-worker",
    *(f"{name}-worker" for name in SERVICES), "journal-slow", "reports-slow",
)  # fmt: skip


class Stack:
    """The containers, by the compose command."""

    def __init__(self, compose: Sequence[str], url: str, mail: str) -> None:
        self.compose, self.url, self.mail = list(compose), url, mail
        self.front = Front(dict.fromkeys(SERVICES, url))

    def run(self, *arguments: str) -> str:
        return subprocess.run([*self.compose, *arguments], check=True, capture_output=True, text=True).stdout

    def inspect(self, service: str) -> dict[str, object]:
        container = self.run("ps", "-q", service).strip()
        told = subprocess.run(["docker", "inspect", container], check=True, capture_output=True, text=True).stdout
        found: dict[str, object] = json.loads(told)[0]
        return found

    def letters(self, to: str) -> int:
        """How many the catcher holds for an address."""
        found = HTTP.get(f"{self.mail}/api/v1/messages?limit=200").json()["messages"]
        return sum(any(one["Address"] == to for one in letter["To"]) for letter in found)

    def create_school(self) -> str:
        command = [*self.compose, "exec", "-T", "accounts", "python", "-m", "services.accounts.cli", "create-school"]
        return activation_code(subprocess.run([*command, *SCHOOL], capture_output=True, text=True))


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
    until(lambda: stack.letters(world.pupils["Белова"].address) == 1, "the letter is in the catcher")
    assert stack.letters(world.pupils["Гусева"].address) == 0, "who refused has none"


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
    for service in (*OWN, "nginx", "postgres", "redis"):
        told = stack.inspect(service)
        host = told["HostConfig"]
        assert isinstance(host, dict)
        assert host["ReadonlyRootfs"], service
        assert "ALL" in host["CapDrop"], service
        assert "no-new-privileges:true" in host["SecurityOpt"], service
    for service in OWN:
        assert stack.run("exec", "-T", service, "id", "-u").strip() == "10001", service
        assert stack.inspect(service)["State"]["Health"]["Status"] == "healthy", service  # type: ignore[index]
    for service in ("nginx", "postgres", "redis"):
        pid = stack.inspect(service)["State"]["Pid"]  # type: ignore[index]
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


def a_killed_container_comes_back(stack: Stack, world: World) -> None:
    state = stack.inspect("journal")["State"]
    assert isinstance(state, dict)
    os.kill(state["Pid"], signal.SIGKILL)
    until(lambda: HTTP.get(f"{stack.url}/api/journal/v1/years").status_code in (401, 502, 504), "nginx answers")
    until(lambda: _healthy(stack, "journal", state["StartedAt"]), "journal is healthy again")
    world.mark("Белова", "4", base=1)
    until(lambda: stack.letters(world.pupils["Белова"].address) == 2, "the next letter")


def _healthy(stack: Stack, service: str, before: object) -> bool:
    state = stack.inspect(service)["State"]
    assert isinstance(state, dict)
    return state["StartedAt"] != before and state["Health"]["Status"] == "healthy"


def nothing_is_lost_without_redis(stack: Stack, world: World) -> None:
    stack.run("stop", "redis")
    world.mark("Белова", "3", base=2)
    stack.run("start", "redis")
    until(lambda: stack.letters(world.pupils["Белова"].address) == 3, "the letter of a mark typed without Redis")
    assert stack.letters(world.pupils["Гусева"].address) == 0


CHECKS = {
    "a mark becomes a letter": a_mark_becomes_a_letter,
    "a report comes through nginx": a_report_comes_through_the_door,
    "internal routes, metrics, readiness are 404; only nginx and the catcher are published": nothing_inner_is_reached,
    "read-only roots, no capabilities, nobody is root, everybody healthy": containers_are_closed,
    "a TLS proxy in front is believed": a_tls_proxy_in_front_is_believed,
    "a killed container is healthy again by itself": a_killed_container_comes_back,
    "nothing is lost while Redis is away": nothing_is_lost_without_redis,
}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
