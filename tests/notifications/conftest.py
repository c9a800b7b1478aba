"""Notifications with its database, a real SMTP sink, and neighbours that answer what a test tells them to."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field
from email.message import EmailMessage
from typing import Any

import flask
import pytest
from aiosmtpd.controller import Controller

from deploy.servers import free_port
from services.common.clock import now
from services.common.db import Database, Scope
from services.common.events import Event
from services.common.identity import token_digest
from services.common.service import Service
from services.notifications.app import create_app
from services.notifications.messages.delivering import Mailer
from services.notifications.messages.smtp import Sender
from services.notifications.service import build
from services.notifications.subscriptions import HANDLERS
from tests.support.suite import Api, settings_for


class Relay:
    """A mail relay on loopback that takes letters, or answers as it is told."""

    def __init__(self) -> None:
        self.letters: list[EmailMessage] = []
        self.recipients: list[list[str]] = []
        self.answers: list[str] = []
        self.connections = 0
        self.port = free_port()
        self._controller: Controller | None = None

    async def handle_EHLO(
        self, server: Any, session: Any, envelope: Any, hostname: str, responses: list[str]
    ) -> list[str]:
        self.connections += 1
        session.host_name = hostname
        return responses

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:
        if self.answers:
            answer = self.answers.pop(0)
            if not answer.startswith("2"):
                return answer
        letter = email.message_from_bytes(envelope.content, policy=email.policy.default)
        assert isinstance(letter, EmailMessage)
        self.letters.append(letter)
        self.recipients.append(list(envelope.rcpt_tos))
        return "250 OK"

    def start(self) -> None:
        self._controller = Controller(self, hostname="127.0.0.1", port=self.port)
        self._controller.start()

    def stop(self) -> None:
        if self._controller is not None:
            self._controller.stop()
            self._controller = None

    def texts(self) -> list[str]:
        return [text_of(letter) for letter in self.letters]


def text_of(letter: EmailMessage) -> str:
    part = letter.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


@dataclass
class Neighbours:
    """What accounts and journal answer; `silent` ones answer 503."""

    outcomes: dict[uuid.UUID, tuple[str, str]] = field(default_factory=dict)
    """By guardian; everybody else consents."""
    no_guardians: set[uuid.UUID] = field(default_factory=set)
    silent: set[str] = field(default_factory=set)
    asked: list[str] = field(default_factory=list)
    tokens: dict[str, dict[str, Any]] = field(default_factory=dict)
    guards: dict[uuid.UUID, set[uuid.UUID]] = field(default_factory=dict)

    def accounts(self) -> flask.Flask:
        app = flask.Flask("accounts")

        @app.post("/internal/accounts/v1/access")
        def access() -> Any:
            self.asked.append("access")
            if "accounts" in self.silent:
                return {}, 503
            body = flask.request.get_json()
            assert body["purpose"] == "mail"
            return {
                "answers": [
                    dict(
                        zip(
                            ("student_id", "person_id", "outcome", "reason"),
                            (s, p, *self.outcomes.get(uuid.UUID(p), ("allowed", "given"))),
                            strict=True,
                        )
                    )
                    for s, p in body["pairs"]
                ]
            }

        @app.post("/internal/accounts/v1/introspect")
        def introspect() -> Any:
            return self.tokens.get(token_digest(flask.request.get_json()["token"]), {"active": False})

        return app

    def journal(self) -> flask.Flask:
        app = flask.Flask("journal")

        @app.post("/internal/journal/v1/guards")
        def guards() -> Any:
            self.asked.append("guards")
            if "journal" in self.silent:
                return {}, 503
            pairs = flask.request.get_json()["pairs"]
            return {"pairs": [pair for pair in pairs if self._stands(*map(uuid.UUID, pair))]}

        return app

    def _stands(self, student: uuid.UUID, person: uuid.UUID) -> bool:
        return person not in self.no_guardians and student in self.guards.get(person, set())


class Clock:
    """The present moment, moved by hand."""

    def __init__(self) -> None:
        self.offset = dt.timedelta()

    def __call__(self) -> dt.datetime:
        return now() + self.offset

    def advance(self, **duration: float) -> None:
        self.offset += dt.timedelta(**duration)


@dataclass
class World:
    """One school with one pupil and a guardian, and what happens to them."""

    service: Service
    application: flask.Flask
    relay: Relay
    neighbours: Neighbours
    clock: Clock
    mailer: Mailer
    school: uuid.UUID = field(default_factory=uuid.uuid4)
    seq: int = 0
    epoch: str = "e"
    """Of journal's stream; another one after a restore."""

    def __post_init__(self) -> None:
        self.happens(
            "accounts.school.created.v1",
            school_id=str(self.school),
            name="МБОУ «Школа № 12»",
            zone="Europe/Simferopol",
        )
        self.child = self.person("Зера")
        self.mother = self.guardian("Людмила", "l@mail.example")

    # --- facts -----------------------------------------------------------------------------------------

    def happens(
        self, type_: str, *, origin: str = "interactive", age: dt.timedelta = dt.timedelta(), **data: Any
    ) -> None:
        self.seq += 1
        event = Event("journal", self.epoch, self.seq, self.school, type_, "k", origin, self.clock() - age, "r", data)
        scope = Scope(school_id=self.school, actor="service:notifications")
        with self.service.database.transaction(scope) as session:
            HANDLERS[type_](session, event)

    def person(self, first_name: str, address: str | None = None, version: int = 1) -> uuid.UUID:
        person_id = uuid.uuid4()
        self.happens(
            "journal.person.registered.v1",
            person_id=str(person_id),
            first_name=first_name,
            middle_name="Сейрановна",
            last_name="Тайная",
            email=address,
            version=version,
        )
        return person_id

    def guardian(
        self, first_name: str, address: str | None, child: uuid.UUID | None = None, **changes: Any
    ) -> uuid.UUID:
        person_id = self.person(first_name, address)
        data: dict[str, Any] = {"from": "2020-09-01", "to": None, "restricted": False} | changes
        self.happens(
            "journal.guardianship.set.v1",
            guardianship_id=str(uuid.uuid4()),
            student_id=str(child or self.child),
            guardian_id=str(person_id),
            version=1,
            **data,
        )
        self.neighbours.guards.setdefault(person_id, set()).add(child or self.child)
        return person_id

    def mark(
        self,
        symbol: str | None,
        version: int,
        previous: str | None = None,
        mark_id: uuid.UUID | None = None,
        **more: Any,
    ) -> None:
        self.happens(
            "journal.mark.set.v1" if symbol else "journal.mark.annulled.v1",
            mark_id=str(mark_id or self.school),
            student_id=str(self.child),
            course_id=str(uuid.uuid4()),
            subject="Алгебра",
            line_item_id=str(uuid.uuid4()),
            work_type="answer",
            work_type_title="Ответ на уроке",
            taught_on="2026-11-24",
            slot=1,
            symbol=symbol,
            previous=previous,
            author_id=str(uuid.uuid4()),
            version=version,
            **more,
        )

    def absent(self, number: int, status: str | None = "absent", version: int = 1, **more: Any) -> None:
        self.happens(
            "journal.attendance.set.v1" if status else "journal.attendance.annulled.v1",
            attendance_id=str(uuid.uuid5(self.school, str(number))),
            student_id=str(self.child),
            lesson_id=str(uuid.uuid4()),
            subject=["", "Алгебра", "Физика", "История"][number],
            taught_on="2026-11-24",
            number=number,
            status=status,
            previous=None,
            version=version,
            **more,
        )

    # --- mail ------------------------------------------------------------------------------------------

    def deliver(self) -> list[str]:
        """Texts of the letters that this brought."""
        before = len(self.relay.letters)
        self.mailer.deliver_due(self.school)
        return self.relay.texts()[before:]

    def states(self) -> list[str]:
        """State and reason of each delivery, in order."""
        return [f"{row['state']}:{row['reason']}" for row in reversed(self.deliveries())]

    def deliveries(self) -> list[dict[str, Any]]:
        answer = self.as_administrator().get("/deliveries")
        assert answer.status_code == 200, answer.text
        items: list[dict[str, Any]] = answer.get_json()["items"]
        return items

    # --- people at the door ----------------------------------------------------------------------------

    def as_administrator(self) -> Api:
        return self.signed_in("administrator")

    def signed_in(self, role: str) -> Api:
        token = "zh_" + (role.encode().hex() * 8)[:43]
        self.neighbours.tokens[token_digest(token)] = {
            "active": True,
            "account": str(uuid.uuid4()),
            "person": str(uuid.uuid5(self.school, role)),
            "school": str(self.school),
            "kinds": ["staff"],
            "session_kind": "browser",
            "roles": [{"kind": role, "classes": None, "directions": None}],
            "diary_students": [],
        }
        self.service.authenticator.forget(token)
        return Api("notifications", self.application, token)


