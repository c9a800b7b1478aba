"""Asks a row of the matrix as everybody, and tells what was answered otherwise."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from tests.rights.cast import Cast
from tests.rights.matrix import OK, Row, class_of
from tests.rights.request import Request
from tests.rights.taking_back import Writes


@dataclass(frozen=True)
class Finding:
    """A cell that did not hold."""

    request: Request
    viewer: str
    expected: str
    found: str

    def __str__(self) -> str:
        return f"{self.request}: {self.viewer} {self.found} instead of {self.expected}"


def differences(cast: Cast, row: Row, request: Request, writes: Writes) -> Iterator[Finding]:
    """Cells of the row that this request does not find so; a refused write that was carried out is one of them."""
    for name, expected in row.cells.items():
        writes.forget()
        answer = request.send(cast, cast.viewers[name])
        found = class_of(answer.status_code)
        if found != expected:
            yield Finding(request, name, expected, f"{found} {answer.get_data()[:200]!r}")
        elif found != OK and writes.services:
            yield Finding(request, name, expected, f"{found}, and wrote in {writes.services}")
        elif found == OK and request.method != "GET" and bool(writes.services) != request.writes:
            yield Finding(request, name, expected, f"ok, and wrote in {writes.services}")


def one_per_row(requests: Iterable[Request]) -> list[Request]:
    """The first request of each row."""
    first: dict[tuple[str, str, str], Request] = {}
    for request in requests:
        first.setdefault(request.row, request)
    return list(first.values())
