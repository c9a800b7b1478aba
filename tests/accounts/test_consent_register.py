"""The register as a whole: counts that equal its lines, families on paper, prints of it and of its changes."""

from __future__ import annotations

import datetime as dt
import io
import random
import uuid
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

import pypdf
import pytest
import time_machine
from hypothesis import given
from hypothesis import strategies as st
from python_calamine import CalamineWorkbook

from services.accounts.consent_register.rules import STATES, class_order, in_words, since
from services.accounts.consent_register.tables import Column, Table, render_pdf, render_xlsx
from services.accounts.consents.rules import Purpose, State, counted_as
from services.common.db import Scope, new_id
from services.common.identity import token_digest
from tests.accounts.answers import ok, problem
from tests.accounts.conftest import Journal, School
from tests.accounts.families import TODAY, Family, make_family
from tests.support.suite import Api

EACH = 40
"""Signers of the made-up school."""


@pytest.fixture(autouse=True)
def _fixed_day() -> Iterator[None]:
    with time_machine.travel("2026-11-25T09:00:00+00:00", tick=True):
        yield


@pytest.fixture
def family(school: School) -> Family:
    return make_family(school)


def summary(api: Api) -> dict[str, Any]:
    """By name of the class."""
    return {one["class_name"]: one for one in ok(api.get("/consents/summary"))["classes"]}


def print_out(api: Api, what: str, form: str = "pdf", **more: Any) -> Any:
    return api.post("/consents/print", {"what": what, "format": form, **more})


def text_of(answer: Any) -> str:
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf"), answer.data[:300]
    assert answer.headers["Cache-Control"] == "no-store"
    read = pypdf.PdfReader(io.BytesIO(answer.data)).pages
    return " ".join(" ".join(page.extract_text().split()) for page in read)


def rows_of(answer: Any) -> list[list[Any]]:
    """Below the head."""
    assert answer.status_code == 200, answer.data[:300]
    book = CalamineWorkbook.from_filelike(io.BytesIO(answer.data))
    return list(book.get_sheet_by_index(0).to_python())[3:]


def test_counts_equal_the_lines_of_the_register_whatever_was_decided(school: School) -> None:
    """Every state, restricted guardians, ended ones, pupils above and below 14, in two classes."""
    chance = random.Random(7)
    classes = {name: new_id() for name in ("8А", "10Б")}
    for number in range(EACH):
        name = chance.choice(list(classes))
        born = chance.choice(["2010-03-01", "2018-03-01", None])
        child = school.person("student", name=f"Ученик Иван{number} Петрович", birth_date=born)
        school.enrolled(child, classes[name], name)
        signers = [child]
        for _ in range(chance.randrange(3)):
            signers.append(school.person("guardian", name=f"Родитель Нина{number} Львовна"))
            barred = chance.choice([{}, {}, {"restricted": True}, {"to": "2026-01-01"}])
            school.guards(signers[-1], child, **barred)
        for signer in signers:
            _decide_at_random(school, child, signer, chance)
        if chance.random() < 0.1:
            ok(school.admin.post("/disputes", {"student_id": str(child)}), 201)
    found = summary(school.admin)
    states: set[str] = set()
    for name, class_id in classes.items():
        lines = ok(school.admin.get(f"/consents?class={class_id}&limit=200"))["items"]
        lines = [line for line in lines if not line["restricted"]]
        states |= {line["state"] for line in lines}
        counted = Counter((line["purpose"], str(counted_as(State(line["state"])))) for line in lines)
        said = {
            (purpose, kind): number
            for purpose, counts in found[name]["purposes"].items()
            for kind, number in counts.items()
            if number
        }
        assert said == dict(counted)
        assert found[name]["signers"] * len(Purpose) == len(lines)
        assert found[name]["gaps"] == sum(number for (_, kind), number in counted.items() if kind == "missing")
    assert states == {str(state) for state in State}, "all of them have come up"
    assert sum(one["pupils"] for one in found.values()) == EACH
    assert list(found) == ["8А", "10Б"], "by grade"


