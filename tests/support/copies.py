"""Schools whose copies in other services are compared."""

from __future__ import annotations

import uuid

from services.common.events.asking import digest_of_sources, state_of_sources
from services.common.events.comparing import Outcome, compare_school
from tests.support.school import School, good, make_class
from tests.support.suite import Suite

CONSUMERS = ("accounts", "journal", "notifications", "reports")


def populate(school: School) -> None:
    """A class, pupils, a guardian with an address and one without, for each of two of them."""
    journal = school.journal()
    pupils = make_class(school).students[:2]
    for number, contact in enumerate([{"email": "Mother@Example.org "}, {}]):
        guardian = school.person(["guardian"], "Белова", "Анна", **contact)
        link = {"guardian_id": guardian, "student_id": pupils[number], "relation": "мать", "from": "2026-09-01"}
        good(journal.post("/guardianships", link), 201)
    school.suite.deliver()


def compared(suite: Suite, consumer: str, school_id: uuid.UUID) -> dict[str, tuple[Outcome, int]]:
    service = suite.services[consumer]
    found = compare_school(
        service.database,
        consumer,
        suite.subscriptions[consumer],
        state_of_sources(service.client),
        digest_of_sources(service.client),
        school_id,
    )
    return {f"{one.source}.{one.kind}": (one.outcome, one.wrong) for one in found}


def outcomes(suite: Suite, school_id: uuid.UUID) -> set[Outcome]:
    return {outcome for name in CONSUMERS for outcome, _ in compared(suite, name, school_id).values()}
