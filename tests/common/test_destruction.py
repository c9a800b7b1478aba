"""Data go under an act: from the draft to the certificate."""

from __future__ import annotations

import datetime as dt
import io
import uuid
from collections.abc import Callable
from typing import Any
from zoneinfo import ZoneInfo

import pypdf
import pytest

from services.reports.jobs.working import report_store
from tests.common.test_row_level_security import as_admin
from tests.support.databases import Servers
from tests.support.desk import Desk
from tests.support.destroying import LONG_AGO, aged, carried_out, counted, director, look, ordered, parts_of
from tests.support.school import YEAR_START, Class, School, good, make_class

ZONE = ZoneInfo("Europe/Simferopol")


def family_of(taught: Class) -> str:
    """A guardian with contacts of the first pupil."""
    school, mail = taught.school, f"{uuid.uuid4().hex}@example.org"
    guardian = school.person(["guardian"], "Ученикова", "Мария", email=mail, phone="+79780000001")
    link = {"guardian_id": guardian, "student_id": taught.students[0], "relation": "мать", "from": YEAR_START}
    good(school.journal().post("/guardianships", link), 201)
    school.suite.deliver()
    return guardian


def write_letters(taught: Class) -> None:
    """A mark and an absence of the first pupil, told to the family."""
    item = {"op_id": str(uuid.uuid4()), "lesson_id": taught.lessons[0], "work_type": "answer", "ordinal": 0}
    cell = {"student_id": taught.students[0], "base_version": None}
    mark = cell | {"op_id": str(uuid.uuid4()), "symbol": "5", "line_item_op": item["op_id"]}
    absence = cell | {"op_id": str(uuid.uuid4()), "symbol": "Н", "lesson_id": taught.lessons[1]}
    changed = {"line_items": [item], "operations": [mark, absence]}
    good(taught.teacher.patch(f"/courses/{taught.course_id}/page", changed))
    taught.school.suite.deliver()