@pytest.fixture(scope="session")
def relay() -> Iterator[Relay]:
    made = Relay()
    made.start()
    yield made
    made.stop()


@dataclass
class Process:
    service: Service
    application: flask.Flask
    relay: Relay


@pytest.fixture(scope="session")
def process(
    databases: dict[str, str], servers: Any, relay: Relay, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Process]:
    settings = settings_for(
        "notifications",
        databases["notifications"],
        servers.redis,
        tmp_path_factory.mktemp("data"),
        smtp_url=f"smtp://127.0.0.1:{relay.port}",
        public_url="https://journal.example",
    )
    service = build(settings, Database(settings.database_url, pool_size=3))
    yield Process(service, create_app(service), relay)
    service.close()


@pytest.fixture
def world(process: Process, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """A school of its own for each test, and an empty relay."""
    neighbours = Neighbours()
    process.service.client.join("accounts", neighbours.accounts())
    process.service.client.join("journal", neighbours.journal())
    process.relay.letters.clear()
    process.relay.recipients.clear()
    process.relay.answers.clear()
    clock = Clock()
    monkeypatch.setattr("services.notifications.subscriptions.now", clock)
    sender = Sender(process.service.settings.smtp_url)
    mailer = Mailer(process.service, sender, clock)
    yield World(process.service, process.application, process.relay, neighbours, clock, mailer)
    sender.close()
