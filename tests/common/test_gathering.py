"""The answer to "what is kept about me": posted once to accounts, as often as it is asked."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Callable, Sequence
from dataclasses import replace
from decimal import Decimal
from typing import Any

import pytest
import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.db import Scope
from services.common.identity import ServiceSilentError
from services.common.personal_data.asking import SectionQuery, by_words, gathered
from services.common.personal_data.sections import Section, section, told
from services.common.personal_data.tasks import answer, register_gathering
from services.common.service import Service
from tests.support.personal_data import GATHERS, Accounts
from tests.support.queue import TASKS
from tests.support.school import School


class Worker:
    """In the place of Celery, whose applications of one process share their tasks: what is registered, by name."""

    def __init__(self) -> None:
        self.tasks: dict[str, Callable[..., Any]] = {}

    def task(self, name: str, **_: Any) -> Callable[[Callable[..., Any]], None]:
        def register(function: Callable[..., Any]) -> None:
            assert name not in self.tasks
            self.tasks[name] = function

        return register


def _scope(school: School) -> Scope:
    return Scope(school_id=school.id, actor="test")


def with_accounts(school: School, service: str, accounts: Accounts) -> Service:
    client: Any = accounts
    return replace(school.suite.services[service], client=client)


@pytest.mark.parametrize("name", GATHERS)
def test_the_answer_is_posted_once_and_again_the_same(school: School, name: str) -> None:
    person = uuid.UUID(school.person(["guardian"], "Ларина", "Ольга", email=f"{uuid.uuid4().hex}@example.org"))
    school.suite.deliver()
    accounts, request = Accounts(), uuid.uuid4()
    service = with_accounts(school, name, accounts)
    for times in (1, 2):
        answer(service, GATHERS[name], request, school.id, person)
        assert len(accounts.taken) == times
    with service.database.snapshot(_scope(school)) as session:
        sections = told(GATHERS[name](session, person))
    path = f"/internal/accounts/v1/privacy-requests/{request}/parts"
    assert accounts.taken == [("accounts", path, {"school_id": str(school.id), "sections": sections})] * 2


@pytest.mark.parametrize("name", GATHERS)
def test_without_accounts_the_task_fails_and_is_not_taken_for_done(school: School, name: str) -> None:
    service = with_accounts(school, name, Accounts(silent=True))
    with pytest.raises(ServiceSilentError):
        answer(service, GATHERS[name], uuid.uuid4(), school.id, school.admin_id)


@pytest.mark.parametrize("name", GATHERS)
def test_each_service_hears_the_question(school: School, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    accounts, request = Accounts(), str(uuid.uuid4())
    monkeypatch.setattr(school.suite.services[name].client, "post", accounts.post)
    worker: Any = Worker()
    TASKS[name].register(worker, school.suite.services[name])
    worker.tasks[f"{name}.gather"](request=request, school=str(school.id), person=str(school.admin_id))
    [(_, path, body)] = accounts.taken
    assert (path.split("/")[-2], body["school_id"]) == (request, str(school.id))


def test_the_task_reads_at_one_moment_in_the_school_that_it_names(school: School) -> None:
    accounts, seen = Accounts(), []

    def gather(session: Session, person_id: uuid.UUID) -> Sequence[Section]:
        seen.append(session.execute(sa.text("SELECT current_setting('app.school_id')")).scalar_one())
        seen.append(session.execute(sa.text("SHOW transaction_isolation")).scalar_one())
        seen.append(session.execute(sa.text("SHOW transaction_read_only")).scalar_one())
        return [section("who", "Кто", {"id": "Номер"}, [(person_id,)])]

    worker: Any = Worker()
    register_gathering(worker, with_accounts(school, "journal", accounts), gather)
    person = str(uuid.uuid4())
    worker.tasks["journal.gather"](request=str(uuid.uuid4()), school=str(school.id), person=person)
    assert seen == [str(school.id), "repeatable read", "on"]
    [(_, _, body)] = accounts.taken
    assert body["sections"] == [{"name": "who", "title": "Кто", "columns": {"id": "Номер"}, "rows": [{"id": person}]}]


def test_values_travel_as_text_and_codes_as_words(school: School) -> None:
    query = SectionQuery(
        "one",
        "Одно",
        {"day": "День", "at": "Когда", "number": "Число", "state": "Состояние", "other": "Иное", "none": "Нет"},
        sa.text(
            "SELECT CAST('2026-11-25' AS date), CAST('2026-11-25T09:00:00Z' AS timestamptz), 4.50,"
            " 'done', 'odd', NULL WHERE CAST(:person AS uuid) IS NOT NULL"
        ),
        {"state": by_words({"done": "готово"}), "other": by_words({"done": "готово"}), "none": by_words({})},
    )
    with school.suite.services["journal"].database.read(_scope(school)) as session:
        found = gathered(session, [query, query], uuid.uuid4())
    assert [dict(row) for row in found[1].rows] == [
        {
            "day": dt.date(2026, 11, 25),
            "at": dt.datetime(2026, 11, 25, 9, tzinfo=dt.UTC),
            "number": Decimal("4.50"),
            "state": "готово",
            "other": "odd",
            "none": None,
        }
    ]
    [row] = told(found[:1])[0]["rows"]
    assert row == {
        "day": "2026-11-25",
        "at": "2026-11-25T09:00:00+00:00",
        "number": "4.50",
        "state": "готово",
        "other": "odd",
        "none": None,
    }
