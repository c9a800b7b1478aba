"""What services keep of each other, compared and rebuilt by the services as they are."""

from __future__ import annotations

import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.db import Scope
from services.common.events.comparing import Outcome
from services.common.events.tasks import compare_at_night, sweep
from services.common.identity import ServiceSilentError
from services.journal.people.commands import NewPerson, register_person
from tests.support.copies import CONSUMERS, compared, outcomes, populate
from tests.support.school import School, make_school
from tests.support.suite import Suite


@pytest.fixture(scope="module")
def used(suite: Suite) -> School:
    """A school whose every kind of copy has rows; each test finds it whole and leaves it so."""
    made = make_school(suite)
    populate(made)
    return made


def _write(school: School, service: str, statement: str) -> None:
    with school.suite.services[service].database.transaction(Scope(school_id=school.id)) as session:
        session.execute(sa.text(statement), {"school": school.id} if ":school" in statement else {})


def test_copies_of_a_school_in_use_are_the_same_field_by_field(used: School) -> None:
    kinds = {f"{name} {kind}" for name in CONSUMERS for kind in compared(used.suite, name, used.id)}
    assert kinds == {
        "accounts journal.person",
        "accounts journal.guardianship",
        "accounts journal.enrollment",
        "journal accounts.school",
        "notifications accounts.school",
        "notifications journal.person",
        "notifications journal.guardianship",
        "reports accounts.school",
    }
    assert outcomes(used.suite, used.id) == {Outcome.SAME}


ANY = "id = (SELECT id FROM {} LIMIT 1)"
"""One row of a table under row-level security."""
A_LINK_TOO_MANY = (
    "INSERT INTO guardianship SELECT school_id, gen_random_uuid(), student_id, guardian_id, from_day, to_day,"
    " restricted, version FROM guardianship LIMIT 1"
)


@dataclass(frozen=True)
class Drift:
    """A row of a copy that somebody or something made wrong, its version left as it was."""

    consumer: str
    kind: str
    statement: str


@pytest.mark.parametrize(
    "drift",
    [
        Drift("accounts", "journal.person", f"UPDATE person SET last_name = 'Чужая' WHERE {ANY.format('person')}"),
        Drift("accounts", "journal.person", f"DELETE FROM person WHERE {ANY.format('person')}"),
        Drift(
            "accounts",
            "journal.guardianship",
            "UPDATE guardianship SET restricted = true WHERE " + ANY.format("guardianship"),
        ),
        Drift(
            "accounts", "journal.enrollment", f"UPDATE enrollment SET version = 99 WHERE {ANY.format('enrollment')}"
        ),
        Drift("notifications", "journal.person", "UPDATE person SET email = 'another@example.org' WHERE email <> ''"),
        Drift(
            "notifications", "journal.guardianship", f"DELETE FROM guardianship WHERE {ANY.format('guardianship')}"
        ),
        Drift("notifications", "journal.guardianship", A_LINK_TOO_MANY),
        Drift("notifications", "accounts.school", "UPDATE school SET zone = 'UTC' WHERE id = :school"),
        Drift("reports", "accounts.school", "DELETE FROM school WHERE id = :school"),
        Drift("journal", "accounts.school", "UPDATE school SET name = 'Другая' WHERE id = :school"),
    ],
    ids=lambda drift: f"{drift.consumer} {drift.statement[:22]}",
)
def test_each_kind_of_copy_is_mended(used: School, drift: Drift) -> None:
    _write(used, drift.consumer, drift.statement)
    found = compared(used.suite, drift.consumer, used.id)
    assert found.pop(drift.kind) == (Outcome.MENDED, 1)
    assert {outcome for outcome, _ in found.values()} <= {Outcome.SAME}
    assert outcomes(used.suite, used.id) == {Outcome.SAME}


# --- at night ------------------------------------------------------------------------------------------