def _decide_at_random(school: School, child: uuid.UUID, signer: uuid.UUID, chance: random.Random) -> None:
    for purpose in Purpose:
        kind = chance.choice(["given", "refused", "withdrawn", "expired", "missing"])
        if kind == "missing":
            continue
        body = {
            "student_id": str(child), "guardian_id": str(signer), "purpose": purpose,
            "decision": "refused" if kind == "refused" else "given", "signed_on": "2026-09-01",
        }  # fmt: skip
        if kind == "expired":
            body["until"] = "2026-11-24"
        answer = school.admin.post("/consents", body)
        if answer.status_code == 201 and kind == "withdrawn":
            ok(school.admin.post(f"/consents/{answer.json['id']}/withdraw"))


def test_a_pupil_about_whom_nobody_can_decide_is_counted(school: School, family: Family) -> None:
    alone = school.person("student", name="Один Пётр Ильич", birth_date="2018-01-01")
    school.enrolled(alone, family.class_id)
    counted = summary(school.admin)["6Б"]
    assert (counted["pupils"], counted["signers"], counted["without_signer"]) == (2, 1, 1)


def test_withdrawals_of_the_month_are_counted_by_the_schools_clock(school: School, family: Family) -> None:
    assert ok(school.admin.get("/consents/summary"))["withdrawn_this_month"] == 0
    for _ in range(2):
        ok(family.api.post(f"/consents/{family.decide()['id']}/withdraw"))
    assert ok(school.admin.get("/consents/summary"))["withdrawn_this_month"] == 2
    with school.service.database.transaction(Scope(school_id=school.id)) as session:
        session.connection().exec_driver_sql("UPDATE consent SET withdrawn_at = '2026-10-31T20:59:59+00:00'")
    assert ok(school.admin.get("/consents/summary"))["withdrawn_this_month"] == 0
    with school.service.database.transaction(Scope(school_id=school.id)) as session:
        session.connection().exec_driver_sql("UPDATE consent SET withdrawn_at = '2026-10-31T21:00:00+00:00'")
    assert ok(school.admin.get("/consents/summary"))["withdrawn_this_month"] == 2


@pytest.mark.parametrize("state", ["missing", "refused", "withdrawn", "expired", "disputed"])
def test_a_family_without_the_diary_is_owed_it_on_paper(family: Family, state: str) -> None:
    admin = family.school.admin
    record = family.decision(signed_on="2026-09-01")
    if state == "refused":
        ok(admin.post("/consents", record | {"decision": "refused"}), 201)
    elif state == "expired":
        ok(admin.post("/consents", record | {"until": "2026-11-24"}), 201)
    elif state == "withdrawn":
        ok(admin.post(f"/consents/{ok(admin.post('/consents', record), 201)['id']}/withdraw"))
    elif state == "disputed":
        family.decide()
        ok(admin.post("/disputes", {"student_id": str(family.child)}), 201)
    (line,) = ok(admin.get(f"/consents/owed?class={family.class_id}"))["items"]
    assert (line["state"], line["guardian"]) == (state, "Иванова Анна Петровна")
    since = {"missing": None, "refused": "2026-09-01", "disputed": str(TODAY)}
    assert line["since"] == since.get(state, str(TODAY))
    text = text_of(print_out(admin, "owed", class_id=str(family.class_id)))
    assert "Белов Пётр Ильич" in text
    assert "Иванова Анна Петровна" in text


def test_who_reads_the_diary_or_may_not_is_owed_nothing(family: Family) -> None:
    school = family.school
    barred = school.person("guardian", name="Запретный Олег Ильич")
    school.guards(barred, family.child, restricted=True)
    family.decide()
    assert ok(school.admin.get(f"/consents/owed?class={family.class_id}"))["items"] == []


