"""Slips as a PDF: who gets what on it, and that a second printing ends the first."""

from __future__ import annotations

import datetime as dt
import io
import re
import uuid

import pypdf
import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from services.accounts.edge import Accounts
from services.accounts.slips.pdf import IN_A_PROCESS, MODULE, Slip, render
from services.accounts.slips.schemas import AMONG
from services.common.apart import ApartError, apart
from services.common.db import new_id
from services.common.identity import token_digest
from tests.accounts.answers import PASSWORD, ok, problem
from tests.accounts.conftest import School
from tests.support.suite import Api

CODE = re.compile(r"[2-9a-hjkmnp-z]{4} [2-9a-hjkmnp-z]{4} [2-9a-hjkmnp-z]{4}")


def _print(api: Api, *people: uuid.UUID) -> TestResponse:
    return api.post("/credentials/slips", {"person_ids": [str(one) for one in people]})


def _pages(answer: TestResponse) -> list[str]:
    """Text of each page."""
    assert answer.status_code == 200, answer.data[:300]
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Cache-Control"] == "no-store"
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(answer.data)).pages]


def _family(school: School) -> tuple[uuid.UUID, uuid.UUID]:
    pupil = school.person("student", name="Ларина Инна Львовна", birth_date="2012-05-04")
    mother = school.person("guardian", name="Арина Ольга Петровна")
    school.enrolled(pupil, new_id(), "8А")
    school.guards(mother, pupil)
    return pupil, mother


def test_a_slip_says_all_that_its_owner_needs(school: School) -> None:
    pupil, mother = _family(school)
    teacher = school.person("staff", name="Ветрова Анна Ивановна")
    (page,) = _pages(_print(school.admin, mother, teacher, pupil))
    for words in ("Школа № 3", "Ученик, 8А", "Родитель: Ларина Инна Львовна, 8А", "Сотрудник", "/activate"):
        assert words in page
    assert page.count("дату рождения") == 1, "the mother's alone"
    order = [page.index(name) for name in ("Ветрова Анна", "Ларина Инна", "Арина Ольга")]
    assert order == sorted(order), "staff first, the pupil before the mother"
    assert len(CODE.findall(page)) == 3


def test_what_is_printed_opens_once_and_a_second_printing_ends_the_first(school: School) -> None:
    _, mother = _family(school)
    first, second = (CODE.findall(_pages(_print(school.admin, mother))[0])[0] for _ in range(2))
    assert first != second

    def use(code: str) -> TestResponse:
        body = {"code": code, "password": PASSWORD, "child_birth_date": "2012-05-04"}
        return school.api().post("/credentials/activate", body)

    problem(use(first), 404, "code-unknown")
    ok(use(second), 201)
    problem(use(second), 404, "code-unknown")


def test_nine_slips_take_two_pages(school: School) -> None:
    people = [school.person("staff", name=f"Ветров{number} Анна Ивановна") for number in range(9)]
    pages = _pages(_print(school.admin, *people))
    assert [len(CODE.findall(page)) for page in pages] == [8, 1]


def _names(answer: TestResponse, *names: str) -> set[str]:
    text = " ".join("".join(_pages(answer)).split())
    return {name for name in names if name in text}


def test_a_class_is_printed_for_whoever_holds_no_slip_yet(school: School) -> None:
    class_id = new_id()
    names = ["Ларина Инна Львовна", "Белов Пётр Ильич", "Лаптева Ольга Павловна"]
    pupils = [school.person("student", name=name) for name in names]
    for pupil in pupils:
        school.enrolled(pupil, class_id, "8А")
    mother = school.person("guardian", name="Арина Зоя Петровна")
    school.guards(mother, pupils[0])
    school.enrolled(school.person("student", name="Чужой Олег Ильич"), new_id(), "8Б")
    everybody = [*names, "Арина Зоя Петровна", "Чужой Олег Ильич"]
    body = {"class_id": str(class_id)}
    assert _names(school.admin.post("/credentials/slips", body), *everybody) == set(everybody[:4])
    ok(school.admin.post("/access/handed-over", {"person_ids": [str(pupils[2])]}), 204)
    school.signed_in(pupils[1])
    again = school.admin.post("/credentials/slips", body)
    assert _names(again, *everybody) == {names[0], "Арина Зоя Петровна"}, "neither a slip in a hand nor one signed in"
    for pupil in (pupils[0], mother):
        ok(school.admin.post("/access/handed-over", {"person_ids": [str(pupil)]}), 204)
    problem(school.admin.post("/credentials/slips", body), 409, "nobody-waits")
    problem(school.admin.post("/credentials/slips", {"class_id": str(new_id())}), 404)