def _next_runs(suite: Suite, service: str, school_id: uuid.UUID) -> list[float]:
    """In how many minutes the comparison of a school is to run."""
    select = sa.text(
        "SELECT extract(epoch FROM next_run_at - now()) / 60 FROM schedule WHERE school_id = :s AND job = 'compare'"
    )
    with suite.services[service].database.transaction(Scope()) as session:
        return [float(minutes) for minutes in session.execute(select, {"s": school_id}).scalars()]


def _sweep(suite: Suite, service: str) -> None:
    sweep(suite.services[service], suite.subscriptions[service])


@pytest.mark.parametrize("service", CONSUMERS)
def test_the_comparison_is_planned_for_every_school_once(school: School, service: str) -> None:
    assert _next_runs(school.suite, service, school.id) == [], "made before anybody planned"
    for _ in range(2):
        _sweep(school.suite, service)
    [first] = _next_runs(school.suite, service, school.id)
    assert 0 < first <= 24 * 60
    another = make_school(school.suite)
    _sweep(school.suite, service)
    assert len(_next_runs(school.suite, service, another.id)) == 1
    assert _next_runs(school.suite, service, school.id) == pytest.approx([first], abs=1)


def test_a_night_with_a_silent_source_is_made_up_for_minutes_later(
    school: School, monkeypatch: pytest.MonkeyPatch
) -> None:
    service = school.suite.services["notifications"]
    subscriptions = school.suite.subscriptions["notifications"]
    _sweep(school.suite, "notifications")
    with service.database.transaction(Scope()) as session:
        # As the scheduler leaves it that has just told of this night's.
        session.execute(
            sa.text("UPDATE schedule SET next_run_at = now() + interval '1 day' WHERE school_id = :s"),
            {"s": school.id},
        )
    compare_at_night(service, subscriptions, school.id)
    assert _next_runs(school.suite, "notifications", school.id) == pytest.approx([24 * 60], abs=1)

    def silent(asked: str, *_: Any, **__: Any) -> Any:
        raise ServiceSilentError(asked)

    monkeypatch.setattr(service.client, "get", silent)
    compare_at_night(service, subscriptions, school.id)
    assert _next_runs(school.suite, "notifications", school.id) == pytest.approx([5], abs=1)


def test_what_was_mended_is_among_the_metrics(used: School) -> None:
    before = _drifted(used.suite)
    _write(used, "notifications", "DELETE FROM guardianship")
    compared(used.suite, "notifications", used.id)
    assert _drifted(used.suite) == before + 2


def _drifted(suite: Suite) -> float:
    page = suite.api("notifications").get("/internal/notifications/metrics").get_data(as_text=True)
    name = 'zhurnal_drift_rows_total{about="journal.guardianship",service="notifications"}'
    return sum(float(line.removeprefix(name)) for line in page.splitlines() if line.startswith(name))


@pytest.mark.parametrize("caller", ["reports", "web"])
def test_a_registers_digest_is_for_those_who_keep_copies(school: School, caller: str) -> None:
    path = f"/internal/journal/v1/digest/person?school={school.id}&fields=id"
    assert school.journal().internally("accounts", "GET", path).status_code == 200
    assert school.journal().internally("accounts", "GET", f"{path},nonsense").status_code == 422
    assert school.journal().internally(caller, "GET", path).status_code == 403


def test_two_who_add_to_a_person_at_once_are_told_one_after_the_other(used: School) -> None:
    """Both dealt the same version, and the second was passed over as nothing new."""
    person = uuid.UUID(used.person(["staff"], "Двойная", "Анна"))
    journal = used.suite.services["journal"].database
    scope = Scope(school_id=used.id)

    def add(session: Session, kind: str) -> None:
        new = NewPerson(frozenset({kind}), "Двойная", "Анна")
        register_person(session, new, person)

    def second() -> None:
        with journal.transaction(scope) as session:
            add(session, "student")

    with ThreadPoolExecutor(1) as beside:
        with journal.transaction(scope) as session:
            add(session, "guardian")
            session.flush()
            waiting = beside.submit(second)
            with pytest.raises(TimeoutError):
                waiting.result(1)
        waiting.result(30)
    used.suite.deliver()
    assert outcomes(used.suite, used.id) == {Outcome.SAME}
