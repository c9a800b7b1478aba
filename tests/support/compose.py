"""A running compose project (profile `demo`), spoken to through nginx as a stranger would."""

from __future__ import annotations

import datetime as dt
import json
import os
import signal
import subprocess
from collections import defaultdict
from collections.abc import Sequence
from typing import Any

from services.common.config import SERVICES
from tests.support.running import HTTP, SCHOOL, Front, activation_code, until

OWN = (
    *SERVICES, "web", "scheduler", "mail-worker",
    *(f"{name}-worker" for name in SERVICES), "journal-slow", "reports-slow",
)  # fmt: skip
OTHERS = ("nginx", "postgres", "redis")
MOST_LETTERS = 500
"""So many the catcher keeps unless it is told otherwise."""


class Stack:
    """The containers, by the compose command."""

    def __init__(self, compose: Sequence[str], url: str, mail: str) -> None:
        self.compose, self.url, self.mail = list(compose), url, mail
        self.front = Front(dict.fromkeys(SERVICES, url))

    def run(self, *arguments: str) -> str:
        return subprocess.run([*self.compose, *arguments], check=True, capture_output=True, text=True).stdout

    def inspect(self, service: str) -> dict[str, Any]:
        container = self.run("ps", "-q", service).strip()
        told = subprocess.run(["docker", "inspect", container], check=True, capture_output=True, text=True).stdout
        found: dict[str, Any] = json.loads(told)[0]
        return found

    def kill(self, service: str) -> None:
        """Its first process by kill -9, which Docker takes for a death of its own; back when it is healthy again."""
        state = self.inspect(service)["State"]
        os.kill(state["Pid"], signal.SIGKILL)
        until(lambda: self._healthy(service, state["StartedAt"]), f"{service} is healthy again")

    def _healthy(self, service: str, before: str) -> bool:
        state = self.inspect(service)["State"]
        return bool(state["StartedAt"] != before and state["Health"]["Status"] == "healthy")

    def create_school(self) -> str:
        command = [*self.compose, "exec", "-T", "accounts", "python", "-m", "services.accounts.cli", "create-school"]
        return activation_code(subprocess.run([*command, *SCHOOL], capture_output=True, text=True))

    def rows(self, service: str, select: str) -> list[tuple[Any, ...]]:
        """What its database answers, as PostgreSQL's owner sees it; columns need names of their own."""
        query = f"SELECT coalesce(json_agg(found), '[]') FROM ({select}) found"
        told = self.run("exec", "-T", "postgres", "psql", "-U", "postgres", "-Atc", query, f"zhurnal_{service}")
        return [tuple(row.values()) for row in json.loads(told)]

    def letters(self) -> dict[str, list[tuple[str, float]]]:
        """All that the catcher holds, by address: Message-ID and moment (seconds since the epoch)."""
        found: dict[str, list[tuple[str, float]]] = defaultdict(list)
        for letter in HTTP.get(f"{self.mail}/api/v1/messages?limit={MOST_LETTERS}").json()["messages"]:
            moment = dt.datetime.fromisoformat(letter["Created"]).timestamp()
            for to in letter["To"]:
                found[to["Address"]].append((f"<{letter['MessageID']}>", moment))
        return found

    def letters_to(self, address: str) -> int:
        """How many the catcher holds for an address."""
        return len(self.letters()[address])
