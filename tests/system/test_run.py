"""`./run` as a person starts it: a school begins, a teacher types a mark, the parent has the mail."""

from __future__ import annotations

import contextlib
import json
import os
import re
import signal
import subprocess
import sys
import time
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import httpx2
import pytest

from deploy.servers import free_port

pytestmark = [
    pytest.mark.system,
    pytest.mark.slow,
    pytest.mark.timeout(300),
    pytest.mark.enable_socket,
    pytest.mark.xdist_group("run"),
]

PASSWORD = "семь-раз-отмерь-42"
YEAR_START = "2026-09-01"


@dataclass
class Running:
    """A suite started by `python -m deploy.embedded`, as `./run` does."""

    data: Path
    url: str
    process: subprocess.Popen[str]

    def call(self, method: str, path: str, token: str = "", body: Any = None, status: int = 200) -> Any:
        headers = {"Authorization": f"Bearer {token}"} if token else {}
        answer = httpx2.request(method, f"{self.url}/api/{path}", headers=headers, json=body, timeout=20)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:400])
        return answer.json() if answer.content else None

    def mails(self, to: str) -> list[EmailMessage]:
        """What the sink holds for an address, oldest first."""
        found = []
        for path in sorted((self.data / "mail" / "new").iterdir(), key=lambda p: p.stat().st_mtime):
            with contextlib.suppress(FileNotFoundError):
                mail = message_from_bytes(path.read_bytes(), policy=policy.default)
                if to in str(mail["To"]):
                    found.append(mail)
        return found  # type: ignore[return-value]

    def wait_for_mails(self, to: str, count: int, seconds: float = 30) -> list[EmailMessage]:
        deadline = time.monotonic() + seconds
        while len(self.mails(to)) < count and time.monotonic() < deadline:
            time.sleep(0.1)
        assert len(self.mails(to)) == count
        return self.mails(to)


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    data = tmp_path_factory.mktemp("run") / "data"
    port = free_port()
    command = [sys.executable, "-m", "deploy.embedded", "--empty", "--data", str(data), "--port", str(port)]
    environment = {k: v for k, v in os.environ.items() if k not in ("DATABASE_URL", "REDIS_URL", "SMTP_URL")}
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environment, start_new_session=True)
    try:
        assert process.stdout is not None
        said = []
        for line in process.stdout:
            said.append(line)
            if line.startswith("ready in"):
                break
        else:
            pytest.fail("".join(said))
        yield Running(data, f"http://127.0.0.1:{port}", process)
    finally:
        if process.poll() is None:
            process.send_signal(signal.SIGINT)
            process.wait(90)
        assert process.stdout is not None
        process.stdout.close()


@dataclass
class World:
    """A school with one class, a course and two guardians: one consented, one refused."""

    running: Running
    admin: str
    teacher: str
    guardian: str
    course: str
    lesson: str
    students: dict[str, str]
    guardians: dict[str, str]

    def mark(self, student: str, symbol: str, base: int | None = None, op_id: str | None = None) -> Any:
        item = {"op_id": str(uuid.uuid4()), "lesson_id": self.lesson, "work_type": "answer", "ordinal": 0}
        operation = {
            "op_id": op_id or str(uuid.uuid4()),
            "student_id": self.students[student],
            "line_item_op": item["op_id"],
            "symbol": symbol,
            "base_version": base,
        }
        body = {"line_items": [item], "operations": [operation]}
        answer = self.running.call("PATCH", f"journal/v1/courses/{self.course}/page", self.teacher, body)
        assert len(answer["applied"]) == 1, answer
        return body


def _create_school(running: Running) -> str:
    command = [sys.executable, "-m", "deploy.embedded", "create-school", "--data", str(running.data)]
    command += ["--name", "Школа № 9", "--zone", "Europe/Moscow", "--admin", "Ильина Вера Павловна"]
    made = subprocess.run(command, capture_output=True, text=True, check=True)
    code = re.search(r"/activate#(\S+)", made.stdout)
    assert code, made.stdout
    return _activate(running, code[1])


def _activate(running: Running, code: str, **more: Any) -> str:
    body = {"code": code, "password": PASSWORD, **more}
    return str(running.call("POST", "accounts/v1/credentials/activate", body=body, status=201)["token"])


def _wait_until_journal_knows(running: Running, admin: str) -> None:
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline:
        answer = httpx2.get(
            f"{running.url}/api/journal/v1/years", headers={"Authorization": f"Bearer {admin}"}, timeout=20
        )
        if answer.status_code == 200 and answer.json()["items"]:
            return
        time.sleep(0.2)
    pytest.fail("journal did not hear of the school")


