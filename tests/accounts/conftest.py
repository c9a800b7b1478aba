"""A school per test, and a journal that answers what each test lays down."""

from __future__ import annotations

import datetime as dt
import itertools
import uuid
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

import orjson
import pytest
import time_machine

from services.accounts import app as accounts_app
from services.accounts import service as accounts_service
from services.accounts.edge import Accounts
from services.accounts.schools.commands import SchoolMade, create_school
from services.accounts.subscriptions import HANDLERS
from services.common.db import Scope, new_id
from services.common.events.publishing import Event
from tests.accounts.answers import PASSWORD, ok
from tests.accounts.factors import Phone
from tests.support.databases import Servers
from tests.support.suite import TOKENS, Api, settings_for

_addresses = itertools.count(1)


@dataclass
class Journal:
    """Stands where journal is asked: relations and people that a test told it of."""

    leads: dict[str, list[str]] = field(default_factory=dict)
    guards: dict[str, list[str]] = field(default_factory=dict)
    state: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    duties: dict[str, Any] = field(default_factory=lambda: {"staff": [], "classes": []})
    silent: bool = False

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> list[bytes]:
        if self.silent:
            start_response("503 Service Unavailable", [])
            return [b""]
        path = environ["PATH_INFO"].removeprefix("/internal/journal/v1/")
        if path == "relations":
            person = orjson.loads(environ["wsgi.input"].read())["person_id"]
            answer: dict[str, Any] = {
                "teaches": [],
                "leads": self.leads.get(person, []),
                "substitutes": [],
                "guards": self.guards.get(person, []),
                "on": dt.datetime.now(dt.UTC).date().isoformat(),
            }
        elif path == "duties":
            answer = self.duties
        else:
            wanted = {key: values[0] for key, values in parse_qs(environ["QUERY_STRING"]).items()}
            rows = [row for row in self.state.get(path.removeprefix("state/"), []) if _fits(row, wanted)]
            answer = {"epoch": "e", "seq": 1, "rows": rows, "next": None}
        start_response("200 OK", [("Content-Type", "application/json")])
        return [orjson.dumps(answer)]


def _fits(row: dict[str, Any], wanted: dict[str, str]) -> bool:
    if "id" in wanted:
        return bool(row["person_id"] == wanted["id"])
    return wanted["person"] in (row["guardian_id"], row["student_id"])


@pytest.fixture(scope="session")
def service(
    databases: dict[str, str], servers: Servers, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Accounts]:
    """accounts alone, as one process runs it."""
    data: Path = tmp_path_factory.mktemp("accounts")
    settings = settings_for("accounts", databases["accounts"], servers.redis, data)
    built = accounts_service.build(settings)
    yield built
    built.close()


@pytest.fixture(scope="session")
def application(service: Accounts) -> Any:
    return accounts_app.create_app(service)


@pytest.fixture
def journal(service: Accounts) -> Journal:
    """What journal answers in this test."""
    answering = Journal()
    service.client.join("journal", answering)
    return answering


