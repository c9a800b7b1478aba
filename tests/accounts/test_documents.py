"""Documents: public, in versions, read and accepted by whom they ask."""

from __future__ import annotations

import io
import uuid
from collections.abc import Callable
from typing import Any

import psycopg
import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.accounts.documents.rules import Audience, is_for
from services.common.db import new_id
from tests.accounts.answers import ok, problem
from tests.accounts.conftest import Journal, School
from tests.support.suite import Api

PDF = b"%PDF-1.7\n%nothing\n"
LIMIT = 1000
"""Bytes, instead of ten million: what is larger the test client keeps in files that it does not close."""


KINDS = st.sets(st.sampled_from(["staff", "student", "guardian"]))


@given(KINDS, KINDS, st.sampled_from(list(Audience)))
def test_who_is_more_is_asked_more(kinds: set[str], more: set[str], audience: Audience) -> None:
    assert not is_for(audience, kinds) or is_for(audience, kinds | more)
    assert is_for(audience, kinds) <= is_for(Audience.EVERYONE, kinds)


def make(school: School, **changes: Any) -> str:
    """A document with a first text, published."""
    body = {"kind": "rules", "audience": "everyone", "title": "Положение", "asks": True, "text": "# Первое\n\nДа."}
    made = ok(school.admin.post("/documents", body | changes), 201)["id"]
    if (body | changes)["text"]:
        ok(school.admin.post(f"/documents/{made}/publish", {"number": 1}))
    return str(made)


def send_pdf(api: Api, document: str, content: bytes) -> Any:
    form = {"file": (io.BytesIO(content), "правила.pdf")}
    return api.call("POST", f"/documents/{document}/versions/pdf", data=form, content_type="multipart/form-data")


def of_stranger(school: School, path: str = "") -> Any:
    return school.api().get(f"/schools/{school.id}/documents{path}")


def test_a_stranger_reads_what_is_published_and_nothing_else(school: School) -> None:
    shown, draft = make(school), make(school, title="Черновик", text=None)
    ok(school.admin.post(f"/documents/{draft}/versions", {"text": "Ещё нет."}), 201)
    listed = ok(of_stranger(school))
    assert [(one["id"], one["number"]) for one in listed["items"]] == [(shown, 1)]
    assert listed["school"] == "Школа № 3"
    assert ok(of_stranger(school, f"/{shown}"))["text"] == "# Первое\n\nДа."
    problem(of_stranger(school, f"/{draft}"), 404)
    ok(school.admin.post(f"/documents/{shown}/annul", {"reason": "заменено приказом 12"}))
    assert ok(of_stranger(school))["items"] == []
    problem(of_stranger(school, f"/{shown}"), 404)
    problem(school.api().get(f"/schools/{uuid.uuid4()}/documents"), 404)


def test_another_schools_documents_are_not_there(make_school: Callable[[], School]) -> None:
    school, other = make_school(), make_school()
    document = make(other)
    problem(of_stranger(school, f"/{document}"), 404)
    for answer in (
        school.admin.get(f"/documents/{document}"),
        school.admin.post(f"/documents/{document}/versions", {"text": "чужое"}),
        school.admin.post(f"/documents/{document}/accept", {"number": 1}),
        school.admin.get(f"/documents/{document}/readers"),
    ):
        problem(answer, 404)


def test_a_new_version_replaces_the_old_one_and_asks_again(school: School) -> None:
    document, teacher = make(school), school.signed_in(school.person("staff"))
    ok(teacher.post(f"/documents/{document}/accept", {"number": 1}))
    assert ok(teacher.get("/me"))["documents_waiting"] == 0
    made = ok(school.admin.post(f"/documents/{document}/versions", {"text": "# Второе"}), 201)
    assert (made["number"], made["published_at"]) == (2, None)
    assert ok(teacher.get(f"/documents/{document}"))["text"] == "# Первое\n\nДа.", "a draft is nobody's"
    ok(school.admin.post(f"/documents/{document}/publish", {"number": 2}))
    waits = ok(teacher.get(f"/documents/{document}"))
    assert (waits["text"], waits["waits"], waits["accepted_at"]) == ("# Второе", True, None)
    assert ok(teacher.get("/me"))["documents_waiting"] == 1
    problem(teacher.post(f"/documents/{document}/accept", {"number": 1}), 409, "superseded")
    problem(school.admin.post(f"/documents/{document}/publish", {"number": 1}), 409, "superseded")
    versions = ok(school.admin.get(f"/documents/{document}/versions"))["items"]
    assert [(one["number"], one["text"]) for one in versions] == [(2, "# Второе"), (1, "# Первое\n\nДа.")]


def test_what_was_accepted_once_stays_as_it_was_first_said(school: School) -> None:
    document, teacher = make(school), school.signed_in(school.person("staff"))
    first = ok(teacher.post(f"/documents/{document}/accept", {"number": 1}))
    assert not first["waits"]
    assert ok(teacher.post(f"/documents/{document}/accept", {"number": 1})) == first


@pytest.mark.parametrize(
    ("audience", "kinds"),
    [
        ("everyone", {"staff", "student", "guardian"}),
        ("pupils", {"student"}),
        ("guardians", {"guardian"}),
        ("teachers", {"staff"}),
    ],
)
def test_only_whom_it_asks_may_accept(school: School, audience: str, kinds: set[str]) -> None:
    document = make(school, audience=audience)
    for kind in ("staff", "student", "guardian"):
        somebody = school.signed_in(school.person(kind))
        assert ok(somebody.get(f"/documents/{document}"))["waits"] == (kind in kinds)
        status = 200 if kind in kinds else 403
        assert somebody.post(f"/documents/{document}/accept", {"number": 1}).status_code == status