@pytest.fixture(scope="module")
def world(running: Running) -> World:
    admin = _create_school(running)
    _wait_until_journal_knows(running, admin)
    call = running.call

    def person(kinds: list[str], last_name: str, **more: Any) -> str:
        body = {"kinds": kinds, "last_name": last_name, "first_name": "Анна", **more}
        return str(call("POST", "journal/v1/people", admin, body, 201)["id"])

    school_class = call("POST", "journal/v1/classes", admin, {"grade_level": 8, "letter": "А"}, 201)["id"]
    teacher_id = person(["staff"], "Османова", position="учитель")
    students, guardians = {}, {}
    for name, decision in (("Белова", "given"), ("Гусева", "refused"), ("Дёмина", "given")):
        students[name] = person(["student"], name, birth_date="2012-05-04")
        enrollment = {"student_id": students[name], "from": YEAR_START}
        call("POST", f"journal/v1/classes/{school_class}/enrollments", admin, enrollment, 201)
        guardians[name] = person(["guardian"], name, email=f"{decision}{len(students)}@example.org")
        link = {"guardian_id": guardians[name], "student_id": students[name], "relation": "мать", "from": YEAR_START}
        call("POST", "journal/v1/guardianships", admin, link, 201)
        for purpose in ("diary", "mail"):
            consent = {
                "student_id": students[name],
                "guardian_id": guardians[name],
                "purpose": purpose,
                "decision": decision,
                "signed_on": "2026-09-02",
            }
            call("POST", "accounts/v1/consents", admin, consent, 201)
    subject = call("POST", "journal/v1/subjects", admin, {"name": "Алгебра"}, 201)["id"]
    teachers = [{"person_id": teacher_id, "from": YEAR_START}]
    course_body = {"class_id": school_class, "subject_id": subject, "teachers": teachers}
    course = call("POST", "journal/v1/courses", admin, course_body, 201)["id"]
    lessons_body = {"dates": [_a_day_of_the_open_period(call, admin)], "number": 2}
    lessons = call("POST", f"journal/v1/courses/{course}/lessons", admin, lessons_body, 201)
    wanted = [teacher_id, guardians["Белова"]]
    codes = {
        item["person_id"]: item["code"]
        for item in call("POST", "accounts/v1/credentials", admin, {"person_ids": wanted}, 201)["items"]
    }
    return World(
        running,
        admin,
        _activate(running, codes[teacher_id]),
        _activate(running, codes[guardians["Белова"]], child_birth_date="2012-05-04"),
        course,
        lessons["items"][0]["id"],
        students,
        guardians,
    )


def _a_day_of_the_open_period(call: Any, admin: str) -> str:
    """The first day of the school year: always past, whatever day the test runs on."""
    return str(call("GET", "journal/v1/years", admin)["items"][0]["starts_on"])


def test_a_mark_reaches_exactly_the_guardians_who_agreed(world: World) -> None:
    sent = world.mark("Белова", "5")
    world.mark("Гусева", "4")
    first = world.running.wait_for_mails("given1@example.org", 1)[0]
    assert "5" not in str(first["Subject"])
    body = first.get_body(("plain",))
    assert body is not None
    assert "5" in body.get_content()
    assert "Белова" not in body.get_content()

    world.mark("Белова", "4", base=1)
    corrected = world.running.wait_for_mails("given1@example.org", 2)
    assert len({mail["Message-ID"] for mail in corrected}) == 2

    # The same operation again changes nothing, so it tells nothing.
    page = f"journal/v1/courses/{world.course}/page"
    world.running.call("PATCH", page, world.teacher, sent)

    diary = f"journal/v1/diary?student={world.students['Белова']}"
    world.running.call("GET", diary, world.guardian)
    consents = world.running.call("GET", "accounts/v1/consents", world.admin)["items"]
    for consent in consents:
        if consent["student_id"] == world.students["Белова"]:
            world.running.call("POST", f"accounts/v1/consents/{consent['id']}/withdraw", world.guardian, {})
    world.mark("Белова", "3", base=2)
    deadline = time.monotonic() + 5
    while True:
        answer = httpx2.get(
            f"{world.running.url}/api/{diary}", headers={"Authorization": f"Bearer {world.guardian}"}, timeout=20
        )
        if answer.status_code == 403:
            break
        assert time.monotonic() < deadline
        time.sleep(0.2)

    # The barrier: a later mark of another child has arrived, and nothing more for those before it.
    world.mark("Дёмина", "5")
    world.running.wait_for_mails("given3@example.org", 1)
    assert len(world.running.mails("given1@example.org")) == 2
    assert world.running.mails("refused2@example.org") == []


def test_another_persons_child_is_not_found(world: World) -> None:
    world.running.call("GET", f"journal/v1/diary?student={world.students['Гусева']}", world.guardian, status=404)


def test_internal_routes_are_not_behind_the_front_port(world: World) -> None:
    for path in ("/internal/accounts/v1/introspect", "/internal/journal/metrics"):
        assert httpx2.get(world.running.url + path, timeout=10).status_code == 404


def test_pages_are_served(running: Running) -> None:
    answer = httpx2.get(running.url + "/login", timeout=20)
    assert answer.status_code == 200
    assert "require-trusted-types-for 'script'" in answer.headers["Content-Security-Policy"]


def test_secrets_are_readable_by_the_owner_only(running: Running) -> None:
    for name in ("secrets.json", "running.json"):
        assert (running.data / name).stat().st_mode & 0o077 == 0
        assert json.loads((running.data / name).read_text())


def test_a_second_start_on_the_same_data_says_so(running: Running) -> None:
    command = [sys.executable, "-m", "deploy.embedded", "--data", str(running.data), "--port", str(free_port())]
    second = subprocess.run(command, capture_output=True, text=True)
    assert second.returncode == 1
    assert "runs already" in second.stderr


def test_a_port_in_use_is_one_clear_sentence(running: Running, tmp_path: Path) -> None:
    port = running.url.rsplit(":", 1)[1]
    command = [sys.executable, "-m", "deploy.embedded", "--data", str(tmp_path), "--port", port]
    second = subprocess.run(command, capture_output=True, text=True)
    assert second.returncode == 1
    assert second.stderr.startswith(f"zhurnal: Port {port} on 127.0.0.1 cannot be used")
