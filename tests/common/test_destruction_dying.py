"""An order to destroy is carried out whatever dies or falls silent on the way."""

from __future__ import annotations

import datetime as dt
from typing import Any

import pytest
from sqlalchemy.orm import Session

from services.accounts.retention.working import DESTROYERS, OwnOrders
from services.accounts.retention.working import Destruction as Telling
from services.common.identity import ServiceSilentError
from services.common.personal_data import destroying
from services.common.personal_data.destroying import Order, OrdersOfAccounts, carry_out, rows_of
from tests.support.databases import Servers
from tests.support.destroying import LONG_AGO, aged, carried_out, counted, look, ordered, part_of, parts_of
from tests.support.school import School, good
from tests.support.tasks import Tasks


def views(school: School, servers: Servers, databases: dict[str, str], number: int = 3) -> None:
    """Old looks at a card."""
    person = school.person(["student"], "Ларина", "Вера")
    for _ in range(number):
        good(school.journal().get(f"/people/{person}"))
    aged(servers, databases["journal"], "UPDATE card_view SET at = %s WHERE person_id = %s", [LONG_AGO, person])


def test_who_dies_between_batches_is_followed_by_another_and_the_count_is_right(
    school: School, servers: Servers, databases: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    views(school, servers, databases)
    act, journal = ordered(school, "card_views"), school.suite.services["journal"]
    order, orders = part_of(school, act), OrdersOfAccounts(journal)
    monkeypatch.setattr(destroying, "BATCH", 1)

    def dies(session: Session, told: Order, most: int) -> int:
        assert rows_of("card_view")(session, told, most) == 1
        raise MemoryError

    whole = {"card_views": rows_of("card_view")}
    assert not carry_out(journal, whole, orders, school.id, order, batches=1)
    with pytest.raises(MemoryError):
        carry_out(journal, {"card_views": dies}, orders, school.id, order)
    left = counted(school, "journal", f"SELECT count(*) FROM card_view WHERE at < '{LONG_AGO[:10]}'::date + 1")
    assert left == 2, "what was not counted was not deleted"
    assert look(school, act)["state"] == "approved"
    for _ in range(2):
        assert carry_out(journal, whole, orders, school.id, order), "and once more, for a task may run twice"
        assert parts_of(look(school, act)) == {"card_views": 3}
    assert look(school, act)["state"] == "done"


def test_an_answer_that_accounts_did_not_hear_is_given_again(
    school: School, servers: Servers, databases: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    views(school, servers, databases)
    act, journal = ordered(school, "card_views"), school.suite.services["journal"]

    def silent(*_: Any) -> None:
        raise ServiceSilentError("accounts")

    with monkeypatch.context() as patch:
        patch.setattr(OrdersOfAccounts, "done", silent)
        with pytest.raises(ServiceSilentError):
            carry_out(journal, {"card_views": rows_of("card_view")}, OrdersOfAccounts(journal), school.id,
                      part_of(school, act))  # fmt: skip
    assert look(school, act)["state"] == "approved"
    assert parts_of(carried_out(school, act)) == {"card_views": 3}


def test_a_large_order_goes_on_behind_what_waits_in_the_queue(
    school: School, servers: Servers, databases: dict[str, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    views(school, servers, databases)
    act = ordered(school, "card_views")
    monkeypatch.setattr(destroying, "BATCH", 1)
    monkeypatch.setattr(carry_out, "__defaults__", (1,))
    tasks = Tasks(school.suite)
    tasks.run("accounts.work", kind="accounts", school=str(school.id))
    assert [one.task for one in tasks.sent] == ["journal.destroy"] * 4, "three rows and the look that finds none"
    assert set(tasks.queues) == {"journal.slow"}
    assert parts_of(look(school, act)) == {"card_views": 3}


def test_a_service_that_does_not_answer_is_told_again_after_two_minutes(school: School) -> None:
    act, told = ordered(school, "card_views"), list[str]()
    accounts = school.suite.services["accounts"]
    late = dt.timedelta()

    def clock() -> dt.datetime:
        return dt.datetime.now(dt.UTC) + late

    telling = Telling(accounts, lambda service, _, __: told.append(service), clock)
    telling.ask_due(school.id)
    telling.ask_due(school.id)
    assert told == ["journal"]
    late = dt.timedelta(minutes=2, seconds=1)
    with accounts.database.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as listener:
        listener.exec_driver_sql("LISTEN work")
        telling.tell_of_forgotten()
        connection = listener.connection.driver_connection
        assert connection is not None
        heard = [notice.payload for notice in connection.notifies(timeout=0.5)]
        listener.exec_driver_sql("UNLISTEN *")
    assert f"accounts:{school.id}:0" in heard
    telling.ask_due(school.id)
    assert told == ["journal", "journal"]
    assert look(school, act)["state"] == "approved"


def test_accounts_takes_its_own_orders_without_asking_itself(school: School) -> None:
    act = ordered(school, "sign_ins")
    accounts = school.suite.services["accounts"]
    assert carry_out(accounts, DESTROYERS, OwnOrders(accounts), school.id, part_of(school, act))
    assert look(school, act)["state"] == "done"
