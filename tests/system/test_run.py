"""`./run --empty` as a person starts it: what is in its way is said; it is killed in parts and whole, stopped and
started again, and a mark still becomes a mail.

All tests share one data folder. Each makes sure itself that the suite runs, so their order is free.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.servers import free_port
from deploy.supervisor import DEATHS
from tests.support.running import (
    HTTP,
    RUN,
    START,
    Process,
    Run,
    World,
    descendants,
    make_world,
    until,
    without_servers,
)

pytestmark = [
    pytest.mark.system,
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.enable_socket,
]

CHILDREN = {
    "postgres": "pginstall18/bin/postgres",
    "redis": "valkey-server",
    "mail-sink": "aiosmtpd",
    "web": "services.all_in_one",
    "worker": "-n events@",
    "slow-worker": "-n slow@",
    "mail-worker": "services.notifications.worker",
    "scheduler": "services.scheduler",
}


@pytest.fixture(scope="module")
def run(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Run]:
    made = Run(tmp_path_factory.mktemp("run") / "data")
    try:
        made.start()
        yield made
    finally:
        made.stop()


@pytest.fixture
def running(run: Run) -> Run:
    """The suite, running, whatever the test before did to it."""
    if not run.running():
        run.start()
    until(run.ready, "the suite answers")
    return run


@pytest.fixture(scope="module")
def made_world(run: Run) -> World:
    if not run.running():
        run.start()
    families = {"Белова": "given", "Гусева": "refused", "Дёмина": "given", "Ершова": "given"}
    return make_world(run.front, run.create_school(), families)


@pytest.fixture
def world(running: Run, made_world: World) -> World:
    return made_world


def test_another_persons_child_is_not_found(world: World) -> None:
    guardian = world.guardian("Дёмина")
    world.front.call("GET", world.diary("Дёмина"), guardian)
    world.front.call("GET", world.diary("Гусева"), guardian, status=404)


def test_internal_routes_are_not_behind_the_front_port(running: Run) -> None:
    for path in ("/internal/accounts/v1/introspect", "/internal/journal/metrics"):
        assert HTTP.get(running.url + path).status_code == 404


def test_pages_are_served(running: Run) -> None:
    answer = HTTP.get(running.url + "/login")
    assert answer.status_code == 200
    assert "require-trusted-types-for 'script'" in answer.headers["Content-Security-Policy"]


def test_secrets_are_readable_by_the_owner_only(running: Run) -> None:
    for name in ("secrets.json", "running.json"):
        assert (running.data / name).stat().st_mode & 0o077 == 0
        assert json.loads((running.data / name).read_text())
    assert (running.data / "mail").stat().st_mode & 0o077 == 0


# --- what is in the way --------------------------------------------------------------------------------


FULL_DISK = """
import shutil, sys, types
shutil.disk_usage = lambda _: types.SimpleNamespace(free=7 * 2**20)
from deploy.embedded import main
sys.exit(main(sys.argv[1:]))
"""


def _refused(data: Path, port: int, start: list[str] = START) -> str:
    """What a start says that must not succeed: one line."""
    command = [*start, "--data", str(data), "--port", str(port)]
    said = subprocess.run(command, capture_output=True, text=True, env=without_servers())
    assert said.returncode == 1
    assert said.stderr.count("\n") == 1
    return said.stderr


def test_a_second_suite_on_the_same_data_says_so(running: Run) -> None:
    assert "runs already" in _refused(running.data, free_port())


def test_a_port_in_use_is_one_clear_sentence(running: Run, tmp_path: Path) -> None:
    assert _refused(tmp_path, running.port).startswith(f"zhurnal: Port {running.port} on 127.0.0.1 cannot be used")


def test_a_data_folder_that_cannot_be_made_is_one_clear_sentence(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    assert _refused(file / "data", free_port()) == (
        f"zhurnal: The data folder {file / 'data'} cannot be made: Not a directory.\n"
    )


def test_a_full_disk_is_one_clear_sentence(tmp_path: Path) -> None:
    start = [sys.executable, "-c", FULL_DISK, *START[len(RUN) :]]
    assert _refused(tmp_path, free_port(), start) == (
        f"zhurnal: Only 7 MB are free below {tmp_path}; Zhurnal needs 500 MB.\n"
    )


# --- killed and stopped --------------------------------------------------------------------------------


def _child(run: Run, name: str) -> Process:
    assert run.process is not None
    found = [p for p in descendants(run.process.pid, direct=True) if CHILDREN[name] in p.command]
    # Two workers run the same program; the mail worker's module names the service.
    assert len(found) == 1, (name, found)
    return found[0]


@pytest.mark.parametrize("name", CHILDREN)
def test_a_killed_child_is_shown_and_started_again(running: Run, world: World, name: str) -> None:
    before = len(running.sink.mails(world.pupils["Ершова"].address))
    version = _version(world)
    child = _child(running, name)
    below = descendants(child.pid)
    os.kill(child.pid, signal.SIGKILL)
    until(lambda: running.has_said(f"{name} ended with -9 and is started again"), f"the death of {name} is shown")
    until(lambda: _back(running, child, name), f"{name} runs again")
    # What the dead one left behind still answers for a moment.
    until(lambda: not [p for p in below if p.alive()], f"what {name} had started has gone")
    until(running.ready, "the suite answers")
    world.mark("Ершова", "4" if version % 2 else "5", base=version or None)
    running.sink.wait(world.pupils["Ершова"].address, before + 1)


def test_a_report_outlives_the_worker_that_should_make_it(running: Run, world: World) -> None:
    """The worker hangs, is asked, and dies: the next one does the work."""
    slow = _child(running, "slow-worker")
    hanging = [slow, *descendants(slow.pid)]
    for process in hanging:
        os.kill(process.pid, signal.SIGSTOP)
    period = world.front.call("GET", "journal/v1/periods?grade=8", world.admin)["items"][0]["id"]
    body = {"form": "class_period_results", "parameters": {"class": world.class_id, "period": period}}
    job = world.front.call("POST", "reports/v1/reports", world.admin, body, 202)["id"]
    path = f"reports/v1/reports/{job}"
    for process in hanging:
        os.kill(process.pid, signal.SIGKILL)
    until(
        lambda: world.front.call("GET", path, world.admin)["state"] == "done", lambda: f"the report is made: {path}"
    )
    file = HTTP.get(f"{running.url}/api/{path}/files/pdf", headers={"Authorization": f"Bearer {world.admin}"})
    assert file.content.startswith(b"%PDF-1.4")
    mode = {oct(path.stat().st_mode & 0o077) for path in (running.data / "files").rglob("*")}
    assert mode == {"0o0"}, "nobody else reads the files"


def _version(world: World) -> int:
    """Of the only cell of Ершова, on the first day of the school year; the page itself opens at today's period."""
    page = world.front.call("GET", f"{world.page}?from={world.year_start}&to={world.year_start}", world.teacher)
    row = next(n for n, student in enumerate(page["students"]) if student["id"] == world.pupils["Ершова"].id)
    return next((int(cell[4]) for cell in page["cells"] if cell[0] == row), 0)


