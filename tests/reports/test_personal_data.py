"""What reports tells of somebody who asks what it keeps about him."""

from __future__ import annotations

import uuid
from collections.abc import Iterator

import pytest
import time_machine

from services.reports.personal_data.queries import gather
from tests.reports.test_jobs import ask
from tests.support.desk import Desk
from tests.support.personal_data import Told, filled, told_of
from tests.support.school import YEAR_START, School, good, make_class, make_school


@pytest.fixture(autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel("2026-11-25T09:00:00+00:00", tick=True):
        yield


def of(school: School, person: str | uuid.UUID) -> Told:
    return told_of(school.suite.services["reports"], gather, school.id, person)


def test_the_forms_that_somebody_asked_for_are_told_to_him_alone(school: School) -> None:
    taught = make_class(school, pupils=1)
    leader = {"person_id": taught.teacher_id, "from": YEAR_START}
    good(school.journal().put(f"/classes/{taught.class_id}/class-teacher", leader))
    ask(taught, school.sign_in(taught.teacher_id))
    [waiting] = of(school, taught.teacher_id)["reports"]
    assert (waiting["state"], waiting["as_of"], waiting["finished_at"], waiting["formats"]) == (
        "ждёт",
        None,
        None,
        "",
    )
    Desk(school).work()
    [made] = of(school, taught.teacher_id)["reports"]
    assert made["title"] == "Итоги успеваемости класса за учебный период: 8А, II четверть"
    assert made["author"] == "Османова\xa0Л.\xa0Р."
    assert (made["state"], made["formats"]) == ("готова", "pdf, xlsx")
    assert made["requested_at"].startswith("2026-11-25T09:00:")
    assert made["finished_at"] >= made["requested_at"]
    assert made["as_of"]
    for nobody in (school.admin_id, taught.students[0], uuid.uuid4()):
        assert filled(of(school, nobody)) == set()
    other = make_school(school.suite)
    assert filled(told_of(school.suite.services["reports"], gather, other.id, taught.teacher_id)) == set()
