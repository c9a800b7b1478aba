"""What holds of a service whatever is sent to it, in a short run of every `./test` and in a long one of `--all`."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Sequence

from services.common.config import SERVICES
from tests.fuzz.cast import ROLES, Cast
from tests.fuzz.front import Front
from tests.fuzz.machine import SEED, Finding, Wish, explore

DRAWN = "fuzzing"
PHASES = ("coverage", DRAWN, "stateful")
"""Of Schemathesis: each edge of each schema once; requests drawn at random; and such that take up what those
before them answered, so that what was made is asked for, changed and ended."""
READ_SHARE = 0.8
"""Of the operations that read, so many must have given somebody their good answer, or the ids did not reach them."""

Record = Callable[[str, object], None]


def check_short(cast: Cast, services: Sequence[str], record: Record) -> None:
    """Everything as the administrator, who gets the furthest, and a request for every operation as everybody else."""
    _check(cast, services, record, lambda role: (PHASES, 2) if role == ROLES[0] else ((DRAWN,), 1))


def check_long(cast: Cast, services: Sequence[str], record: Record) -> None:
    """Everything, with many requests, as everybody."""
    _check(cast, services, record, lambda role: (PHASES, 8))


def _check(
    cast: Cast, services: Sequence[str], record: Record, how: Callable[[str], tuple[Sequence[str], int]]
) -> None:
    began = time.process_time()
    found: list[Finding] = []
    known: set[tuple[str, str]] = set()
    answered: Counter[tuple[str, str, int]] = Counter()
    for service in services:
        front = Front(cast.school.suite.applications[service], cast)
        for number, role in enumerate(ROLES):
            phases, examples = how(role)
            caller = SERVICES[number % len(SERVICES)]
            found += explore(service, front, cast.ids_for(service), Wish(role, caller, phases, examples))
        known |= front.operations()
        answered += front.answers
    reads = {rule for method, rule in known if method == "GET"}
    good = {(method, rule) for method, rule, status in answered if status < 300}
    read = {rule for method, rule in good if method == "GET"}
    record("requests", answered.total())
    record("processor seconds", round(time.process_time() - began))
    record("seed", SEED)
    record("reads answered", f"{len(read & reads)} of {len(reads)}")
    record("writes taken", f"{len(good & known) - len(read & reads)} of {len(known) - len(reads)}")
    assert not found, "\n".join(sorted({str(finding) for finding in found})[:20])
    assert known - {(method, rule) for method, rule, _ in answered} == set()
    assert len(read & reads) >= READ_SHARE * len(reads), sorted(reads - read)
