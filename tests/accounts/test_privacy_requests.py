"""Requests about personal data: who may ask, what is gathered, terms, answers, what becomes of the copies."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable, Iterator
from typing import Any

import pypdf
import pytest
import time_machine

from services.common.db import new_id
from tests.accounts.answers import PASSWORD, ok, problem
from tests.accounts.conftest import School
from tests.accounts.families import Family, make_family
from tests.accounts.gathering import OTHERS, Services, asked
from tests.support.suite import Api

PATH = "/privacy-requests"
WEDNESDAY = "2026-11-25"


@pytest.fixture(autouse=True)
def today() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(f"{WEDNESDAY}T09:00:00+00:00", tick=True) as traveller:
        yield traveller


@pytest.fixture
def family(school: School) -> Family:
    return make_family(school)


@pytest.fixture
def services(school: School) -> Services:
    return Services(school)


def answered(office: Api, request_id: str, **more: Any) -> dict[str, Any]:
    body = {"outcome": "granted", "answer": "Сведения приложены.", **more}
    said: dict[str, Any] = ok(office.post(f"{PATH}/{request_id}/answer", body))
    return said


def copy_by_director(school: School, request_id: str) -> Any:
    """Who hands it over opens it; nobody else of the office does."""
    problem(school.admin.get(f"{PATH}/{request_id}/copy"), 403)
    return school.with_role("director").get(f"{PATH}/{request_id}/copy")


def admin_again(school: School, from_web: dict[str, str]) -> School:
    """The administrator, signed in anew: sessions end sooner than terms."""
    body = {"login": school.made.login, "password": PASSWORD}
    school.admin_token = ok(school.api().post("/sessions", body, headers=from_web), 201)["token"]
    return school


# --- who may ask ---------------------------------------------------------------------------------------


def test_a_guardian_asks_about_her_child_and_herself_and_nobody_else(family: Family) -> None:
    school, mother = family.school, family.api
    other = school.person("student", name="Чужой Иван Ильич")
    own, childs = asked(mother, "access", family.mother), asked(mother, "access", family.child)
    assert (own["number"], childs["number"]) == (1, 2)
    assert (childs["subject"], childs["source"]) == ("Белов Пётр Ильич", "system")
    for subject in (other, new_id()):
        problem(mother.post(PATH, {"kind": "access", "subject_id": str(subject)}), 404)
    assert [one["number"] for one in ok(mother.get(PATH))["items"]] == [2, 1]


def test_the_office_writes_down_a_paper_of_who_speaks_for_the_pupil(family: Family) -> None:
    school = family.school
    secretary = school.with_role("secretary")
    paper = {"requester_id": str(family.mother), "received_on": "2026-11-20", "document": "№ 14 от 20.11.2026"}
    made = asked(secretary, "correction", family.child, text="Отчество с ошибкой", **paper)
    assert (made["source"], made["requester"], made["due_on"]) == ("office", "Иванова Анна Петровна", "2026-12-01")
    stranger = str(school.person("guardian", name="Чужая Нина Львовна"))
    body = {"kind": "correction", "subject_id": str(family.child)}
    problem(secretary.post(PATH, body | {"requester_id": stranger}), 404, "not-a-guardian")
    problem(secretary.post(PATH, body), 404, "not-a-guardian")
    late = body | paper | {"received_on": "2026-11-26"}
    assert problem(secretary.post(PATH, late), 422)["errors"][0]["pointer"] == "/received_on"
    problem(family.api.post(PATH, body | {"received_on": "2026-11-20"}), 422)
    assert [one["number"] for one in ok(family.api.get(PATH))["items"]] == [1], "she sees what stands in her name"


def test_the_same_is_asked_once_while_it_is_open(family: Family) -> None:
    first_id = str(new_id())
    first = asked(family.api, "erasure", family.mother, id=first_id, text="Почту и телефон")
    assert asked(family.api, "erasure", family.mother, id=first_id, text="Почту и телефон") == first
    body = {"kind": "erasure", "subject_id": str(family.mother)}
    problem(family.api.post(PATH, body | {"id": first_id, "text": "другое"}), 409, "conflict")
    problem(family.api.post(PATH, body), 409, "already-open")
    ok(family.api.post(f"{PATH}/{first_id}/withdraw"))
    assert ok(family.api.post(f"{PATH}/{first_id}/withdraw"))["outcome"] == "withdrawn", "again it stays"
    assert asked(family.api, "erasure", family.mother)["number"] == 2


def test_who_guards_the_child_no_more_sees_nothing_of_the_request(family: Family) -> None:
    request = asked(family.api, "access", family.child)
    family.school.journal.guards[str(family.mother)].clear()
    family.school.service.relations._entries.clear()
    problem(family.api.get(f"{PATH}/{request['id']}"), 404)
    problem(family.api.post(f"{PATH}/{request['id']}/withdraw"), 404)


def test_requests_of_the_school_are_the_offices(family: Family, make_school: Callable[[], School]) -> None:
    request = asked(family.api, "access", family.child)
    school = family.school
    for kind, status in (("director", 200), ("secretary", 200), ("deputy", 403), ("medic", 403)):
        viewer = school.with_role(kind)
        assert viewer.get(f"{PATH}?of=school").status_code == status
        assert viewer.get(f"{PATH}/{request['id']}").status_code == (200 if status == 200 else 404)
    problem(family.api.get(f"{PATH}?of=school"), 403)
    problem(make_school().admin.get(f"{PATH}/{request['id']}"), 404)
    assert [one["id"] for one in ok(school.admin.get(f"{PATH}?of=school&state=open"))["items"]] == [request["id"]]
    assert ok(school.admin.get(f"{PATH}?of=school&state=closed"))["items"] == []


def test_only_administrator_and_director_answer(family: Family) -> None:
    request = asked(family.api, "correction", family.child)
    body = {"outcome": "granted", "answer": "Исправлено."}
    path = f"{PATH}/{request['id']}/answer"
    problem(family.school.with_role("secretary").post(path, body), 403)
    problem(family.api.post(path, body), 403)
    said = ok(family.school.with_role("director").post(path, body))
    assert (said["outcome"], said["closed_by"], said["urgency"]) == ("granted", "Иванова Анна Петровна", None)
    problem(family.school.admin.post(path, body), 409, "closed")
    problem(family.api.post(f"{PATH}/{request['id']}/withdraw"), 409, "closed")


# --- what is gathered ----------------------------------------------------------------------------------


def test_every_service_is_asked_until_it_has_answered(
    family: Family, services: Services, today: time_machine.Traveller
) -> None:
    request = asked(family.api, "access", family.child)
    assert sorted(services.work()) == list(OTHERS)
    assert services.work() == [], "they have two minutes"
    services.tell(request["id"], "journal", [{"what": "отметка"}])
    services.tell(request["id"], "journal", [{"what": "отметка, исправлена"}])
    today.shift(121)
    assert sorted(services.work()) == ["notifications", "reports"], "who has answered is asked no more"
    today.shift(121)
    assert services.work() == [], "ever more slowly"
    today.shift(121)
    assert len(services.work()) == 2
    problem(family.school.admin.post(f"{PATH}/{request['id']}/answer", {"outcome": "granted", "answer": "Вот."}), 409)
    parts = {one["service"]: one["received_at"] is not None for one in ok(family.api.get(PATH))["items"][0]["parts"]}
    assert parts == {"accounts": True, "journal": True, "notifications": False, "reports": False}


def test_the_office_may_have_everything_gathered_anew(family: Family, services: Services) -> None:
    request = asked(family.api, "access", family.child)
    services.all_tell(request["id"])
    ok(family.school.admin.post(f"{PATH}/{request['id']}/gather"))
    assert sorted(services.work()) == list(OTHERS)
    services.tell(request["id"], "journal", [{"what": "новее"}])
    services.tell(request["id"], "notifications", [])
    services.tell(request["id"], "reports", [])
    copy = ok(copy_by_director(family.school, request["id"]))
    assert copy["services"][1]["sections"][0]["rows"] == [{"what": "новее"}]


def test_a_service_tells_only_of_what_it_was_asked(family: Family, services: Services) -> None:
    correction = asked(family.api, "correction", family.child)
    services.tell(correction["id"], "journal", [], 404)
    services.tell(str(new_id()), "journal", [], 404)
    services.tell(correction["id"], "web", [], 403)
    problem(family.school.admin.post(f"{PATH}/{correction['id']}/gather"), 409, "nothing-to-gather")


def test_what_is_stored_is_handed_over_with_the_answer_and_not_before(family: Family, services: Services) -> None:
    family.decide()
    request = asked(family.api, "access", family.child)
    path = f"{PATH}/{request['id']}"
    problem(copy_by_director(family.school, request["id"]), 404, "not-gathered")
    services.all_tell(request["id"])
    problem(family.api.get(f"{path}/copy"), 403)
    answered(family.school.admin, request["id"])
    copy = ok(family.api.get(f"{path}/copy"))
    assert (copy["subject"], copy["number"]) == ("Белов Пётр Ильич", 1)
    told = {one["service"]: one["sections"] for one in copy["services"]}
    assert list(told) == ["accounts", "journal", "notifications", "reports"]
    assert told["reports"][0]["rows"] == [{"what": "из reports", "on": "2026-09-01"}]
    consents = next(one for one in told["accounts"] if one["name"] == "consents")
    assert [(row["signer"], row["decision"]) for row in consents["rows"]] == [("Иванова Анна Петровна", "согласие")]
    assert set(consents["columns"]) == set(consents["rows"][0])
    answer = family.api.get(f"{path}/copy.pdf")
    assert (answer.status_code, answer.mimetype, answer.headers["Cache-Control"]) == (
        200,
        "application/pdf",
        "no-store",
    )
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
    for words in ("Белов Пётр Ильич", "Согласия и отказы", "из journal", "01.09.2026", "Нет записей"):
        assert words in " ".join(text.split())


def test_without_the_consent_to_the_diary_the_answer_is_on_paper(family: Family, services: Services) -> None:
    """The guardian has the right to know, but chose that nothing of the child is shown electronically."""
    about_child, own = asked(family.api, "access", family.child), asked(family.api, "access", family.mother)
    for request in (about_child, own):
        services.all_tell(request["id"])
        answered(family.school.admin, request["id"])
    problem(family.api.get(f"{PATH}/{about_child['id']}/copy.pdf"), 403, "on-paper")
    ok(copy_by_director(family.school, about_child["id"]))
    assert [ok(family.api.get(f"{PATH}/{one['id']}"))["copy"] for one in (about_child, own)] == ["on-paper", "open"]
    ok(family.api.get(f"{PATH}/{own['id']}/copy"))


def test_copies_are_let_go_after_thirty_days(
    family: Family, services: Services, today: time_machine.Traveller, from_web: dict[str, str]
) -> None:
    request = asked(family.api, "access", family.mother)
    services.all_tell(request["id"])
    said = answered(family.school.admin, request["id"])
    assert said["copy_until"].startswith("2026-12-25")
    today.shift(29 * 86_400)
    services.sweep()
    admin_again(family.school, from_web)
    ok(copy_by_director(family.school, request["id"]))
    today.shift(2 * 86_400)
    services.sweep()
    office = admin_again(family.school, from_web).admin
    problem(family.school.signed_in(family.mother).get(f"{PATH}/{request['id']}/copy"), 404, "not-kept")
    line = ok(office.get(f"{PATH}/{request['id']}"))
    assert {part["kept"] for part in line["parts"]} == {False}
    assert line["copy_until"] is None


def test_what_was_withdrawn_keeps_no_copy(family: Family, services: Services) -> None:
    request = asked(family.api, "access", family.mother)
    services.all_tell(request["id"])
    ok(family.api.post(f"{PATH}/{request['id']}/withdraw"))
    services.tell(request["id"], "journal", [{"what": "поздно"}])
    services.sweep()
    problem(copy_by_director(family.school, request["id"]), 404, "not-kept")


# --- terms and answers ---------------------------------------------------------------------------------


def test_terms_are_counted_in_working_days(family: Family) -> None:
    """From Wednesday the 25th of November: 10 working days, 7, 1, 10."""
    due = {kind: asked(family.api, kind, family.child)["due_on"] for kind in ("access", "correction", "restriction")}
    due["erasure"] = asked(family.api, "erasure", family.child)["due_on"]
    assert due == {
        "access": "2026-12-09",
        "correction": "2026-12-04",
        "restriction": "2026-11-26",
        "erasure": "2026-12-09",
    }


def test_a_term_is_extended_once_where_the_law_lets(family: Family) -> None:
    admin = family.school.admin
    request = asked(family.api, "access", family.child)
    path = f"{PATH}/{request['id']}/extend"
    said = ok(admin.post(path, {"reason": "Архив за прошлые годы хранится отдельно."}))
    assert (said["due_on"], said["extended_on"]) == ("2026-12-16", WEDNESDAY)
    problem(admin.post(path, {"reason": "Ещё."}), 409, "extended-already")
    correction = asked(family.api, "correction", family.child)
    problem(admin.post(f"{PATH}/{correction['id']}/extend", {"reason": "Ещё."}), 409, "not-extendable")
    problem(admin.post(path, {"reason": " "}), 422)


def test_a_refusal_names_its_ground(family: Family) -> None:
    admin = family.school.admin
    request = asked(family.api, "erasure", family.child, text="Все отметки")
    path, why = f"{PATH}/{request['id']}/answer", "Школа обязана хранить результаты обучения."
    refused = {"outcome": "refused", "answer": why}
    assert problem(admin.post(path, refused), 422)["errors"][0]["pointer"] == "/grounds"
    problem(admin.post(path, {"outcome": "granted", "answer": why, "grounds": "kept_by_law"}), 422)
    problem(admin.post(path, refused | {"answer": " ", "grounds": "kept_by_law"}), 422)
    ok(admin.post(path, refused | {"grounds": "kept_by_law"}))
    seen = ok(family.api.get(f"{PATH}/{request['id']}"))
    assert (seen["outcome"], seen["grounds"], seen["answer"]) == ("refused", "kept_by_law", why)


def test_the_office_is_reminded_and_the_requester_told(
    family: Family, today: time_machine.Traveller, from_web: dict[str, str]
) -> None:
    school = family.school
    asked(family.api, "access", family.child)
    request = asked(family.api, "correction", family.child)

    def reminded(api: Api) -> Any:
        return ok(api.get("/me"))["privacy"]["to_answer"]

    assert reminded(school.admin) == {"open": 2, "soon": 0, "overdue": 0}
    assert reminded(family.api) is None
    today.move_to("2026-12-02T09:00:00+00:00")
    assert reminded(admin_again(school, from_web).admin) == {"open": 2, "soon": 1, "overdue": 0}
    today.move_to("2026-12-07T09:00:00+00:00")
    director, mother = admin_again(school, from_web).admin, school.signed_in(family.mother)
    assert reminded(director) == {"open": 2, "soon": 1, "overdue": 1}
    answered(director, request["id"])
    assert reminded(director) == {"open": 1, "soon": 1, "overdue": 0}
    assert ok(mother.get("/me"))["privacy"]["answered"] == 1


# --- erasure -------------------------------------------------------------------------------------------


def test_an_erasure_that_is_granted_makes_an_act_for_the_director(family: Family) -> None:
    admin = family.school.admin
    request = asked(family.api, "erasure", family.mother, text="Почту и телефон")
    path = f"{PATH}/{request['id']}/answer"
    granted = {"outcome": "granted", "answer": "Почта и телефон будут удалены."}
    assert problem(admin.post(path, granted), 422)["errors"][0]["pointer"] == "/categories"
    problem(admin.post(path, granted | {"categories": ["contacts", "contacts"]}), 422)
    problem(admin.post(path, granted | {"categories": ["journal_results"]}), 422)
    refused = {"outcome": "refused", "grounds": "other", "answer": "Нет.", "categories": ["contacts"]}
    problem(admin.post(path, refused), 422)
    said = ok(admin.post(path, granted | {"categories": ["contacts", "letters"]}))
    act = ok(admin.get(f"/destruction-acts/{said['act_id']}"))
    assert (act["state"], act["person_id"], act["reason"]) == ("draft", str(family.mother), "demand")
    assert {part["category"] for part in act["parts"]} == {"contacts", "letters"}
    problem(family.api.get(f"/destruction-acts/{said['act_id']}"), 403)


def test_nothing_else_makes_an_act(family: Family) -> None:
    request = asked(family.api, "correction", family.child)
    body = {"outcome": "granted", "answer": "Исправлено.", "categories": ["contacts"]}
    problem(family.school.admin.post(f"{PATH}/{request['id']}/answer", body), 422)
    assert answered(family.school.admin, request["id"])["act_id"] is None


# --- restriction ---------------------------------------------------------------------------------------


def test_a_restriction_that_is_granted_closes_the_pupils_diary_until_it_is_lifted(family: Family) -> None:
    family.decide()
    assert family.reads_diary()
    request = asked(family.api, "restriction", family.child, text="Спорим о данных")
    said = answered(family.school.admin, request["id"], answer="Обработка ограничена.")
    assert said["restricted"]
    assert (family.reads_diary(), family.state()) == (False, "disputed")
    ok(family.school.admin.post(f"/disputes/{said['dispute_id']}/end"))
    assert family.reads_diary()
    assert not ok(family.api.get(f"{PATH}/{request['id']}"))["restricted"]


def test_a_guardians_restriction_stops_what_rests_on_her_own_consent_alone(family: Family) -> None:
    school = family.school
    father_id = school.person("guardian", name="Белов Илья Петрович")
    school.guards(father_id, family.child)
    father = school.signed_in(father_id)
    for purpose in ("diary", "mail"):
        family.decide(purpose=purpose)
        body = family.decision(purpose=purpose) | {"guardian_id": str(father_id)}
        ok(father.post("/consents", body), 201)
    request = asked(family.api, "restriction", family.mother)
    said = answered(school.admin, request["id"], answer="Обработка ограничена.")
    assert family.access("mail") == ("refused", "diary_disputed")
    assert family.access("mail", father_id) == ("allowed", "given")
    assert (family.reads_diary(), family.reads_diary(father)) == (False, True)
    asked_for = {"what": "changes", "format": "pdf", "class_id": str(family.class_id)}
    printed = school.admin.post("/consents/print", asked_for)
    assert printed.status_code == 200, printed.data
    text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(printed.data)).pages)
    assert "обработка оспорена" in " ".join(text.split())
    ok(school.admin.post(f"/disputes/{said['dispute_id']}/end"))
    assert family.access("mail") == ("allowed", "given")


# --- what accounts keeps itself ------------------------------------------------------------------------


def test_no_secret_and_nobody_elses_data_is_told(family: Family, services: Services) -> None:
    other = make_family(family.school)
    other.decide(document="Чужое заявление")
    family.decide(document="Заявление 9")
    request = asked(family.api, "access", family.mother)
    services.all_tell(request["id"])
    copy = ok(copy_by_director(family.school, request["id"]))
    own = next(one for one in copy["services"] if one["service"] == "accounts")["sections"]
    by_name: dict[str, Any] = {one["name"]: one["rows"] for one in own}
    assert [row["document"] for row in by_name["consents"]] == ["Заявление 9"]
    assert len(by_name["slips"]) == 1
    assert len(by_name["sessions"]) == 1
    assert by_name["account"][0]["login"]
    assert by_name["sign_ins"][0]["what"] == "slip_used"
    assert str(own).find(family.api.token) == -1
    assert not any("hash" in name for one in own for name in one["columns"])


def test_of_somebody_without_an_account_there_is_less(school: School, services: Services) -> None:
    nobody = school.person("staff", name="Новый Олег Ильич")
    paper = {"requester_id": str(nobody)}
    request = asked(school.admin, "access", nobody, **paper)
    services.all_tell(request["id"])
    copy = ok(copy_by_director(school, request["id"]))
    rows = {one["name"]: len(one["rows"]) for one in copy["services"][0]["sections"]}
    assert {name for name, count in rows.items() if count} == {"privacy_requests"}


def test_ids_of_requests_are_the_schools_own(family: Family, make_school: Callable[[], School]) -> None:
    """The same id in another school is another request; numbers begin anew there."""
    same = str(uuid.uuid4())
    first = asked(family.api, "access", family.mother, id=same)
    other = make_school()
    person = other.person("staff")
    second = asked(other.admin, "access", person, id=same, requester_id=str(person))
    assert (first["number"], second["number"]) == (1, 1)
