"""Pages of consents: a family decides on a document it can read, the office sees gaps and records papers."""

from __future__ import annotations

import io
import re
from typing import Any

import pypdf
import pytest

from tests.support.school import Class, School, good, make_class
from tests.web.conftest import Pages
from tests.web.test_pages import shown

BORN = "2012-03-01"  # 14 by the day of these tests


@pytest.fixture
def taught(school: School) -> Class:
    return make_class(school, pupils=2)


@pytest.fixture
def mother(taught: Class) -> str:
    return parent(taught, "Ольга", "мать")


def parent(taught: Class, name: str, relation: str) -> str:
    """Of the first pupil."""
    school = taught.school
    person = school.person(["guardian"], "Ларина", name)
    link = {"guardian_id": person, "student_id": taught.students[0], "relation": relation, "from": "2026-09-01"}
    good(school.journal().post("/guardianships", link), 201)
    school.suite.deliver()
    return person


def pdf(answer: Any) -> list[str]:
    assert (answer.status_code, answer.mimetype) == (200, "application/pdf")
    assert answer.headers["Cache-Control"] == "no-store"
    read = pypdf.PdfReader(io.BytesIO(answer.data)).pages
    return [" ".join(page.extract_text().split()) for page in read]


def test_a_guardian_reads_decides_prints_and_takes_back(pages: Pages, taught: Class, mother: str) -> None:
    child = taught.students[0]
    pages.sign_in(taught.school.sign_in(mother, child_birth_date=BORN))
    text = shown(pages.get("/consent"))
    assert "нужно решить: 4" in text
    refuse, agree = text.count("Не даю согласия<"), text.count("Даю согласие<")
    assert refuse == agree == 4, "no «agree to all», and both of them everywhere"
    assert "b main" not in text.split("<main")[1], "neither answer is louder"
    form = re.findall(r'name="form" value="([0-9a-f-]+)"', text)[0]
    read = shown(pages.get(f"/consent/forms/{form}"))
    for words in ("Школа № 7, Симферополь, ул. Ореховая, 7", "Цель обработки", "Как отозвать", "Версия 1"):
        assert words in read
    yes = {"child": child, "purpose": "diary", "form": form, "decision": "given"}
    assert pages.post("/consent", yes).headers["Location"] == f"/consent?child={child}"
    text = shown(pages.get("/consent"))
    assert "Согласие дано" in text
    assert "нужно решить: 3" in text
    (sheet,) = pdf(pages.post("/consent/print", {"child": child, "purpose": "diary"}))
    assert "дано согласие 25.11.2026, в электронном виде" in sheet
    assert len(pdf(pages.post("/consent/print", {"child": child, "purpose": ["diary", "mail", "photo"]}))) == 3
    consent = re.findall(r'name="consent" value="([0-9a-f-]+)"', text)[0]
    pages.post("/consent", {"child": child, "purpose": "diary", "decision": "withdraw", "consent": consent})
    assert "Согласие отозвано" in shown(pages.get("/consent"))


def test_the_other_guardians_decision_is_never_shown(pages: Pages, taught: Class, mother: str) -> None:
    father = parent(taught, "Игорь", "отец")
    school = taught.school
    pair = {"student_id": taught.students[0], "guardian_id": father, "purpose": "diary", "document": "лист отца"}
    good(school.accounts().post("/consents", pair | {"decision": "refused"}), 201)
    text = shown(pages.sign_in(school.sign_in(mother, child_birth_date=BORN)).get("/consent"))
    assert "нужно решить: 4" in text
    for word in ("Игорь", "Согласие не дано", "лист отца"):
        assert word not in text


def test_a_pupil_of_fourteen_decides_herself(pages: Pages, taught: Class) -> None:
    pupil = taught.students[0]
    pages.sign_in(taught.school.sign_in(pupil))
    text = shown(pages.get("/consent"))
    assert "Решения родителей здесь не видны" in text
    pages.post("/consent", {"child": pupil, "purpose": "diary", "decision": "given"})
    assert "Согласие дано" in shown(pages.get("/consent"))


def test_a_younger_pupil_is_told_who_decides(pages: Pages, taught: Class) -> None:
    young = taught.school.person(["student"], "Малышев", "Ян", birth_date="2018-01-01")
    taught.school.suite.deliver()
    text = shown(pages.sign_in(taught.school.sign_in(young)).get("/consent"))
    assert "С 14 лет вы решаете сами" in text
    assert "Даю согласие" not in text


def test_a_form_that_changed_while_it_was_read_is_read_again(pages: Pages, taught: Class, mother: str) -> None:
    accounts, child = taught.school.accounts(), taught.students[0]
    pages.sign_in(taught.school.sign_in(mother, child_birth_date=BORN))
    old = re.findall(r'name="form" value="([0-9a-f-]+)"', shown(pages.get("/consent")))[0]
    draft = good(accounts.post("/consent-forms", {"purpose": "diary"}), 201)
    good(accounts.post(f"/consent-forms/{draft['id']}/publish", {}))
    answer = pages.post("/consent", {"child": child, "purpose": "diary", "form": old, "decision": "given"})
    text = shown(answer, 409)
    assert "школа изменила этот документ" in text
    assert draft["id"] in text