@dataclass
class School:
    """A school with an administrator who has signed in."""

    service: Accounts
    application: Any
    journal: Journal
    made: SchoolMade
    admin_token: str = ""
    _seq: Iterator[int] = field(default_factory=lambda: itertools.count(1))
    _versions: Iterator[int] = field(default_factory=lambda: itertools.count(1))

    @property
    def id(self) -> uuid.UUID:
        return self.made.school_id

    @property
    def admin(self) -> Api:
        return self.api(self.admin_token)

    def api(self, token: str = "") -> Api:
        return Api("accounts", self.application, token)

    def tell(self, kind: str, **data: Any) -> None:
        """An event of journal reaches accounts."""
        event = Event(
            "journal", "e", next(self._seq), self.id, kind, "key", "interactive",
            dt.datetime.now(dt.UTC), "", orjson.loads(orjson.dumps(data)),
        )  # fmt: skip
        with self.service.database.transaction(Scope(school_id=self.id, actor="service:accounts")) as session:
            HANDLERS[kind](session, event)

    def person(self, *kinds: str, name: str = "Иванова Анна Петровна", **more: Any) -> uuid.UUID:
        """Somebody whom journal has told of."""
        person_id = more.pop("person_id", None) or new_id()
        self.tell("journal.person.registered.v1", **self.told(person_id, *kinds, name=name, **more))
        return person_id

    def told(self, person_id: uuid.UUID, *kinds: str, name: str, **more: Any) -> dict[str, Any]:
        last, first, middle = name.split()
        return {
            "person_id": str(person_id), "kinds": kinds, "last_name": last, "first_name": first,
            "middle_name": middle, "birth_date": None, "email": None, "phone": None, "left_on": None,
            "version": next(self._versions), **more,
        }  # fmt: skip

    def guards(self, guardian: uuid.UUID, student: uuid.UUID, **more: Any) -> uuid.UUID:
        """The guardian looks after the pupil, by journal's relations and by its event."""
        link = more.pop("guardianship_id", None) or new_id()
        values = {"relation": "mother", "from": "2020-01-01", "to": None, "restricted": False, **more}
        self.journal.guards.setdefault(str(guardian), []).append(str(student))
        self.tell(
            "journal.guardianship.set.v1", guardianship_id=link, student_id=student, guardian_id=guardian,
            version=next(self._versions), **values,
        )  # fmt: skip
        return link

    def enrolled(self, student: uuid.UUID, class_id: uuid.UUID, name: str = "6Б") -> None:
        self.tell(
            "journal.enrollment.set.v1", enrollment_id=new_id(), student_id=student, class_id=class_id,
            class_name=name, to=None, version=1, **{"from": "2020-09-01"},
        )  # fmt: skip

    def signed_in(self, person_id: uuid.UUID, **activation: Any) -> Api:
        """That person, let in by a code."""
        issued = ok(self.admin.post("/credentials", {"person_ids": [str(person_id)]}), 201)["items"][0]
        body = {"code": issued["code"], "password": PASSWORD, **activation}
        return self.api(ok(self.api().post("/credentials/activate", body), 201)["token"])

    def with_role(self, kind: str, **more: Any) -> Api:
        """A member of staff who holds a role from today."""
        person = self.person("staff")
        body = {"person_id": str(person), "kind": kind, "from": "2020-01-01", **more}
        ok(self.admin.post("/roles", body), 201)
        return self.signed_in(person)


@pytest.fixture
def make_school(service: Accounts, application: Any, journal: Journal) -> Callable[[], School]:
    def make() -> School:
        with service.database.transaction(Scope(actor="command:test")) as session:
            made = create_school(
                session, "Школа № 3", "Europe/Simferopol", "Крымова Ольга Сергеевна",
                address="Симферополь, ул. Ореховая, 3", site="school3.example.org",
            )  # fmt: skip
        school = School(service, application, journal, made)
        body = {"code": made.code, "password": PASSWORD}
        school.admin_token = ok(school.api().post("/credentials/activate", body), 201)["token"]
        return school

    return make


@pytest.fixture
def school(make_school: Callable[[], School]) -> School:
    return make_school()


@pytest.fixture
def from_web() -> dict[str, str]:
    """Headers of web for a browser at an address that no other test uses."""
    number = next(_addresses)
    address = f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}"
    return {"Zhurnal-Service": f"web {TOKENS['web']}", "Forwarded": f"for={address}"}


@pytest.fixture
def still() -> Iterator[None]:
    """The clock stands: what must wait two seconds waits them on a busy machine too."""
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False):
        yield


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """A clock that stands until the test moves it."""
    with time_machine.travel(dt.datetime.now(dt.UTC), tick=False) as traveller:
        yield traveller


@pytest.fixture
def phone(school: School, clock: time_machine.Traveller, from_web: dict[str, str]) -> Phone:
    return Phone(school, clock, from_web)
