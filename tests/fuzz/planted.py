"""People with names, contacts and secrets that nobody else has, and the roads on which those travel."""

from __future__ import annotations

import io
import json
import re
import uuid
from dataclasses import dataclass, field
from urllib.parse import quote

import pyotp
from werkzeug.test import TestResponse

from services.accounts.identities.rules import normalized
from tests.support.school import YEAR_START, Class, School, good
from tests.web.conftest import Pages

FAMILY, FIRST, MIDDLE = "Подсолнухова", "Вальпургия", "Евстигнеевна"
EMAIL, PHONE = "valpurgia.plant@example.org", "+79004815162"
PASSWORD, WRONG = "гиацинт-цветёт-в-полночь-77", "неверный-подснежник-13"
COMMENT, DOCUMENT = "пишет левой рукой", "справка из оранжереи 8815"
CHILD, LISTED = "Одуванчикова", "Ромашковская"
BORN, TYPED, WRONG_DAY = "2014-02-27", "27.02.2014", "26.02.2014"
PAPER, SCAN_NAME, SCAN = "папка гортензии, лист 404", "согласие-Подсолнуховой.pdf", "отпечаток-лепестка-31337"
ANNULLED, DISPUTE = "скан чужой семьи с пионами", "решение суда о хризантемах 2-91/26"
TITLE, TEXT = "Правила розария", "Садовник школы живёт у пруда с кувшинками"


@dataclass
class Planted:
    """What must not be found, by what it is."""

    secrets: dict[str, str] = field(
        default_factory=lambda: {
            "family name": FAMILY, "first name": FIRST, "patronymic": MIDDLE, "e-mail": EMAIL, "phone": PHONE,
            "password": PASSWORD, "wrong password": WRONG, "comment": COMMENT, "document": DOCUMENT,
            "name of a child": CHILD, "name in a list": LISTED, "birth date": BORN, "birth date as typed": TYPED,
            "wrong birth date": WRONG_DAY, "paper": PAPER, "name of a scan": SCAN_NAME, "scan": SCAN,
            "why a scan is annulled": ANNULLED, "dispute": DISPUTE, "title of a document": TITLE,
            "document of the school": TEXT,
        }
    )  # fmt: skip

    def found_in(self, text: str) -> set[str]:
        """As it stands, in any case, escaped for JSON or for an address."""
        folded = text.casefold()
        return {
            what
            for what, value in self.secrets.items()
            if any(one.casefold() in folded for one in (value, quote(value), json.dumps(value)[1:-1]))
        }


def field_of(answer: TestResponse, name: str) -> str:
    """What a page has in a hidden field."""
    return answer.get_data(as_text=True).partition(f'name="{name}" value="')[2].partition('"')[0]


def live(web: Pages, taught: Class, planted: Planted) -> None:
    """A mother is registered, let in, agrees, searches and is searched; her child has a mark and an absence."""
    school = taught.school
    visitor = web.sign_in(school.admin_token)
    form = {"kinds": ["guardian"], "last_name": FAMILY, "first_name": FIRST, "middle_name": MIDDLE}
    registered = visitor.post("/people/new", form | {"email": EMAIL, "phone": PHONE})
    mother = registered.headers["Location"].rpartition("/")[2].partition("?")[0]
    assert FAMILY in visitor.post("/people", {"kind": "guardian", "q": FAMILY[:8]}).get_data(as_text=True)
    pupil = school.person(["student"], CHILD, "Иван", birth_date=BORN)
    enrolment = {"student_id": pupil, "from": YEAR_START}
    good(school.journal().post(f"/classes/{taught.class_id}/enrollments", enrolment), 201)
    link = {"guardian_id": mother, "student_id": pupil, "relation": "мать", "from": YEAR_START}
    good(school.journal().post("/guardianships", link), 201)
    school.suite.deliver()
    issued = good(school.accounts().post("/credentials", {"person_ids": [mother]}), 201)["items"][0]
    planted.secrets |= {"code": issued["code"], "login": issued["login"]}
    activation = {"code": issued["code"], "password": PASSWORD}
    door = school.suite.api("accounts")
    for day, status in (("в феврале", 422), (WRONG_DAY, 422)):
        assert visitor.post("/activate", activation | {"child_birth_date": day}).status_code == status
    body = {"code": issued["code"], "password": PASSWORD, "child_birth_date": BORN}
    planted.secrets["session of a code"] = good(door.post("/credentials/activate", body), 201)["token"]
    assert visitor.post("/activate", activation | {"child_birth_date": TYPED}).status_code == 404, "used"
    assert visitor.post("/login", {"login": issued["login"], "password": WRONG}).status_code in (401, 422, 200)
    token = good(door.post("/sessions", {"login": issued["login"], "password": PASSWORD}), 201)["token"]
    planted.secrets["session"] = token
    take_a_second_step(web, school, token, issued["login"], planted)
    keep_papers(web, taught, mother, pupil)
    accept_a_document(web, school, token)
    for purpose in ("diary", "mail"):
        wish = {"student_id": pupil, "guardian_id": mother, "purpose": purpose, "decision": "given"}
        good(school.accounts(token).post("/consents", wish | {"document": DOCUMENT}), 201)
    item = {"lesson_id": taught.lessons[0], "work_type": "answer"}
    column = good(taught.teacher.post(f"/courses/{taught.course_id}/line-items", item), 201)["id"]
    cell = {"op_id": str(uuid.uuid4()), "student_id": pupil, "base_version": None}
    operations = [
        cell | {"line_item_id": column, "symbol": "5", "comment": COMMENT},
        cell | {"op_id": str(uuid.uuid4()), "lesson_id": taught.lessons[1], "symbol": "Н"},
    ]
    answer = good(taught.teacher.patch(f"/courses/{taught.course_id}/page", {"operations": operations}))
    assert len(answer["applied"]) == 2
    names = f"Класс;Фамилия;Имя;Дата рождения\r\n9Б;{LISTED};Ульяна;14.03.2012\r\n9Б;{LISTED}77;;\r\n"
    sent = {"kind": "students", "file": (io.BytesIO(names.encode()), f"{LISTED}.csv")}
    good(school.journal().call("POST", "/imports", data=sent, content_type="multipart/form-data"), 201)
    period = good(school.journal().get("/periods?grade=8"))["items"][1]["id"]
    wanted = {"form": "class_period_results", "parameters": {"class": taught.class_id, "period": period}}
    good(school.suite.api("reports", school.admin_token).post("/reports", wanted), 202)
    for path in (f"/people/{mother}", f"/people/{pupil}", f"/journal/{taught.course_id}", "/people?kind=guardian"):
        assert visitor.get(path).status_code == 200
    # What the journal was told of her before she agreed may be a second old.
    school.suite.services["journal"].authenticator.forget(token)
    assert CHILD in Pages(web.client.application.test_client()).sign_in(token).get(f"/diary/{pupil}").get_data(True)


