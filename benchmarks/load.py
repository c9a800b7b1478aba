"""A load over HTTP that costs the machine little: one thread, connections that ask as soon as they are answered."""

from __future__ import annotations

import selectors
import socket
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol


def p95(values: Sequence[float]) -> float:
    """Of sorted values."""
    return values[max(0, round(0.95 * len(values)) - 1)]


class Talk(Protocol):
    """What one connection asks, and what it makes of the answers."""

    def ask(self) -> bytes:
        """The next request, whole."""
        ...

    def hear(self, head: bytes, body: bytes, /) -> None:
        """The answer to it. Raises when it is not the one that was wanted."""
        ...


@dataclass(frozen=True)
class Load:
    """What came of it; latencies in seconds, sorted."""

    seconds: float
    latencies: Sequence[float]

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.latencies) / self.seconds

    @property
    def p50(self) -> float:
        return statistics.median(self.latencies)

    @property
    def p95(self) -> float:
        return p95(self.latencies)


class _Connection:
    def __init__(self, port: int, talk: Talk) -> None:
        self.talk = talk
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=30)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.received = bytearray()
        self.asked_at = 0.0

    def ask(self) -> None:
        request = self.talk.ask()
        self.asked_at = time.perf_counter()
        self.socket.sendall(request)

    def take(self) -> bool:
        """Whether an answer is whole now; it was handed on then."""
        part = self.socket.recv(262_144)
        if not part:
            raise ConnectionError(f"closed in the middle: {bytes(self.received[:400])!r}")
        self.received += part
        end = self.received.find(b"\r\n\r\n")
        if end < 0:
            return False
        head = bytes(self.received[:end])
        lower = head.lower()
        at = lower.find(b"\r\ncontent-length:")
        if at < 0:
            raise ConnectionError(f"an answer without a length: {head!r}")
        length = int(lower[at + 17 :].split(b"\r\n", 1)[0])
        if len(self.received) < end + 4 + length:
            return False
        body = bytes(self.received[end + 4 :])
        self.received.clear()
        self.talk.hear(head, body)
        return True


def offer(port: int, talks: Sequence[Talk], seconds: float) -> Load:
    """Lets every talk go on for so long, each on a connection of its own. What is answered later is not counted."""
    selector = selectors.DefaultSelector()
    connections = [_Connection(port, talk) for talk in talks]
    latencies: list[float] = []
    began = time.perf_counter()
    end = began + seconds
    try:
        for connection in connections:
            selector.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask()
        waiting = len(connections)
        while waiting:
            for key, _ in selector.select(60):
                connection = key.data
                if not connection.take():
                    continue
                moment = time.perf_counter()
                if moment <= end:
                    latencies.append(moment - connection.asked_at)
                    connection.ask()
                else:
                    waiting -= 1
    finally:
        selector.close()
        for connection in connections:
            connection.socket.close()
    return Load(seconds, sorted(latencies))


def request(method: str, path: str, headers: Sequence[str], body: bytes = b"") -> bytes:
    """The bytes of a request; headers as `Name: value`."""
    lines = [f"{method} {path} HTTP/1.1", "Host: 127.0.0.1", "Accept-Encoding: identity", *headers]
    if body or method != "GET":
        lines += ["Content-Type: application/json", f"Content-Length: {len(body)}"]
    return "\r\n".join([*lines, "", ""]).encode() + body


def expect(head: bytes, *statuses: bytes) -> None:
    """Raises AssertionError unless the answer has one of these statuses."""
    status = head[9:12]
    assert status in statuses, head.decode(errors="replace")