def text_of(pdf: bytes) -> str:
    return " ".join(" ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages).split())


def test_a_demand_goes_from_the_draft_to_the_certificate(school: School) -> None:
    taught = make_class(school, pupils=2)
    guardian = family_of(taught)
    write_letters(taught)
    assert counted(school, "notifications", "SELECT count(*) FROM delivery") == 2
    act = ordered(school, "contacts", "letters", person_id=guardian, reason="demand")
    assert (look(school, act)["state"], parts_of(look(school, act))) == (
        "approved",
        {"contacts": None, "letters": None},
    )
    early = school.accounts().get(f"/destruction-acts/{act}/certificate")
    assert (early.status_code, early.json["type"]) == (404, "urn:zhurnal:problem:not-done")
    done = carried_out(school, act)
    assert (done["state"], parts_of(done)) == ("done", {"contacts": 2, "letters": 2})
    card = good(school.journal().get(f"/people/{guardian}"))
    assert (card["email"], card["phone"], card["last_name"]) == (None, None, "Ученикова")
    school.suite.deliver()
    assert counted(school, "notifications", "SELECT count(*) FROM person WHERE email IS NOT NULL") == 0, "a copy"
    assert counted(school, "notifications", "SELECT count(*) FROM delivery") == 0
    assert counted(school, "notifications", "SELECT count(*) FROM message") == 2, "those are the pupil's"
    got = school.accounts().get(f"/destruction-acts/{act}/certificate")
    assert (got.status_code, got.mimetype) == (200, "application/pdf")
    said = text_of(got.data)
    for wanted in (
        "Акт № 1 об уничтожении персональных данных", "Симферополь, ул. Ореховая, 7", "Ученикова Мария",
        "Аметова Эльмаз Рустемовна, администратор электронного журнала", "Ветрова Анна, директор",
        "Телефоны и адреса электронной почты", "Письма семьям", "электронный классный журнал Zhurnal",
        "требование субъекта персональных данных", "Способ уничтожения", "Выгрузка из журнала регистрации событий",
        f"{dt.datetime.fromisoformat(done['done_at']).astimezone(ZONE):%d.%m.%Y}", "не поручалась",
    ):  # fmt: skip
        assert wanted in said, wanted
    assert school.accounts().get(f"/destruction-acts/{act}/certificate").data == got.data


def test_a_pupils_letters_go_with_what_they_rest_on(school: School) -> None:
    taught = make_class(school, pupils=2)
    family_of(taught)
    write_letters(taught)
    approver = director(school)
    other = ordered(school, "letters", person_id=taught.students[1], reason="withdrawal", by=approver)
    assert parts_of(carried_out(school, other)) == {"letters": 0}
    act = ordered(school, "letters", person_id=taught.students[0], reason="withdrawal", by=approver)
    assert parts_of(carried_out(school, act)) == {"letters": 5}, "two deliveries, two messages, an absence"
    for table in ("delivery", "message", "absence"):
        assert counted(school, "notifications", f"SELECT count(*) FROM {table}") == 0


def test_what_is_past_its_term_goes_and_the_younger_stays(
    school: School, servers: Servers, databases: dict[str, str]
) -> None:
    taught = make_class(school, pupils=2)
    guardian = family_of(taught)
    leaver = school.person(["staff"], "Гроза", "Яна", email=f"{uuid.uuid4().hex}@example.org", position="учитель")
    write_letters(taught)
    for person in (guardian, leaver):
        good(school.journal().get(f"/people/{person}"))
    young = counted(school, "journal", "SELECT count(*) FROM card_view")
    aged(servers, databases["journal"], "UPDATE card_view SET at = %s WHERE person_id = %s", [LONG_AGO, leaver])
    aged(servers, databases["journal"], "UPDATE person SET left_on = %s WHERE id = %s", ["2026-01-31", leaver])
    mail, when = databases["notifications"], [LONG_AGO, school.id]
    aged(servers, mail, "UPDATE delivery SET state = 'done', created_at = %s WHERE school_id = %s", when)
    aged(servers, mail, "UPDATE message SET due_at = %s WHERE school_id = %s AND kind = 'mark'", when)
    signed = counted(school, "accounts", "SELECT count(*) FROM sign_in_event")
    act = ordered(school, "contacts", "card_views", "letters", "sign_ins")
    done = carried_out(school, act)
    assert done["state"] == "done"
    assert parts_of(done) == {"contacts": 1, "card_views": 1, "letters": 3, "sign_ins": 0}
    assert counted(school, "journal", "SELECT count(*) FROM contact") == 2, "the guardian's child is still here"
    assert counted(school, "journal", "SELECT count(*) FROM card_view") == young - 1
    assert counted(school, "notifications", "SELECT count(*) FROM message") == 1
    assert counted(school, "accounts", "SELECT count(*) FROM sign_in_event") > signed, "the director came in"
    logged = (
        "SELECT count(*) FROM change_log WHERE object = 'contact' AND action = 'delete' AND old ->> 'value' = '…'"
    )
    assert counted(school, "journal", logged) == 1


def test_contacts_of_a_family_go_when_its_last_child_has_left(
    school: School, servers: Servers, databases: dict[str, str]
) -> None:
    taught = make_class(school, pupils=2)
    family_of(taught)
    aged(servers, databases["journal"], "UPDATE person SET left_on = %s WHERE id = %s",
         ["2026-01-31", taught.students[0]])  # fmt: skip
    assert parts_of(carried_out(school, ordered(school, "contacts"))) == {"contacts": 2}


def test_a_years_sign_ins_go_and_this_years_stay(school: School, servers: Servers, databases: dict[str, str]) -> None:
    before = counted(school, "accounts", "SELECT count(*) FROM sign_in_event")
    assert before
    of_school = "account_id IN (SELECT account_id FROM membership WHERE school_id = %s)"
    statement = f"UPDATE sign_in_event SET at = %s WHERE {of_school}"
    aged(servers, databases["accounts"], statement, [LONG_AGO, school.id])
    done = carried_out(school, ordered(school, "sign_ins"))
    assert parts_of(done) == {"sign_ins": before}
    assert counted(school, "accounts", "SELECT count(*) FROM sign_in_event") > 0, "of the director, today"


@pytest.fixture
def report(school: School) -> Callable[[], Any]:
    """Makes reports of the same class, each with files."""
    taught = make_class(school, pupils=1)
    periods = good(school.journal().get("/periods?grade=8"))["items"]
    quarter = next(one["id"] for one in periods if one["title"] == "II четверть")

    def make() -> Any:
        api = school.suite.api("reports", school.admin_token)
        asked = {"form": "class_period_results", "parameters": {"class": taught.class_id, "period": quarter}}
        job = good(api.post("/reports", asked), 202)["id"]
        Desk(school).work()
        return good(api.get(f"/reports/{job}"))

    return make


def test_files_of_old_reports_go_and_the_job_stays(
    school: School, report: Callable[[], Any], servers: Servers, databases: dict[str, str]
) -> None:
    old, young = report(), report()
    store, api = report_store(school.suite.services["reports"]), school.suite.api("reports", school.admin_token)
    assert old["files"]
    make_old = "UPDATE report_job SET finished_at = %s WHERE id = %s"
    aged(servers, databases["reports"], make_old, [LONG_AGO, old["id"]])
    with as_admin(servers, databases["reports"]) as admin:
        row = admin.execute("SELECT pages FROM report_job WHERE id = %s", [old["id"]]).fetchone()
    assert row
    assert row[0]
    own = {one["sha256"] for one in old["files"]} - {one["sha256"] for one in young["files"]}
    approver = director(school)
    done = carried_out(school, ordered(school, "report_files", by=approver))
    assert parts_of(done) == {"report_files": len(old["files"]) + len(row[0])}
    left = good(api.get(f"/reports/{old['id']}"))
    assert (left["state"], left["files"], left["pages"], left["title"]) == ("done", [], 0, old["title"])
    assert api.get(f"/reports/{old['id']}/files/pdf").status_code == 404
    for name in own:
        with pytest.raises(FileNotFoundError):
            store.get(school.id, name)
    for file in young["files"]:
        assert api.get(f"/reports/{young['id']}/files/{file['format']}").status_code == 200, "though of the same name"
    assert Desk(school).let_go() == [], "both were made from the same"
    aged(servers, databases["reports"], make_old, [LONG_AGO, young["id"]])
    carried_out(school, ordered(school, "report_files", by=approver))
    assert len(Desk(school).let_go()) == 1, "what they were made from goes after them"
