"""The list of duties: roles beside journal's classes and courses; who gives which role."""

from __future__ import annotations

import datetime as dt
import io
import uuid

import pypdf
import pytest
import time_machine

from services.accounts.duties.rules import Held, joined
from services.accounts.roles.rules import RoleKind
from services.common.clock import today_in
from services.common.db import new_id
from tests.accounts.answers import ok, problem
from tests.accounts.conftest import School

ZONE = "Europe/Simferopol"
FROM = "2026-01-01"


def _gives(school: School, person: uuid.UUID, kind: str, **more: object) -> dict[str, object]:
    return {"person_id": str(person), "kind": kind, "from": FROM, **more}


def _worker(person: uuid.UUID, name: str, **more: object) -> dict[str, object]:
    return {"person_id": str(person), "name": name, "position": "учитель", "leads": [], "teaches": [], **more}


def _told(school: School, *staff: dict[str, object], **classes: str) -> None:
    school.journal.duties = {
        "staff": list(staff),
        "classes": [{"id": class_id, "name": name} for name, class_id in classes.items()],
    }


def test_roles_stand_beside_what_journal_knows(school: School) -> None:
    deputy, teacher, class_id, other = school.person("staff"), school.person("staff"), str(new_id()), str(new_id())
    scope = {"classes": [class_id, other], "directions": ["lessons", "corrections"]}
    order = {"order_number": "44-к", "order_date": "2026-08-25", "to": "2027-06-01"}
    ok(school.admin.post("/roles", _gives(school, deputy, "deputy", **scope, **order)), 201)
    term = {"class_id": other, "class_name": "6Б", "from": "2026-09-01", "to": None}
    course = {**term, "course_id": str(new_id()), "subject": "Алгебра", "kind": "lesson"}
    working = _worker(teacher, "Ветрова Анна Павловна", leads=[term], teaches=[course])
    _told(school, working, **{"6Б": other, "5А": class_id})
    answer = ok(school.admin.get("/duties"))
    assert answer["on"] == str(today_in(ZONE))
    first, founder, last = answer["items"]
    assert first["person_id"] == str(deputy), "the administration comes first, deputies before administrators"
    assert [role["kind"] for role in founder["roles"]] == ["administrator"]
    (role,) = first["roles"]
    assert [one["name"] for one in role["classes"]] == ["6Б", "5А"], "in journal's order"
    assert role["directions"] == scope["directions"]
    assert {name: role[name] for name in order} == order
    assert (last["name"], last["leads"], last["teaches"]) == ("Ветрова Анна Павловна", [term], [course])
    assert last["roles"] == []


def test_a_role_stands_in_the_list_on_its_days_only(school: School) -> None:
    medic = school.person("staff")
    ok(school.admin.post("/roles", _gives(school, medic, "medic", to="2026-03-01")), 201)
    shown = {
        day: ok(school.admin.get(f"/duties?on={day}"))["items"] for day in ("2025-12-31", "2026-02-28", "2026-03-01")
    }
    assert [any(one["person_id"] == str(medic) for one in items) for items in shown.values()] == [False, True, False]


def test_the_list_prints_as_an_appendix_to_an_order(school: School) -> None:
    person = school.person("staff", name="Титова Елена Михайловна")
    given = _gives(
        school, person, "deputy", directions=["homework_fit"], order_number="44-к", order_date="2026-08-25"
    )
    ok(school.admin.post("/roles", given), 201)
    _told(school, _worker(person, "Титова Елена Михайловна"))
    body = {"order_number": "41-к", "order_date": "2026-08-24"}
    answer = school.admin.post("/duties/print", body)
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages)
    words = " ".join(text.replace("-\n", "").split())
    for wanted in ("от 24.08.2026 № 41-к", "Титова Елена Михайловна", "приказ № 44-к от 25.08.2026", "Школа № 3"):
        assert wanted in words
    blank = school.admin.post("/duties/print", {})
    assert "41-к" not in "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(blank.data)).pages)