def test_staff_families_or_everybody(school: School) -> None:
    _family(school)
    names = ["Ларина Инна Львовна", "Арина Ольга Петровна", "Ветрова Анна Ивановна", "Ломова Яна Ивановна"]
    school.person("staff", name=names[2])
    school.person("staff", "guardian", name=names[3])
    secretary = school.with_role("secretary")
    printed = {kind: _names(school.admin.post("/credentials/slips", {"among": kind}), *names) for kind in AMONG}
    assert printed == {"staff": set(names[2:]), "families": set(names[:2]), "everybody": set(names)}
    assert _names(secretary.post("/credentials/slips", {"among": "families"}), *names) == set(names[:2])
    for kind in ("staff", "everybody"):
        problem(secretary.post("/credentials/slips", {"among": kind}), 403)


def test_many_slips_are_laid_out_apart_and_joined_in_order() -> None:
    until = dt.date(2026, 12, 1)
    slips = [
        Slip(f"Номер {number:03}", "Ученик, 8А", "abcdefgh", "a" * 12, until) for number in range(IN_A_PROCESS + 9)
    ]
    made = render(slips, "Школа № 3", "http://localhost/activate", dt.datetime.now(dt.UTC))
    pages = [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages]
    assert len(pages) == IN_A_PROCESS // 8 + 2
    assert re.findall(r"Номер (\d{3})", "".join(pages)) == [f"{number:03}" for number in range(len(slips))]


def test_of_a_failure_apart_nothing_personal_is_told() -> None:
    given = b'{"school": "", "address": "", "as_of": "", "slips": [{"until": "Ivanova"}]}'
    with pytest.raises(ApartError) as failed:
        apart(MODULE, given)
    assert "ValueError" in str(failed.value)
    assert "Ivanova" not in str(failed.value)


def test_the_longest_names_stay_on_their_slip(school: School) -> None:
    long = "Аб-" * 60
    person = school.person("staff", name=f"{long}а {long}б {long}в")
    (page,) = _pages(_print(school.admin, person))
    assert len(CODE.findall(page)) == 1


@pytest.mark.parametrize(
    "body",
    [
        {"person_ids": []},
        {"person_ids": [str(uuid.uuid4())] * 101},
        {"person_ids": ["not an id"]},
        {"among": "friends"},
        {"among": None},
        {},
        {"among": "staff", "class_id": str(uuid.uuid4())},
    ],
)
def test_senseless_lists_are_refused(school: School, body: dict[str, object]) -> None:
    problem(school.admin.post("/credentials/slips", body), 422)


def test_who_prints(school: School, service: Accounts) -> None:
    pupil, mother = _family(school)
    colleague = school.person("staff", name="Лаптева Инна Петровна")
    secretary = school.with_role("secretary")
    assert len(_pages(_print(secretary, pupil, mother))) == 1
    problem(_print(secretary, pupil, colleague), 403)
    for kind in ("director", "deputy", "medic"):
        problem(_print(school.with_role(kind), pupil), 403)
    problem(_print(school.signed_in(colleague), pupil), 403)
    problem(_print(school.admin, new_id()), 404)
    problem(_print(school.api(), pupil), 401)
    with service.database.engine.begin() as connection:
        connection.execute(
            sa.text("UPDATE session SET confirmed_at = now() - interval '11 minutes' WHERE token_hash = :hash"),
            {"hash": token_digest(school.admin_token)},
        )
    problem(_print(school.admin, pupil), 403, "confirm-password")