def test_the_register_is_printed_and_worked_with(family: Family) -> None:
    admin = family.school.admin
    paper = ok(admin.post("/consents", family.decision(signed_on="2026-09-01", document="Папка 3, лист 12")), 201)
    family.decide("refused", purpose="photo")
    text = text_of(print_out(admin, "register"))
    for words in (
        "Реестр согласий и отказов",
        "6Б",
        "дано, 01.09.2026, Папка 3, лист 12",
        "отказ, 25.11.2026",
        "Лист 1 из 1",
    ):
        assert words in text, words
    rows = rows_of(print_out(admin, "register", "xlsx", class_id=str(family.class_id)))
    assert [row[4:7] for row in rows] == [
        ["Дневник", "дано", dt.date(2026, 9, 1)],
        ["Письма", "нет решения", ""],
        ["Фото", "отказ", TODAY],
        ["Олимпиады", "нет решения", ""],
    ]
    assert rows[0][9:11] == ["бумага", "Папка 3, лист 12"]
    assert rows[2][11] == 1, "the version of the form"
    assert paper["form_id"] is None


def test_changes_are_printed_with_who_recorded_them(family: Family) -> None:
    admin = family.school.admin
    paper = ok(admin.post("/consents", family.decision(signed_on="2026-09-01", document="лист 12")), 201)
    scan = {"file": (io.BytesIO(b"%PDF-1.7"), "a.pdf")}
    ok(admin.call("POST", f"/consents/{paper['id']}/scan", data=scan, content_type="multipart/form-data"), 201)
    ok(admin.post(f"/consents/{paper['id']}/scan/annul", {"reason": "чужой лист"}))
    ok(family.api.post(f"/consents/{paper['id']}/withdraw"))
    family.hear("given")
    family.decide()
    dispute = ok(admin.post("/disputes", {"student_id": str(family.child), "document": "Заявление 5"}), 201)
    ok(admin.post(f"/disputes/{dispute['id']}/end"))
    rows = rows_of(print_out(admin, "changes", "xlsx"))
    office, mother = "Крымова Ольга Сергеевна", "Иванова Анна Петровна"
    assert [(row[4], row[5], row[7], row[8], row[9]) for row in rows] == [
        ("Дневник", "согласие", "бумага", "лист 12", office),
        ("Дневник", "приложен скан", "", "лист 12", office),
        ("Дневник", "скан аннулирован", "", "чужой лист", office),
        ("Дневник", "отозвано", "", "", mother),
        ("Дневник", "согласие в списке, не засчитано", "список школы", "", ""),
        ("Дневник", "согласие", "в журнале", "", mother),
        ("", "обработка оспорена", "", "Заявление 5", office),
        ("", "спор окончен", "", "", office),
    ]
    assert all(row[0].date() == TODAY for row in rows), "moments by the school's clock"
    assert "скан аннулирован" in text_of(print_out(admin, "changes", class_id=str(family.class_id)))
    assert rows_of(print_out(admin, "changes", "xlsx", first="2026-11-01", last="2026-11-24")) == []
    problem(print_out(admin, "changes", first="2026-11-25", last="2026-11-24"), 422)


def test_who_reads_the_whole(family: Family, journal: Journal, make_school: Callable[[], School]) -> None:
    school, other = family.school, new_id()
    stranger = school.person("student", name="Иной Иван Ильич")
    school.enrolled(stranger, other, "9В")
    for kind in ("director", "secretary", "deputy"):
        assert list(summary(school.with_role(kind))) == ["6Б", "9В"]
    deputy = school.with_role("deputy", classes=[str(other)])
    assert list(summary(deputy)) == ["9В"], "filtered to his own"
    assert "Белов" not in text_of(print_out(deputy, "register"))
    problem(print_out(deputy, "register", class_id=str(family.class_id)), 403)
    problem(deputy.get(f"/consents/owed?class={family.class_id}"), 403)
    teacher = school.person("staff")
    journal.leads[str(teacher)] = [str(family.class_id)]
    leader = school.signed_in(teacher)
    assert list(summary(leader)) == ["6Б"]
    assert "Иной" not in text_of(print_out(leader, "owed"))
    for nobody in (school.with_role("medic"), school.signed_in(school.person("staff"))):
        problem(nobody.get("/consents/summary"), 403)
        problem(print_out(nobody, "owed"), 403)
    problem(family.api.get("/consents/summary"), 403)
    problem(print_out(family.api, "register"), 403)
    problem(print_out(family.api, "register", class_id=str(family.class_id)), 404)
    problem(family.api.get(f"/consents/owed?class={family.class_id}"), 404)
    assert summary(make_school().admin) == {}
    problem(make_school().admin.get(f"/consents/owed?class={family.class_id}"), 404)
    problem(school.api().get("/consents/summary"), 401)