def test_what_asks_nobody_is_accepted_by_nobody(school: School) -> None:
    document = make(school, asks=False)
    problem(school.signed_in(school.person("staff")).post(f"/documents/{document}/accept", {"number": 1}), 403)
    problem(school.admin.get(f"/documents/{document}/readers"), 404)


def test_who_has_not_is_told_by_class_and_of_the_staff(school: School, journal: Journal) -> None:
    own, other = new_id(), new_id()
    pupil = school.person("student", name="Белова Анна Ивановна")
    mother = school.person("guardian", name="Белова Ольга Петровна")
    neighbour = school.person("student", name="Чужой Иван Ильич")
    school.guards(mother, pupil)
    school.enrolled(pupil, own, "6Б")
    school.enrolled(neighbour, other, "7А")
    leader = school.person("staff", name="Зорина Вера Львовна")
    journal.leads[str(leader)] = [str(own)]
    document = make(school)
    ok(school.signed_in(pupil).post(f"/documents/{document}/accept", {"number": 1}))
    whole = ok(school.admin.get(f"/documents/{document}/readers"))
    assert [(one["class_name"], one["asked"], one["accepted"]) for one in whole["counts"]] == [
        ("", 1, 0),
        ("6Б", 2, 1),
        ("7А", 1, 0),
    ]
    assert [one["name"] for one in whole["missing"]] == ["Зорина Вера Львовна"]
    teacher = school.signed_in(leader)
    seen = ok(teacher.get(f"/documents/{document}/readers?class={own}"))
    assert [one["class_name"] for one in seen["counts"]] == ["6Б"]
    assert [(one["name"], one["students"]) for one in seen["missing"]] == [
        ("Белова Ольга Петровна", ["Белова Анна Ивановна"])
    ]
    problem(teacher.get(f"/documents/{document}/readers?class={other}"), 403)
    assert ok(teacher.get(f"/documents/{document}/readers"))["missing"] == [], "the staff is none of hers"
    problem(school.signed_in(mother).get(f"/documents/{document}/readers"), 403)


def test_a_pdf_is_kept_byte_by_byte(school: School) -> None:
    document = make(school, text=None)
    assert ok(send_pdf(school.admin, document, PDF), 201)["is_pdf"]
    problem(of_stranger(school, f"/{document}/file"), 404)
    ok(school.admin.post(f"/documents/{document}/publish", {"number": 1}))
    answer = of_stranger(school, f"/{document}/file")
    assert (answer.status_code, answer.mimetype, answer.data) == (200, "application/pdf", PDF)
    assert school.admin.get(f"/documents/{document}/file").data == PDF
    assert ok(of_stranger(school, f"/{document}"))["text"] is None


@pytest.mark.parametrize(
    ("content", "code"), [(b"MZ\x90\x00", "not-a-pdf"), (PDF + b"x" * LIMIT, "too-large"), (b"", "not-a-pdf")]
)
def test_what_is_no_pdf_or_too_large_is_refused(
    school: School, content: bytes, code: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("services.accounts.documents.api.LARGEST_PDF", LIMIT)
    document = make(school, text=None)
    found = problem(send_pdf(school.admin, document, content), 422)["errors"]
    assert [(one["pointer"], one["code"]) for one in found] == [("/file", code)]


def test_lines_of_a_text_are_kept(school: School) -> None:
    document = make(school, text="# Заголовок  \r\n\r\n* раз\r\n\t* два\r\n\r\n")
    assert ok(of_stranger(school, f"/{document}"))["text"] == "# Заголовок\n\n* раз\n    * два"


@pytest.mark.parametrize(
    "change",
    [
        {"text": " \n "},
        {"text": "a\x00b"},
        {"text": "а" * 50_001},
        {"title": ""},
        {"kind": "law"},
        {"audience": "all"},
        {"asks": "yes"},
    ],
)
def test_a_bad_document_is_pointed_at(school: School, change: dict[str, Any]) -> None:
    body = {"kind": "rules", "audience": "everyone", "title": "Положение", "text": "да"} | change
    found = problem(school.admin.post("/documents", body), 422)["errors"]
    assert [one["pointer"] for one in found] == [f"/{next(iter(change))}"]


def test_an_annulled_document_takes_no_more_versions(school: School) -> None:
    document = make(school)
    for _ in range(2):
        annulled = ok(school.admin.post(f"/documents/{document}/annul", {"reason": "устарело"}))
    assert annulled["annulled_at"]
    problem(school.admin.post(f"/documents/{document}/versions", {"text": "ещё"}), 409, "annulled")
    problem(school.admin.post(f"/documents/{document}/publish", {"number": 1}), 409, "annulled")
    assert [one["id"] for one in ok(school.admin.get("/documents?state=all"))["items"]] == [document]
    assert ok(school.admin.get("/documents"))["items"] == []


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE document_version SET text = 'иначе'",
        "UPDATE document_acceptance SET accepted_at = now()",
        "UPDATE document SET title = 'иначе'",
        "DELETE FROM document_acceptance",
        "DELETE FROM document_version",
    ],
)
def test_the_database_keeps_what_was_published_and_accepted(
    databases: dict[str, str], school: School, statement: str
) -> None:
    document = make(school)
    ok(school.signed_in(school.person("staff")).post(f"/documents/{document}/accept", {"number": 1}))
    with psycopg.connect(databases["accounts"]) as app:
        app.execute("SELECT set_config('app.school_id', %s, true)", [str(school.id)])
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            app.execute(statement)
