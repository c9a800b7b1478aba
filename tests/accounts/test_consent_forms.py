"""Forms of consent: samples, drafts, versions that stay, and decisions that name the version they were made on."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.consent_forms.rules import Term, until_of
from services.accounts.consent_forms.samples import SAMPLES
from services.accounts.consents.rules import Purpose, born_by, decides_himself
from services.accounts.edge import Accounts
from services.accounts.schools.commands import create_school
from services.common.db import Scope, new_id
from tests.accounts.answers import ok, problem
from tests.accounts.conftest import School
from tests.accounts.families import TODAY, Family, make_family

OPERATOR = {"name": "МБОУ «Школа № 3»", "address": "Симферополь, ул. Ореховая, 3", "site": "school3.example.org"}


@pytest.fixture(autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel("2026-11-25T09:00:00+00:00", tick=True):
        yield


@pytest.fixture
def family(school: School) -> Family:
    return make_family(school)


def forms(school: School, which: str = "in_force") -> dict[str, dict[str, Any]]:
    """By purpose, the first of each."""
    items = ok(school.admin.get(f"/consent-forms?which={which}"))["items"]
    return {one["purpose"]: one for one in reversed(items)}


def content_of(purpose: str = "diary", **changes: Any) -> dict[str, Any]:
    sample = SAMPLES[Purpose(purpose)]
    return {**vars(sample), "data": list(sample.data), **changes}


def publish_next(school: School, purpose: str = "diary", **changes: Any) -> dict[str, Any]:
    body = {"purpose": purpose, "content": content_of(purpose, **changes)}
    draft = ok(school.admin.post("/consent-forms", body), 201)
    published: dict[str, Any] = ok(school.admin.post(f"/consent-forms/{draft['id']}/publish"))
    return published


def test_a_school_with_an_address_begins_with_every_form_in_force(school: School) -> None:
    found = forms(school)
    assert list(found) == ["third_parties", "photo", "mail", "diary"]
    for form in found.values():
        assert (form["version"], form["in_force"], form["valid_from"]) == (1, True, str(TODAY))
        assert form["operator"]["address"] == "Симферополь, ул. Ореховая, 3"
        said = form["content"]
        assert all(said[name] for name in ("title", "about", "aim", "data", "actions", "method", "withdrawal"))


def test_a_school_without_one_takes_no_consent_here_until_it_has_published(service: Accounts, school: School) -> None:
    with service.database.transaction(Scope(actor="command:test")) as session:
        made = create_school(session, "Школа № 4", "Europe/Moscow", "Ильина Вера Павловна")
    bare = School(service, school.application, school.journal, made)
    activated = bare.api().post("/credentials/activate", {"code": made.code, "password": "correct horse"})
    bare.admin_token = ok(activated, 201)["token"]
    family = make_family(bare)
    assert ok(bare.admin.get("/consent-forms")) == {"items": [], "next": None, "operator": None}
    problem(family.api.post("/consents", family.decision()), 409, "no-form")
    assert family.decide("refused")["form_id"] is None, "a refusal needs no form"
    assert ok(bare.admin.post("/consents", family.decision()), 201)["state"] == "given", "nor does a paper"
    draft = ok(bare.admin.post("/consent-forms", {"purpose": "diary"}), 201)
    assert draft["content"]["aim"] == SAMPLES[Purpose.DIARY].aim
    refused = problem(bare.admin.post(f"/consent-forms/{draft['id']}/publish"), 409, "operator-incomplete")
    assert [one["pointer"] for one in refused["errors"]] == ["/name", "/address"]
    ok(bare.admin.put("/operator", OPERATOR | {"site": ""}))
    assert ok(bare.admin.post(f"/consent-forms/{draft['id']}/publish"))["in_force"] is True
    photo = ok(bare.admin.post("/consent-forms", {"purpose": "photo"}), 201)
    refused = problem(bare.admin.post(f"/consent-forms/{photo['id']}/publish"), 409, "operator-incomplete")
    assert [one["pointer"] for one in refused["errors"]] == ["/site"]
    assert family.decide()["form_id"] == draft["id"]


def test_a_change_is_a_new_version_and_the_old_one_stays(school: School, family: Family, service: Accounts) -> None:
    first = forms(school)["diary"]
    assert family.decide()["form_id"] == first["id"]
    second = publish_next(school, aim="Другая цель.")
    assert (second["version"], second["in_force"]) == (2, True)
    old = ok(family.api.get(f"/consent-forms/{first['id']}"))
    assert (old["in_force"], old["content"]["aim"]) == (False, first["content"]["aim"])
    line = next(one for one in ok(family.api.get("/consents"))["items"] if one["purpose"] == "diary")
    assert line["form_id"] == first["id"], "what was signed stays what was signed"
    assert family.reads_diary()
    with (
        pytest.raises(sa.exc.IntegrityError, match="never changed"),
        service.database.transaction(Scope(school_id=school.id)) as session,
    ):
        session.execute(sa.text("UPDATE consent_form SET aim = 'x' WHERE version = 1"))


def test_a_draft_is_seen_by_who_writes_it_and_may_be_written_anew(school: School, family: Family) -> None:
    draft = ok(school.admin.post("/consent-forms", {"purpose": "mail"}), 201)
    assert (draft["version"], draft["published_at"]) == (2, None)
    written = {"purpose": "mail", "content": content_of("mail", about="x")}
    again = ok(school.admin.post("/consent-forms", written), 201)
    assert (again["id"], again["content"]["about"]) == (draft["id"], "x")
    problem(family.api.get(f"/consent-forms/{draft['id']}"), 404)
    problem(family.api.get("/consent-forms?which=all"), 403)
    assert forms(school)["mail"]["version"] == 1
    assert len(ok(school.admin.get("/consent-forms?which=all"))["items"]) == 5


def test_publishing_again_changes_nothing(school: School) -> None:
    published = publish_next(school)
    assert ok(school.admin.post(f"/consent-forms/{published['id']}/publish")) == published


def test_a_form_comes_into_force_on_its_day(school: School) -> None:
    draft = ok(school.admin.post("/consent-forms", {"purpose": "diary"}), 201)
    path = f"/consent-forms/{draft['id']}/publish"
    problem(school.admin.post(path, {"valid_from": "2026-11-24"}), 422)
    assert ok(school.admin.post(path, {"valid_from": "2026-11-26"}))["in_force"] is False
    assert forms(school)["diary"]["version"] == 1
    with time_machine.travel("2026-11-26T09:00:00+00:00", tick=True):
        assert ok(school.api(school.admin_token).get("/consent-forms"))["items"][0]["version"] == 2


def test_one_signs_what_is_in_force_and_no_other(school: School, family: Family) -> None:
    first = forms(school)["diary"]
    second = publish_next(school, about="иначе")
    problem(family.api.post("/consents", family.decision(form_id=first["id"])), 409, "form-changed")
    problem(family.api.post("/consents", family.decision(form_id=str(new_id()))), 409, "form-changed")
    assert family.decide(form_id=second["id"])["form_id"] == second["id"]


def test_a_paper_is_of_the_form_of_its_day_or_of_the_named_one(school: School, family: Family) -> None:
    first = forms(school)["diary"]
    publish_next(school, about="иначе")
    record = family.decision(signed_on=str(TODAY - dt.timedelta(days=30)))
    assert ok(school.admin.post("/consents", record), 201)["form_id"] is None, "before any form was in force"
    named = ok(school.admin.post("/consents", record | {"form_id": first["id"]}), 201)
    assert named["form_id"] == first["id"]
    for other in (forms(school)["mail"]["id"], str(new_id())):
        problem(school.admin.post("/consents", record | {"form_id": other}), 422)


def test_a_consent_ends_as_its_form_says(school: School, family: Family) -> None:
    assert family.decide(purpose="diary")["until"] is None
    assert family.decide(purpose="photo")["until"] == "2027-08-31"
    assert family.decide("refused", purpose="photo")["until"] is None, "a refusal does not run out"
    assert family.decide(purpose="photo", until="2026-12-31")["until"] == "2026-12-31"
    problem(family.api.post("/consents", family.decision(purpose="photo", until="2027-09-01")), 422)
    publish_next(school, "mail", term="day", term_until="2027-01-15")
    assert family.decide(purpose="mail")["until"] == "2027-01-15"


@pytest.mark.parametrize(
    ("term", "signed", "until"),
    [
        (Term.LEAVING, "2026-09-01", None),
        (Term.SCHOOL_YEAR, "2026-09-01", "2027-08-31"),
        (Term.SCHOOL_YEAR, "2027-05-31", "2027-08-31"),
        (Term.SCHOOL_YEAR, "2027-06-01", "2028-08-31"),
        (Term.SCHOOL_YEAR, "2027-08-31", "2028-08-31"),
        (Term.DAY, "2026-09-01", "2027-01-01"),
    ],
)
def test_terms(term: Term, signed: str, until: str | None) -> None:
    day = dt.date(2027, 1, 1) if term is Term.DAY else None
    found = until_of(term, day, dt.date.fromisoformat(signed))
    assert found == (dt.date.fromisoformat(until) if until else None)


@given(st.dates(dt.date(2000, 1, 1), dt.date(2060, 1, 1)))
def test_a_consent_for_a_school_year_holds_from_its_day_and_for_fifteen_months_at_most(
    day: dt.date,
) -> None:
    until = until_of(Term.SCHOOL_YEAR, None, day)
    assert until is not None
    assert day < until <= day + dt.timedelta(days=457)


@given(st.dates(dt.date(1990, 1, 1), dt.date(2030, 1, 1)), st.dates(dt.date(2004, 1, 1), dt.date(2060, 1, 1)))
def test_born_by_parts_those_who_decide_themselves(born: dt.date, day: dt.date) -> None:
    birthday = (born.month, born.day)
    grown = day.year - born.year - ((day.month, day.day) < birthday) >= 14
    assert decides_himself(born, day) == (born <= born_by(day)) == grown


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"aim": " "}, "/content/aim"),
        ({"data": []}, "/content/data"),
        ({"data": ["x"] * 41}, "/content/data"),
        ({"method": "magic"}, "/content/method"),
        ({"term": "day"}, "/content/term_until"),
        ({"term_until": "2027-01-01"}, "/content/term_until"),
        ({"third_party_name": "ООО «Чужие»"}, "/content/third_party_address"),
        ({"third_party_address": "Москва"}, "/content/third_party_name"),
        ({"more": 1}, "/content/more"),
    ],
)
def test_a_form_that_does_not_say_all_is_pointed_at(school: School, changes: dict[str, Any], pointer: str) -> None:
    answer = school.admin.post("/consent-forms", {"purpose": "diary", "content": content_of(**changes)})
    assert [one["pointer"].startswith(pointer) for one in problem(answer, 422)["errors"]] == [True]


def test_who_writes_forms(school: School, family: Family, make_school: Callable[[], School]) -> None:
    draft = ok(school.admin.post("/consent-forms", {"purpose": "diary"}), 201)
    for api in (family.api, *(school.with_role(kind) for kind in ("director", "deputy", "secretary", "medic"))):
        problem(api.post("/consent-forms", {"purpose": "diary"}), 403)
        problem(api.put("/operator", OPERATOR), 403)
        problem(api.post(f"/consent-forms/{draft['id']}/publish"), 403)
        assert len(ok(api.get("/consent-forms"))["items"]) == 4
    other = make_school()
    problem(other.admin.get(f"/consent-forms/{draft['id']}"), 404)
    problem(other.admin.post(f"/consent-forms/{draft['id']}/publish"), 404)
    problem(school.api().get("/consent-forms"), 401)