def test_what_leaves_the_register_asks_for_the_password_first(family: Family) -> None:
    school = family.school
    with school.service.database.engine.begin() as connection:
        connection.exec_driver_sql(
            "UPDATE session SET confirmed_at = confirmed_at - interval '11 minutes' WHERE token_hash = %s",
            (token_digest(school.admin_token),),
        )
    for what in ("register", "changes"):
        problem(print_out(school.admin, what), 403, "confirm-password")
    assert print_out(school.admin, "owed").status_code == 200


def test_what_people_typed_is_text_in_a_workbook_and_a_sheet() -> None:
    moment = dt.datetime(2026, 11, 25, 12, tzinfo=dt.UTC)
    row = ["=1+1", "http://example.org", "#strong[x]", 5, TODAY, moment, None]
    columns = [Column(str(number), 30) for number in range(7)]
    table = Table("Т", "Школа", "*", columns, [row])
    book = CalamineWorkbook.from_filelike(io.BytesIO(render_xlsx(table, moment)))
    read = list(book.get_sheet_by_index(0).to_python())[3]
    assert read == ["=1+1", "http://example.org", "#strong[x]", 5.0, TODAY, moment.replace(tzinfo=None), ""]
    assert "#strong[x]" in pypdf.PdfReader(io.BytesIO(render_pdf(table, moment))).pages[0].extract_text()
    assert render_pdf(table, moment) == render_pdf(table, moment)


def test_classes_are_in_order_of_grade() -> None:
    names = ["10А", "9Б", "1А", "11", "9А", "без класса"]
    assert sorted(names, key=class_order) == ["без класса", "1А", "9А", "9Б", "10А", "11"]


LINES = st.fixed_dictionaries(
    {
        "state": st.sampled_from([str(state) for state in State]),
        "signed_on": st.none() | st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)),
        "until": st.none() | st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)),
        "document": st.none() | st.text(max_size=10),
    }
)


@given(LINES)
def test_a_cell_begins_with_the_state_and_names_what_there_is(line: dict[str, Any]) -> None:
    words = in_words(line)
    assert words.startswith(STATES[State(line["state"])])
    assert (line["signed_on"] is None) or f"{line['signed_on']:%d.%m.%Y}" in words
    assert (line["document"] or "") in words


@given(LINES, st.none() | st.dates(dt.date(2020, 1, 1), dt.date(2030, 1, 1)))
def test_since_is_the_withdrawal_else_the_day_after_the_last_else_the_decision(
    line: dict[str, Any], withdrawn_on: dt.date | None
) -> None:
    found = since(line, withdrawn_on)
    if withdrawn_on is not None:
        assert found == withdrawn_on
    elif line["state"] == "expired" and line["until"] is not None:
        assert found == line["until"] + dt.timedelta(days=1)
    else:
        assert found == line["signed_on"]


@given(st.integers(1, 11), st.integers(1, 11), st.sampled_from("АБВ"), st.sampled_from("АБВ"))
def test_classes_are_ordered_by_grade_and_then_by_letter(one: int, two: int, first: str, second: str) -> None:
    assert (class_order(f"{one}{first}") < class_order(f"{two}{second}")) == ((one, first) < (two, second))