def test_the_register_shows_gaps_and_prints_exactly_those(pages: Pages, taught: Class, mother: str) -> None:
    pages.sign_in(taught.school.admin_token)
    text = shown(pages.get(f"/people/consents?class={taught.class_id}"))
    # Two pupils of 14 and a mother: three signers for each of four purposes.
    assert "обучающихся: 2, решают: 3" in text
    assert text.count("Напечатать 3 бланка") == 4
    assert "Ларина Ольга, мать" in text
    assert len(pdf(pages.post("/people/consents/sheets", {"class": taught.class_id, "purpose": "diary"}))) == 3
    pair = {"student_id": taught.students[0], "guardian_id": mother, "purpose": "diary", "decision": "refused"}
    good(taught.school.accounts().post("/consents", pair), 201)
    text = shown(pages.get(f"/people/consents?class={taught.class_id}"))
    assert "Напечатать 2 бланка" in text
    assert "Сведения об отметках выдают на бумаге — 1" in text
    (owed,) = pdf(pages.post("/people/consents/print", {"class": taught.class_id, "what": "owed", "format": "pdf"}))
    assert "Ларина Ольга (мать)" in owed
    changes = {"what": "changes", "format": "pdf", "first": "32.11.2026"}
    assert "Дата написана неверно" in shown(pages.post("/people/consents/print", changes), 422)
    printed = pages.post("/people/consents/print", {"what": "register", "format": "xlsx"})
    assert printed.status_code == 200
    assert printed.headers["Content-Disposition"] == 'attachment; filename="consents-register.xlsx"'


def test_the_office_records_a_paper_with_its_scan(pages: Pages, taught: Class, mother: str) -> None:
    pages.sign_in(taught.school.admin_token)
    here = f"/people/consents/classes/{taught.class_id}/{taught.students[0]}/{mother}"
    assert f'href="{here}"' in shown(pages.get(f"/people/consents/classes/{taught.class_id}"))
    assert "Отметьте, о чём бумага" in shown(pages.post(here, {"purpose": "diary"}), 422)
    paper = {"purpose": "diary", "decision": "given", "signed_on": "2026-09-02", "document": "папка 3, лист 12"}
    assert pages.post(here, paper).headers["Location"] == f"{here}?done=1"
    text = shown(pages.get(here))
    assert "папка 3, лист 12" in text
    scan = re.findall(rf'action="({here}/[0-9a-f-]+/scan)"', text)[0]
    wrong = pages.post(scan, {"file": (io.BytesIO(b"MZ"), "a.pdf")}, content_type="multipart/form-data")
    assert "Это не PDF, не JPEG и не PNG" in shown(wrong, 422)
    sent = pages.post(scan, {"file": (io.BytesIO(b"%PDF-1.7"), "Ларина.pdf")}, content_type="multipart/form-data")
    assert sent.status_code == 303
    kept = re.findall(r'href="(/people/consents/scans/[0-9a-f-]+)"', shown(pages.get(here)))[0]
    fetched = pages.get(kept)
    assert fetched.data == b"%PDF-1.7"
    assert fetched.headers["Content-Disposition"] == 'attachment; filename="consent.pdf"'
    assert fetched.headers["X-Content-Type-Options"] == "nosniff"
    assert pages.post(f"{scan}/annul", {"reason": "другая семья"}).status_code == 303
    assert pages.get(kept).status_code == 404
    assert "Бланк" in shown(pages.get(here))
    assert len(pdf(pages.post(f"{here}/print", {"purpose": "mail"}))) == 1
    withdraw = scan.replace("/scan", "/withdraw")
    assert pages.post(withdraw).status_code == 303
    assert "отозвано" in shown(pages.get(here))


def test_a_form_is_drafted_mended_and_published(pages: Pages, taught: Class) -> None:
    pages.sign_in(taught.school.admin_token)
    text = shown(pages.get("/people/consents/forms"))
    assert text.count("Действует версия 1") == 4
    draft = pages.post("/people/consents/forms", {"purpose": "mail"}).headers["Location"]
    text = shown(pages.get(draft))
    fields = dict(re.findall(r'<textarea id="(\w+)"[^>]*>([^<]*)<', text)) | {
        "purpose": "mail", "title": "Согласие на письма", "method": "automated", "term": "day",
    }  # fmt: skip
    bad = shown(pages.post(draft, fields), 422)
    assert 'id="term_until-wrong"' in bad
    assert "Согласие на письма" in bad, "what was typed stays"
    assert pages.post(draft, fields | {"term_until": "2027-05-31"}).status_code == 303
    assert pages.post(f"{draft}/publish", {"valid_from": "2026-11-25"}).headers["Location"] == (
        "/people/consents/forms?done=1"
    )
    text = shown(pages.get("/people/consents/forms"))
    assert text.count("Действует версия 1") == 3
    assert "Действует версия 2" in text
    assert pages.get(draft).headers["Location"].startswith("/consent/forms/"), "it is no draft any more"


def test_a_class_teacher_has_the_register_of_her_class_alone(pages: Pages, taught: Class) -> None:
    school = taught.school
    leader = school.person(["staff"], "Ветрова", "Анна")
    leads = {"person_id": leader, "from": "2026-09-01"}
    good(school.journal().put(f"/classes/{taught.class_id}/class-teacher", leads))
    other = good(school.journal().post("/classes", {"grade_level": 9, "letter": "Б"}), 201)["id"]
    pupil = school.person(["student"], "Иной", "Лев", birth_date="2011-01-01")
    good(school.journal().post(f"/classes/{other}/enrollments", {"student_id": pupil, "from": "2026-09-01"}), 201)
    school.suite.deliver()
    pages.sign_in(school.sign_in(leader))
    text = shown(pages.get("/people/consents"))
    assert "8А" in text
    assert "9Б" not in text
    assert pages.get(f"/people/consents/classes/{other}").status_code == 403
    assert pages.get("/people/consents/forms").status_code == 403
    assert 'href="/people/consents"' in shown(pages.get(f"/access/classes/{taught.class_id}"))
    pages.sign_in(taught.teacher.token)
    assert pages.get("/people/consents").status_code == 403
