"""Terms and acts over HTTP: who sets, makes, approves; what law keeps is refused with the law's reason."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine

from services.accounts.edge import Accounts
from services.accounts.retention import commands
from services.accounts.retention.models import RetentionTerm
from services.accounts.retention.rules import CATEGORIES, Reason
from services.common.clock import now
from services.common.db import Scope, new_id
from tests.accounts.answers import ok, problem
from tests.accounts.conftest import School

ORDER = {"order_number": "12", "order_date": "2026-09-01"}


def term_of(school: School, category: str) -> Any:
    items = ok(school.admin.get("/retention"))["items"]
    return next(one for one in items if one["category"] == category)


def draft(school: School, *categories: str, **more: Any) -> Any:
    return ok(school.admin.post("/destruction-acts", {"categories": list(categories), **more}), 201)


def codes(document: Any) -> list[tuple[str, str]]:
    return [(one["pointer"], one["code"]) for one in document["errors"]]


# --- terms ---------------------------------------------------------------------------------------------


def test_the_schedule_names_every_category_with_its_law(school: School) -> None:
    items = ok(school.with_role("director").get("/retention"))["items"]
    assert [one["category"] for one in items] == list(CATEGORIES)
    assert all(one["basis"] and one["counted_from"] and one["years"] == one["floor"] for one in items)
    assert all(one["refusal"] for one in items if not one["erasable"])
    assert {one["category"] for one in items if one["erasable"]} == {"contacts", "letters"}


def test_a_school_keeps_longer_and_never_shorter_than_law_asks(school: School) -> None:
    made = ok(school.admin.put("/retention/letters", {"years": 3, **ORDER}))
    assert (made["years"], made["floor"], made["order_number"]) == (3, 1, "12")
    assert term_of(school, "letters") == made
    refused = problem(school.admin.put("/retention/letters", {"years": 0, **ORDER}), 422)
    assert codes(refused) == [("/years", "below-floor")]
    assert ok(school.admin.put("/retention/letters", {"years": 1, **ORDER}))["years"] == 1, "back to the least"
    problem(school.admin.put("/retention/everything", {"years": 3, **ORDER}), 404)
    problem(school.admin.put("/retention/letters", {"years": 76, **ORDER}), 422)


@pytest.mark.parametrize("name", CATEGORIES)
def test_the_database_has_the_same_least_term_as_the_program(school: School, service: Accounts, name: str) -> None:
    def set_to(years: int) -> None:
        with service.database.transaction(Scope(school_id=school.id)) as session:
            values = {"school_id": school.id, "category": name, "years": years, "decided_by": new_id(), **ORDER}
            session.execute(sa.insert(RetentionTerm).values(**values, decided_at=now()))

    with pytest.raises(sa.exc.IntegrityError):
        set_to(CATEGORIES[name].years - 1)
    set_to(CATEGORIES[name].years)


# --- acts ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", [one.name for one in CATEGORIES.values() if not one.destroyable])
def test_what_law_keeps_is_in_no_act(school: School, name: str) -> None:
    refused = problem(school.admin.post("/destruction-acts", {"categories": ["letters", name]}), 422)
    assert codes(refused) == [("/categories/1", "kept-by-law")]
    assert refused["errors"][0]["message"] == CATEGORIES[name].kept_because


def test_a_demand_takes_only_what_may_go_at_once(school: School) -> None:
    person = school.person("guardian", name="Тайная Людмила Петровна")
    body = {"person_id": str(person), "reason": "demand", "categories": ["contacts", "sign_ins", "letters"]}
    refused = problem(school.admin.post("/destruction-acts", body), 422)
    assert codes(refused) == [("/categories/1", "kept-by-law")]
    assert refused["errors"][0]["message"] == CATEGORIES["sign_ins"].refusal
    made = ok(school.admin.post("/destruction-acts", body | {"categories": ["contacts", "letters"]}), 201)
    assert (made["subject"], made["state"]) == ("Тайная Людмила Петровна", "draft")
    assert [one["before"] for one in made["parts"]] == [None, None]
    problem(
        school.admin.post("/destruction-acts", body | {"person_id": str(new_id()), "categories": ["letters"]}), 404
    )


@pytest.mark.parametrize("wrong", [{"reason": "demand"}, {"person_id": str(uuid.UUID(int=7))}])
def test_a_demand_is_somebodys(school: School, wrong: dict[str, str]) -> None:
    refused = problem(school.admin.post("/destruction-acts", {"categories": ["letters"], **wrong}), 422)
    assert codes(refused) == [("/person_id", "contradiction")]


def test_acts_are_numbered_and_the_terms_in_force_are_theirs(school: School) -> None:
    ok(school.admin.put("/retention/letters", {"years": 3, **ORDER}))
    with time_machine.travel("2026-11-25T09:00:00+00:00", tick=False):
        first, second = draft(school, "letters", "report_files"), draft(school, "card_views")
    assert (first["number"], second["number"]) == (1, 2)
    assert {one["category"]: one["before"] for one in first["parts"]} == {
        "letters": "2023-11-25", "report_files": "2021-11-25",
    }  # fmt: skip
    listed = ok(school.admin.get("/destruction-acts?limit=1"))
    assert listed["items"] == [second]
    assert ok(school.admin.get(f"/destruction-acts?cursor={listed['next']}"))["items"] == [first]


def test_the_director_approves_once_for_all(school: School) -> None:
    path = f"/destruction-acts/{draft(school, 'letters')['id']}"
    director = school.with_role("director")
    problem(school.admin.post(f"{path}/approve"), 403)
    problem(director.post("/destruction-acts", {"categories": ["letters"]}), 403)
    approved = ok(director.post(f"{path}/approve"))
    assert (approved["state"], approved["approver"]) == ("approved", "Иванова Анна Петровна, директор")
    assert ok(director.post(f"{path}/approve")) == approved
    problem(school.admin.post(f"{path}/cancel"), 409, "approved")


def test_a_cancelled_draft_comes_to_nothing(school: School) -> None:
    path = f"/destruction-acts/{draft(school, 'letters')['id']}"
    assert ok(school.admin.post(f"{path}/cancel"))["state"] == "cancelled"
    assert ok(school.admin.post(f"{path}/cancel"))["state"] == "cancelled"
    problem(school.with_role("director").post(f"{path}/approve"), 409, "cancelled")


def test_approval_asks_for_the_password_that_was_shown_lately(school: School) -> None:
    with time_machine.travel(now(), tick=False) as clock:
        path = f"/destruction-acts/{draft(school, 'letters')['id']}/approve"
        director = school.with_role("director")
        clock.shift(11 * 60)
        problem(director.post(path), 403, "confirm-password")


def test_a_term_made_longer_after_the_act_stops_it(school: School) -> None:
    path = f"/destruction-acts/{draft(school, 'letters')['id']}/approve"
    ok(school.admin.put("/retention/letters", {"years": 2, **ORDER}))
    problem(school.with_role("director").post(path), 409, "term-changed")


def test_another_schools_act_is_not_found(school: School, make_school: Callable[[], School]) -> None:
    path, other = f"/destruction-acts/{draft(school, 'letters')['id']}", make_school()
    director = other.with_role("director")
    for answer in (
        other.admin.get(path), director.post(f"{path}/approve"), other.admin.post(f"{path}/cancel"),
        other.admin.get(f"{path}/certificate"),
    ):  # fmt: skip
        problem(answer, 404)
    assert ok(other.admin.get("/destruction-acts"))["items"] == []


# --- what services ask ---------------------------------------------------------------------------------


def parts(service: Accounts, school: School) -> list[uuid.UUID]:
    with service.database.read(Scope(school_id=school.id)) as session:
        return list(session.scalars(sa.text("SELECT id FROM destruction_part ORDER BY category")))


def test_a_service_is_told_of_its_own_orders_once_they_are_approved(school: School, service: Accounts) -> None:
    act = draft(school, "contacts", "letters")
    contacts, _ = parts(service, school)
    path = f"/internal/accounts/v1/destructions/{contacts}"
    asked, said = f"{path}?school={school.id}", {"school_id": str(school.id), "destroyed": 7}
    api = school.api()
    problem(api.internally("journal", "GET", asked), 404)
    problem(api.internally("journal", "POST", f"{path}/done", said), 404)
    ok(school.with_role("director").post(f"/destruction-acts/{act['id']}/approve"))
    assert ok(api.internally("journal", "GET", asked)) == {
        "category": "contacts", "person_id": None, "before": act["parts"][0]["before"],
    }  # fmt: skip
    problem(api.internally("notifications", "GET", asked), 404)
    problem(api.internally("notifications", "POST", f"{path}/done", said), 404)
    ok(api.internally("journal", "POST", f"{path}/done", said))
    ok(api.internally("journal", "POST", f"{path}/done", said | {"destroyed": 0}))
    shown = ok(school.admin.get(f"/destruction-acts/{act['id']}"))
    assert [one["destroyed"] for one in shown["parts"]] == [7, None], "the first answer stays"
    assert shown["state"] == "approved", "another service has still to answer"
    problem(school.admin.get(f"/destruction-acts/{act['id']}/certificate"), 404, "not-done")


def test_a_request_of_a_person_makes_an_act_by_the_command(school: School, service: Accounts) -> None:
    """As the room of such requests calls it."""
    person = school.person("guardian")
    with service.database.transaction(Scope(school_id=school.id)) as session:
        new = commands.NewAct(["contacts"], person, Reason.DEMAND)
        act = commands.make_act(session, school.id, new, school.made.person_id, now())
        assert (act.state, act.maker) == ("draft", "Крымова Ольга Сергеевна, администратор электронного журнала")