def take_a_second_step(web: Pages, school: School, token: str, login: str, planted: Planted) -> None:
    """She sets a second factor up, signs in with it and forgets her password."""
    mine = school.accounts(token)
    secret = good(mine.post("/second-factors"), 201)["secret"]
    confirmed = mine.post("/second-factors/confirm", {"otp": pyotp.TOTP(secret).now()})
    recovery, *others = good(confirmed)["recovery_codes"]
    planted.secrets |= {f"recovery code {number}": code for number, code in enumerate(others)}
    planted.secrets["recovery code as it is stored"] = normalized(recovery)
    browser = Pages(web.client.application.test_client())
    proof = field_of(browser.post("/login", {"login": login, "password": PASSWORD}), "proof")
    assert browser.post("/login/code", {"proof": proof, "otp": recovery}).status_code == 303
    device = browser.client.get_cookie("zhurnal-device")
    assert proof
    assert device is not None
    planted.secrets |= {"secret": secret, "recovery code": recovery, "proof": proof, "device": device.value}
    assert browser.post("/forgotten", {"login": login}).status_code == 200


def keep_papers(web: Pages, taught: Class, mother: str, pupil: str) -> None:
    """The office records her paper with its scan, annuls the scan, and writes a dispute down."""
    office = Pages(web.client.application.test_client()).sign_in(taught.school.admin_token)
    here = f"/people/consents/classes/{taught.class_id}/{pupil}/{mother}"
    paper = {"purpose": "photo", "decision": "given", "signed_on": "2026-09-02", "document": PAPER}
    assert office.post(here, paper).status_code == 303
    scan = re.findall(rf'action="({here}/[0-9a-f-]+/scan)"', office.get(here).get_data(as_text=True))[0]
    consent = scan.split("/")[-2]
    for content, status in ((b"MZ " + SCAN.encode(), 422), (b"%PDF-1.7 " + SCAN.encode(), 303)):
        form = {"file": (io.BytesIO(content), SCAN_NAME)}
        assert office.post(scan, form, content_type="multipart/form-data").status_code == status
    assert SCAN.encode() in office.get(f"/people/consents/scans/{consent}").data
    assert office.post(f"{scan}/annul", {"reason": ANNULLED}).status_code == 303
    assert PAPER in office.get(here).get_data(as_text=True)
    straight = {"file": (io.BytesIO(b"%PDF-1.7 " + SCAN.encode()), SCAN_NAME)}
    api = taught.school.accounts()
    good(api.call("POST", f"/consents/{consent}/scan", data=straight, content_type="multipart/form-data"), 201)
    other = {"student_id": taught.students[0], "document": DISPUTE}
    good(api.post(f"/disputes/{good(api.post('/disputes', other), 201)['id']}/end", {}))


def accept_a_document(web: Pages, school: School, token: str) -> None:
    """The school publishes its rules, and she accepts them."""
    office = Pages(web.client.application.test_client()).sign_in(school.admin_token)
    rules = {"title": TITLE, "kind": "rules", "audience": "guardians", "asks": "1", "text": TEXT}
    document = office.post("/documents/new", rules).headers["Location"].split("/")[2]
    assert office.post(f"/documents/{document}/publish", {"number": "1"}).status_code == 303
    own = Pages(web.client.application.test_client()).sign_in(token)
    assert own.get("/documents/waiting").headers["Location"] == f"/documents/{document}?on=1"
    assert TEXT in own.get(f"/documents/{document}").get_data(as_text=True)
    assert own.post(f"/documents/{document}/accept", {"number": "1", "on": "1"}).status_code == 303
    assert TITLE in own.get(f"/schools/{school.id}/documents").get_data(as_text=True)
