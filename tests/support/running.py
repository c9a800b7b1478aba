"""A suite as processes, spoken to over HTTP as a stranger would, and a small school in it."""

from __future__ import annotations

import contextlib
import os
import re
import signal
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import httpx2

from deploy.servers import dying_with_parent, free_port
from services.common.config import SERVICES

PASSWORD = "семь-раз-отмерь-42"
BIRTH_DATE = "2012-05-04"
PATIENCE = 120.0
"""Seconds that a condition may take to come true on a machine that does other things, too."""
START_PATIENCE = 420.0
"""The same of a suite's start, whose own limits are 180 s until it serves and 120 s until the services are told."""

RUN = [sys.executable, "-m", "deploy.embedded"]
"""`./run` when its environment is there already."""
START = [*RUN, "--empty"]
"""As above, for a suite that the test fills itself."""
READY = "ready in"


def until(true: Callable[[], Any], what: str | Callable[[], str], seconds: float = PATIENCE) -> Any:
    """The first true answer. Fails with `what` when there is none in time; a function says how it is then."""
    deadline = time.monotonic() + seconds
    while True:
        answer = true()
        if answer:
            return answer
        assert time.monotonic() < deadline, f"not within {seconds:.0f} s: {what() if callable(what) else what}"
        time.sleep(0.1)


def without_servers() -> dict[str, str]:
    """This environment, naming no servers: the suite starts its own, and is patient with its machine."""
    named = ("DATABASE_URL", "REDIS_URL", "SMTP_URL")
    kept = {name: value for name, value in os.environ.items() if name not in named}
    return kept | {"ZHURNAL_INTROSPECTION_SECONDS": "10"}


HTTP = httpx2.Client(timeout=60, trust_env=False, limits=httpx2.Limits(max_keepalive_connections=0))
"""For all calls: a client costs more than a request. It keeps no connection, for suites come and go."""


# --- over HTTP -----------------------------------------------------------------------------------------


@dataclass
class Front:
    """Addresses of the services' public API by name: one for all, or one each."""

    urls: Mapping[str, str]

    def ask(self, method: str, path: str, token: str = "", body: Any = None) -> httpx2.Response:
        """The answer, whatever it is; `path` starts with the service's name."""
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        url = f"{self.urls[path.partition('/')[0]]}/api/{path}"
        return HTTP.request(method, url, headers=headers, json=body)

    def call(self, method: str, path: str, token: str = "", body: Any = None, status: int = 200) -> Any:
        """The JSON of an answer that must have this status. Comes again when it is told to come later, for on a
        machine that does other things the limits of questions between services are short."""
        deadline = time.monotonic() + PATIENCE
        answer = self.ask(method, path, token, body)
        while answer.status_code == 503 != status and time.monotonic() < deadline:
            time.sleep(float(answer.headers["Retry-After"]))
            answer = self.ask(method, path, token, body)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:400])
        return answer.json() if answer.content else None

    def activate(self, code: str, **more: Any) -> str:
        """A token for the code that somebody was given."""
        body = {"code": code, "password": PASSWORD, **more}
        return str(self.call("POST", "accounts/v1/credentials/activate", body=body, status=201)["token"])


@dataclass
class Sink:
    """A Maildir of the mails that left."""

    folder: Path

    def mails(self, to: str = "") -> list[EmailMessage]:
        """What was sent to an address, oldest first."""
        found = []
        for path in sorted((self.folder / "new").glob("*"), key=lambda p: p.stat().st_mtime_ns):
            with contextlib.suppress(FileNotFoundError):
                mail = cast(EmailMessage, message_from_bytes(path.read_bytes(), policy=policy.default))
                if to in str(mail["To"]):
                    found.append(mail)
        return found

    def wait(self, to: str, count: int) -> list[EmailMessage]:
        """The mails to an address when there are `count`; it is wrong if there are more."""
        until(lambda: len(self.mails(to)) >= count, lambda: f"{count} mails to {to}, not {len(self.mails(to))}")
        found = self.mails(to)
        assert len(found) == count
        return found


# --- processes -----------------------------------------------------------------------------------------


def _stat(pid: int) -> list[str] | None:
    """Fields of /proc/<pid>/stat behind the command's name: state, parent, …, start time."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None


@dataclass(frozen=True)
class Process:
    """A process by pid and start time: a pid alone may be somebody else's later."""

    pid: int
    started: str
    command: str

    def alive(self) -> bool:
        stat = _stat(self.pid)
        return stat is not None and stat[0] not in ("Z", "X") and stat[19] == self.started