def test_without_journal_the_list_says_so(school: School) -> None:
    school.journal.silent = True
    problem(school.admin.get("/duties"), 503)


@pytest.mark.parametrize(("kind", "status"), [("director", 200), ("deputy", 200), ("secretary", 403), ("medic", 403)])
def test_who_sees_the_duties(school: School, kind: str, status: int) -> None:
    holder = school.with_role(kind)
    assert holder.get("/duties").status_code == status
    assert holder.post("/duties/print", {}).status_code == status


GRANTS = [
    # who gives, which role, with a director in office, to herself: may she?
    ("director", "director", True, False, True),
    ("director", "administrator", True, False, True),
    ("director", "medic", True, True, False),
    ("administrator", "deputy", True, False, True),
    ("administrator", "secretary", False, False, True),
    ("administrator", "medic", False, True, False),
    ("administrator", "director", False, False, True),
    ("administrator", "director", True, False, False),
    ("deputy", "secretary", True, False, False),
    ("secretary", "secretary", True, False, False),
    ("medic", "medic", True, False, False),
]


@pytest.mark.parametrize(("giver", "kind", "director_in_office", "to_herself", "may"), GRANTS)
def test_nobody_gives_more_than_the_own_role_allows(
    school: School, giver: str, kind: str, director_in_office: bool, to_herself: bool, may: bool
) -> None:
    holder = school.admin if giver == "administrator" else school.with_role(giver)
    if director_in_office and giver != "director":
        school.with_role("director")
    me = uuid.UUID(ok(holder.get("/me"))["person"]["id"])
    answer = holder.post("/roles", _gives(school, me if to_herself else school.person("staff"), kind))
    assert answer.status_code == (201 if may else 403)
    if not may and giver in ("administrator", "director"):
        problem(answer, 403, "beyond-role")


def test_a_director_is_ended_by_a_director_alone(school: School) -> None:
    director = school.with_role("director")
    shown = {
        one["kind"]: one["may_end"] for duty in ok(school.admin.get("/duties"))["items"] for one in duty["roles"]
    }
    assert shown == {"director": False, "administrator": True}
    role = next(one for one in ok(school.admin.get("/roles"))["items"] if one["kind"] == "director")
    problem(school.admin.post(f"/roles/{role['id']}/end"), 403, "beyond-role")
    ok(director.post(f"/roles/{role['id']}/end"))
    ok(school.admin.post("/roles", _gives(school, school.person("staff"), "director", **{"from": FROM})), 201)


def test_an_ended_role_works_no_more_within_seconds(school: School) -> None:
    person = school.person("staff")
    for kind in ("deputy", "medic"):
        ok(school.admin.post("/roles", _gives(school, person, kind)), 201)
    holder = school.signed_in(person)
    ok(holder.get("/roles"))
    role = next(one for one in ok(school.admin.get("/roles"))["items"] if one["kind"] == "deputy")
    ok(school.admin.post(f"/roles/{role['id']}/end"))
    with time_machine.travel(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=5)):
        school.service.authenticator.forget(holder.token)
        problem(holder.get("/roles"), 403)


def test_everybody_is_one_entry_and_the_administration_comes_first() -> None:
    people = [uuid.UUID(int=number) for number in range(1, 5)]
    day = dt.date(2026, 9, 1)
    roles = [
        Held(new_id(), person, kind, None, None, day, None, "", None)
        for person, kind in [
            (people[3], RoleKind.SECRETARY),
            (people[1], RoleKind.MEDIC),
            (people[1], RoleKind.DIRECTOR),
            (people[2], RoleKind.DEPUTY),
        ]
    ]
    staff = [_worker(person, f"Учитель {person.int}") for person in people[:3]]
    found = joined(roles, {people[3]: "Секретарь без карточки"}, staff)
    assert [duty.person_id for duty in found] == [people[1], people[2], people[3], people[0]]
    assert [role.kind for role in found[0].roles] == ["director", "medic"]
    assert found[2].name == "Секретарь без карточки"
    assert joined([], {}, []) == []