def _back(run: Run, dead: Process, name: str) -> bool:
    assert run.process is not None
    found = descendants(run.process.pid, direct=True)
    return any(CHILDREN[name] in p.command and p.pid != dead.pid for p in found)


def test_the_sixth_death_within_a_minute_ends_all_with_one_sentence(running: Run, world: World) -> None:
    assert running.process is not None
    processes = descendants(running.process.pid)
    for _ in range(DEATHS):
        sink = _child(running, "mail-sink")
        processes.append(sink)
        os.kill(sink.pid, signal.SIGKILL)
        until(
            lambda dead=sink: not running.running() or _back(running, dead, "mail-sink"), "the next sink, or the end"
        )
        if not running.running():
            break  # one death was another test's
    assert running.process.returncode == 1
    until(lambda: running.has_said("All processes have ended."), "the last words")
    log = running.data / "log" / "mail-sink.log"
    last = [line for line in running.said if line.startswith("zhurnal: ")]
    assert last == [f"zhurnal: mail-sink died {DEATHS} times within a minute; its last words are in {log}\n"]
    assert [p for p in processes if p.alive()] == []
    running.start()
    assert world.front.call("GET", world.page, world.teacher)["students"]


def test_ctrl_c_ends_every_process_and_a_second_start_finds_everything(
    running: Run, world: World, record_property: Callable[[str, object], None]
) -> None:
    assert running.process is not None
    processes = descendants(running.process.pid)
    assert len(processes) > len(CHILDREN)
    running.process.send_signal(signal.SIGINT)
    assert running.process.wait(120) == 0
    assert [p for p in processes if p.alive()] == []
    until(lambda: running.has_said("All processes have ended."), "the last words")
    record_property("second start, seconds", running.start())
    assert world.front.call("GET", world.page, world.teacher)["students"]


def test_a_killed_supervisor_takes_its_children_along_and_the_next_start_goes_on(running: Run, world: World) -> None:
    assert running.process is not None
    processes = descendants(running.process.pid)
    assert len(processes) > len(CHILDREN)
    running.process.kill()
    running.process.wait()
    until(lambda: not [p for p in processes if p.alive()], lambda: f"gone: {[p for p in processes if p.alive()]}")
    running.start()
    assert world.front.call("GET", world.page, world.teacher)["students"]


def test_everything_killed_at_once_and_the_next_start_ends_what_was_begun(running: Run, world: World) -> None:
    """Locks, sockets and pid files lie about, a letter and a report were under way."""
    assert running.process is not None
    before = len(running.sink.mails(world.pupils["Ершова"].address))
    version = _version(world)
    slow, mailer = _child(running, "slow-worker"), _child(running, "mail-worker")
    for process in (slow, *descendants(slow.pid), mailer):
        os.kill(process.pid, signal.SIGSTOP)
    period = world.front.call("GET", "journal/v1/periods?grade=8", world.admin)["items"][0]["id"]
    body = {"form": "class_period_results", "parameters": {"class": world.class_id, "period": period}}
    job = world.front.call("POST", "reports/v1/reports", world.admin, body, 202)["id"]
    world.mark("Ершова", "4" if version % 2 else "5", base=version or None)
    processes = descendants(running.process.pid)
    running.process.kill()
    for process in processes:
        with contextlib.suppress(ProcessLookupError):
            os.kill(process.pid, signal.SIGKILL)
    running.process.wait()
    until(lambda: not [p for p in processes if p.alive()], lambda: f"gone: {[p for p in processes if p.alive()]}")
    assert (running.data / "postgres" / "data" / "postmaster.pid").exists(), "what the dead server left is in the way"
    running.start()
    running.sink.wait(world.pupils["Ершова"].address, before + 1)
    path = f"reports/v1/reports/{job}"
    until(lambda: world.front.call("GET", path, world.admin)["state"] == "done", "the report is made")
