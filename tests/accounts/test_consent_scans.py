"""Papers with their scans: once, by the office, never replaced, never shown inside a page."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from hypothesis import given
from hypothesis import strategies as st
from werkzeug.datastructures import FileStorage
from werkzeug.test import encode_multipart

from services.accounts.consent_scans.rules import EXTENSIONS, LARGEST, media_type_of
from services.accounts.edge import Accounts
from services.common.db import Scope
from tests.accounts.answers import ok, problem
from tests.accounts.conftest import Journal, School
from tests.accounts.families import Family, make_family
from tests.support.suite import Api

PDF = b"%PDF-1.7\nof a test"
JPEG = b"\xff\xd8\xff\xe0 of a test"
PNG = b"\x89PNG\r\n\x1a\n of a test"


@pytest.fixture
def family(school: School) -> Family:
    return make_family(school)


def attach(api: Api, consent: str, content: bytes = PDF, name: str = "Белов согласие.pdf") -> Any:
    # In memory: the client's own way with a large body leaves a file on the disk open.
    boundary, body = encode_multipart({"file": FileStorage(io.BytesIO(content), name)})
    kind = f"multipart/form-data; boundary={boundary}"
    return api.call("POST", f"/consents/{consent}/scan", data=body, content_type=kind)


def paper(family: Family, **more: Any) -> str:
    body = family.decision(document="Папка 3, лист 12", **more)
    return str(ok(family.school.admin.post("/consents", body), 201)["id"])


@pytest.mark.parametrize(
    ("content", "kind", "name"),
    [(PDF, "application/pdf", "pdf"), (JPEG, "image/jpeg", "jpg"), (PNG, "image/png", "png")],
)
def test_a_scan_is_what_its_first_bytes_say_and_comes_back_whole(
    family: Family, content: bytes, kind: str, name: str
) -> None:
    consent, admin = paper(family), family.school.admin
    made = ok(attach(admin, consent, content, "<script>.exe"), 201)
    assert (made["media_type"], made["size"]) == (kind, len(content))
    assert made["sha256"] == hashlib.sha256(content).hexdigest()
    for reader in (admin, family.api):
        answer = reader.get(f"/consents/{consent}/scan")
        assert (answer.status_code, answer.data, answer.mimetype) == (200, content, kind)
        assert answer.headers["Content-Disposition"] == f'attachment; filename="consent.{name}"'
        assert answer.headers["Content-Security-Policy"] == "sandbox"
        assert answer.headers["Cache-Control"] == "no-store"
    lines = ok(family.api.get("/consents"))["items"]
    assert [line["purpose"] for line in lines if line["scan"]] == ["diary"]


def test_it_is_attached_once_and_annulled_with_a_reason(family: Family) -> None:
    consent, admin = paper(family), family.school.admin
    ok(attach(admin, consent), 201)
    problem(attach(admin, consent, PNG), 409, "scan-exists")
    path = f"/consents/{consent}/scan/annul"
    problem(admin.post(path, {"reason": " "}), 422)
    assert ok(admin.post(path, {"reason": "лист другой семьи"}))["annulled_at"]
    problem(admin.get(f"/consents/{consent}/scan"), 404, "no-scan")
    problem(admin.post(path, {"reason": "ещё раз"}), 404, "no-scan")
    ok(attach(admin, consent, PNG), 201)
    assert admin.get(f"/consents/{consent}/scan").data == PNG


@pytest.mark.parametrize("content", [b"", b"MZ\x90\x00", b"<html>", b" %PDF-1.7", b"PK\x03\x04"])
def test_what_is_no_scan_is_refused(family: Family, content: bytes) -> None:
    problem(attach(family.school.admin, paper(family), content), 422)


def test_a_scan_has_ten_megabytes_at_most(family: Family) -> None:
    consent, admin = paper(family), family.school.admin
    problem(attach(admin, consent, PDF.ljust(LARGEST + 1)), 413, "too-large")
    assert ok(attach(admin, consent, PDF.ljust(LARGEST)), 201)["size"] == LARGEST


def test_what_was_decided_here_has_no_paper(family: Family) -> None:
    problem(attach(family.school.admin, family.decide()["id"]), 409, "no-paper")


def test_what_a_list_declared_may_get_its_paper(family: Family) -> None:
    family.hear("given")
    line = ok(family.api.get("/consents"))["items"][0]
    assert line["source"] == "import"
    ok(attach(family.school.admin, line["id"]), 201)


def test_who_keeps_papers_and_who_sees_them(
    family: Family, journal: Journal, make_school: Callable[[], School]
) -> None:
    school, consent = family.school, paper(family)
    problem(attach(family.api, consent), 403)
    problem(attach(school.signed_in(school.person("guardian", name="Чужая Нина Ивановна")), consent), 404)
    holders = {kind: school.with_role(kind) for kind in ("director", "secretary", "deputy", "medic")}
    for kind, kept in (("director", 403), ("secretary", 403), ("medic", 404)):
        assert attach(holders[kind], consent).status_code == kept
    teacher = school.person("staff")
    journal.leads[str(teacher)] = [str(family.class_id)]
    ok(attach(school.signed_in(teacher), consent), 201)
    father = school.person("guardian", name="Белов Илья Ильич")
    school.guards(father, family.child)
    for stranger in (school.signed_in(father), holders["medic"], make_school().admin):
        problem(stranger.get(f"/consents/{consent}/scan"), 404)
    for reader in ("director", "secretary", "deputy"):
        assert holders[reader].get(f"/consents/{consent}/scan").status_code == 200
    problem(make_school().admin.post(f"/consents/{consent}/scan/annul", {"reason": "чужой"}), 404)
    problem(family.api.post(f"/consents/{consent}/scan/annul", {"reason": "не мой"}), 403)


def test_the_database_keeps_what_was_scanned(family: Family, service: Accounts) -> None:
    ok(attach(family.school.admin, paper(family)), 201)
    for statement in ("UPDATE consent_scan_content SET content = ''", "DELETE FROM consent_scan_content"):
        with (
            pytest.raises(sa.exc.ProgrammingError, match="permission denied"),
            service.database.transaction(Scope(school_id=family.school.id)) as session,
        ):
            session.execute(sa.text(statement))
    with service.database.read(Scope(school_id=family.school.id)) as session:
        logged = session.execute(
            sa.text("SELECT new ->> 'sha256' FROM change_log WHERE object = 'consent_scan'")
        ).scalars().all()  # fmt: skip
    assert logged == [hashlib.sha256(PDF).hexdigest()]


@given(st.binary(max_size=40))
def test_only_known_beginnings_are_kept(content: bytes) -> None:
    kind = media_type_of(content)
    assert kind is None or kind in EXTENSIONS
    assert (kind is None) == (not content.startswith((b"%PDF-", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n")))
