"""Children are started again when they die, but not for ever; what is in the way is one sentence."""

from __future__ import annotations

import os
import signal
import time
from collections import namedtuple
from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy import folder, supervisor
from deploy.supervisor import Supervisor, TooManyDeathsError

SOON = 60.0


def _look_until(watcher: Supervisor, count: int, told: list[str]) -> None:
    deadline = time.monotonic() + SOON
    while len(told) < count:
        watcher.look()
        assert time.monotonic() < deadline, told
        time.sleep(0.01)


@pytest.fixture
def told() -> list[str]:
    return []


@pytest.fixture
def watcher(tmp_path: Path, told: list[str]) -> Iterator[Supervisor]:
    made = Supervisor(tmp_path, told.append)
    yield made
    made.stop()


def test_the_sixth_death_within_a_minute_ends_it_in_one_sentence(watcher: Supervisor, told: list[str]) -> None:
    watcher.command("false", ["false"], {})
    _look_until(watcher, 5, told)
    with pytest.raises(TooManyDeathsError) as stopped:
        _look_until(watcher, 6, told)
    assert all("false ended with 1 and is started again" in line for line in told)
    assert str(stopped.value).startswith("false died 6 times within a minute; its last words are in ")
    assert "\n" not in str(stopped.value)


def test_six_deaths_over_a_longer_time_end_nothing(
    watcher: Supervisor, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "WITHIN_SECONDS", 0.0)
    watcher.command("false", ["false"], {})
    _look_until(watcher, 7, told)


def test_deaths_of_different_children_are_not_added_up(watcher: Supervisor, told: list[str]) -> None:
    for name in ("one", "two"):
        watcher.command(name, ["sleep", "60"], {})
    for _ in range(4):
        for child in watcher.children:
            assert child.process is not None
            child.process.kill()
            _look_until(watcher, len(told) + 1, told)
    assert len(told) == 8


def test_stopping_ends_also_what_does_not_listen(
    watcher: Supervisor, told: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(supervisor, "_GRACE_SECONDS", 0.2)
    deaf = watcher.command("deaf", ["sh", "-c", "trap '' TERM; echo up; while :; do sleep 0.1; done"], {})
    good = watcher.command("good", ["sleep", "60"], {})
    deadline = time.monotonic() + SOON
    while "up" not in deaf.log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    watcher.stop()
    assert deaf.process is not None
    assert good.process is not None
    assert deaf.process.returncode == -signal.SIGKILL
    assert good.process.returncode == -signal.SIGTERM
    assert told == ["deaf did not stop in 0 s and is killed"]


def test_a_child_gets_its_environment_and_a_session_of_its_own(watcher: Supervisor) -> None:
    child = watcher.command("child", ["sh", "-c", "echo $SAID; exec sleep 60"], {"SAID": "hello"})
    deadline = time.monotonic() + SOON
    while "hello" not in child.log.read_text():
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert child.process is not None
    assert os.getsid(child.process.pid) == child.process.pid


def test_no_room_is_one_sentence(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    usage = namedtuple("usage", "total used free")
    monkeypatch.setattr(folder.shutil, "disk_usage", lambda _: usage(10**9, 10**9, 7 * 2**20))
    with pytest.raises(folder.CannotRunError) as refused:
        folder.make_data_folder(tmp_path / "data")
    assert str(refused.value) == f"Only 7 MB are free below {tmp_path / 'data'}; Zhurnal needs 500 MB."


def test_on_a_full_disk_one_waits_and_says_so_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, told: list[str]
) -> None:
    usage = namedtuple("usage", "total used free")
    free = 10**9
    monkeypatch.setattr(folder.shutil, "disk_usage", lambda _: usage(10**9, 10**9, free))
    room = folder.Room(tmp_path, told.append)
    assert room.is_there()
    free = 3 * 2**20
    assert not room.is_there()
    assert not room.is_there()
    free = 10**9
    assert room.is_there()
    assert told == [
        f"Only 3 MB are free below {tmp_path}: what dies now is started again when there are 32 MB.",
        f"There is room again below {tmp_path}.",
    ]


def test_a_signal_during_a_look_is_acted_on_when_nothing_is_half_done(
    watcher: Supervisor, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An exception from within `poll` would leave its lock taken: Ctrl-C then hung before PostgreSQL."""
    child = watcher.command("sleeper", ["sleep", "60"], {})
    assert child.process is not None
    whole = []

    def poll() -> None:
        signal.raise_signal(signal.SIGINT)
        whole.append(True)

    # Whoever starts the tests in the background may have had it ignored.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        with monkeypatch.context() as patch:
            patch.setattr(child.process, "poll", poll)
            with pytest.raises(KeyboardInterrupt):
                watcher.look()
    finally:
        signal.signal(signal.SIGINT, before)
    assert whole == [True]