def process_of(pid: int) -> Process | None:
    """The process that has this pid now."""
    stat = _stat(pid)
    with contextlib.suppress(FileNotFoundError, ProcessLookupError):
        if stat is not None:
            return Process(pid, stat[19], Path(f"/proc/{pid}/cmdline").read_text().replace("\0", " "))
    return None


def descendants(pid: int, *, direct: bool = False) -> list[Process]:
    """All processes below a process, or only its own children."""
    parents = {int(p.name): stat for p in Path("/proc").glob("[0-9]*") if (stat := _stat(int(p.name)))}
    found, wanted = [], [pid]
    while wanted:
        parent = wanted.pop()
        children = [child for child, stat in parents.items() if int(stat[1]) == parent]
        found += [process for child in children if (process := process_of(child))]
        wanted += [] if direct else children
    return found


@dataclass
class Run:
    """`./run` on a data folder: started, stopped and started again by whoever holds it."""

    data: Path
    port: int = field(default_factory=free_port)
    begin: Sequence[str] = field(default_factory=lambda: START)
    process: subprocess.Popen[str] | None = None
    said: list[str] = field(default_factory=list)
    """Lines of this life."""

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    @property
    def front(self) -> Front:
        return Front(dict.fromkeys(SERVICES, self.url))

    @property
    def sink(self) -> Sink:
        return Sink(self.data / "mail")

    def command(self, *more: str) -> list[str]:
        return [*self.begin, "--data", str(self.data), "--port", str(self.port), *more]

    def start(self) -> float:
        """Returns when the suite says that it is ready: the seconds that took."""
        began = time.monotonic()
        self.said = said = []
        process = subprocess.Popen(
            dying_with_parent(self.command(), "INT"),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            env=without_servers(),
            start_new_session=True,
        )
        self.process = process
        threading.Thread(target=_read, args=(process, said), daemon=True).start()

        def decided() -> bool:
            return process.poll() is not None or self.has_said(READY)

        until(decided, lambda: "ready; it said:\n" + "".join(said), START_PATIENCE)
        assert process.poll() is None, "".join(said)
        return time.monotonic() - began

    def has_said(self, words: str) -> bool:
        return any(words in line for line in self.said)

    def running(self) -> bool:
        return self.process is not None and self.process.poll() is None

    def ready(self) -> bool:
        """Whether the suite says that it can serve."""
        try:
            return bool(HTTP.get(f"{self.url}/readyz", timeout=10).status_code == 200)
        except httpx2.TransportError:
            return False

    def stop(self) -> None:
        """Ctrl-C; kills only what does not go by itself."""
        if self.process is None or self.process.poll() is not None:
            return
        self.process.send_signal(signal.SIGINT)
        try:
            self.process.wait(2 * PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise

    def create_school(self) -> str:
        """The activation code of a new school's administrator, by the command beside the running suite."""
        command = [*RUN, "create-school", "--data", str(self.data), *SCHOOL]
        made = subprocess.run(command, capture_output=True, text=True, env=without_servers())
        return activation_code(made)


SCHOOL = ("--name", "Школа № 9", "--zone", "Europe/Moscow", "--admin", "Ильина Вера Павловна")


def activation_code(made: subprocess.CompletedProcess[str]) -> str:
    """The code that `create-school` printed."""
    code = re.search(r"/activate#(\S+)", made.stdout)
    assert code, made.stdout + made.stderr
    return code[1]


def _read(process: subprocess.Popen[str], said: list[str]) -> None:
    assert process.stdout is not None
    with process.stdout:
        said.extend(process.stdout)


# --- a school ------------------------------------------------------------------------------------------


@dataclass
class Pupil:
    """A pupil of the class and the mother who decided."""

    id: str
    guardian_id: str
    address: str


@dataclass
class World:
    """A school with one class, a course and a guardian for each pupil."""

    front: Front
    admin: str
    teacher: str
    course: str
    lessons: list[str]
    pupils: dict[str, Pupil]
    codes: dict[str, str]
    class_id: str
    teacher_id: str
    year_start: str
    """First day of the school year: past, on any day from September to June."""

    def with_course(self, subject: str, days: Sequence[str]) -> World:
        """The same school as the teacher of another course of the class sees it, from the year's first day on."""
        call = self.front.call
        subject_id = call("POST", "journal/v1/subjects", self.admin, {"name": subject}, 201)["id"]
        teachers = [{"person_id": self.teacher_id, "from": self.year_start}]
        course_body = {"class_id": self.class_id, "subject_id": subject_id, "teachers": teachers}
        course = call("POST", "journal/v1/courses", self.admin, course_body, 201)["id"]
        lessons_body = {"dates": list(days), "number": 2}
        lessons = call("POST", f"journal/v1/courses/{course}/lessons", self.admin, lessons_body, 201)["items"]
        return replace(self, course=course, lessons=[lesson["id"] for lesson in lessons])

    def change(self, name: str, symbol: str, base: int | None = None, lesson: int = 0) -> dict[str, Any]:
        """What a teacher sends who types a mark for an answer in a lesson."""
        item = {"op_id": str(uuid.uuid4()), "lesson_id": self.lessons[lesson], "work_type": "answer", "ordinal": 0}
        operation = {
            "op_id": str(uuid.uuid4()),
            "student_id": self.pupils[name].id,
            "line_item_op": item["op_id"],
            "symbol": symbol,
            "base_version": base,
        }
        return {"line_items": [item], "operations": [operation]}

    def mark(self, name: str, symbol: str, base: int | None = None, lesson: int = 0) -> Any:
        """Types a mark, which must be applied; what was sent."""
        body = self.change(name, symbol, base, lesson)
        answer = self.front.call("PATCH", self.page, self.teacher, body)
        assert len(answer["applied"]) == 1, answer
        return body

    @property
    def page(self) -> str:
        return f"journal/v1/courses/{self.course}/page"

    def diary(self, name: str) -> str:
        return f"journal/v1/diary?student={self.pupils[name].id}"

    def guardian(self, name: str) -> str:
        """A token of the pupil's mother, who uses her code now."""
        return self.front.activate(self.codes[self.pupils[name].guardian_id], child_birth_date=BIRTH_DATE)


def make_world(front: Front, code: str, families: Mapping[str, str]) -> World:
    """Fills the school whose administrator holds `code`: surname of a pupil to what its mother decided.

    The course has one lesson, on the first day of the school year.
    """
    call = front.call
    admin = front.activate(code)
    year_start = until(lambda: _years(front, admin), "journal hears of the school")[0]["starts_on"]

    def person(kinds: list[str], last_name: str, **more: Any) -> str:
        body = {"kinds": kinds, "last_name": last_name, "first_name": "Анна", **more}
        return str(call("POST", "journal/v1/people", admin, body, 201)["id"])

    school_class = call("POST", "journal/v1/classes", admin, {"grade_level": 8, "letter": "А"}, 201)["id"]
    teacher_id = person(["staff"], "Османова", position="учитель")
    pupils = {}
    for number, (name, decision) in enumerate(families.items()):
        student = person(["student"], name, birth_date=BIRTH_DATE)
        enrollment = {"student_id": student, "from": year_start}
        call("POST", f"journal/v1/classes/{school_class}/enrollments", admin, enrollment, 201)
        pupils[name] = Pupil(student, "", f"{decision}{number}@example.org")
        pupils[name].guardian_id = person(["guardian"], name, email=pupils[name].address)
        link = {"guardian_id": pupils[name].guardian_id, "student_id": student, "relation": "мать"}
        call("POST", "journal/v1/guardianships", admin, link | {"from": year_start}, 201)
        for purpose in ("diary", "mail"):
            pair = {"student_id": student, "guardian_id": pupils[name].guardian_id, "purpose": purpose}
            consent = pair | {"decision": decision, "signed_on": year_start}
            call("POST", "accounts/v1/consents", admin, consent, 201)
    wanted = {"person_ids": [teacher_id, *(p.guardian_id for n, p in pupils.items() if families[n] == "given")]}
    given = call("POST", "accounts/v1/credentials", admin, wanted, 201)["items"]
    codes = {item["person_id"]: item["code"] for item in given}
    teacher = front.activate(codes[teacher_id])
    school = World(front, admin, teacher, "", [], pupils, codes, school_class, teacher_id, year_start)
    return school.with_course("Алгебра", [year_start])


def _years(front: Front, admin: str) -> Any:
    answer = front.ask("GET", "journal/v1/years", admin)
    return answer.json()["items"] if answer.status_code == 200 else None
