"""A school in which every kind of person is signed in and every kind of thing exists once, with its ids."""

from __future__ import annotations

import io
import uuid
from collections import defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from services.accounts import state as accounts_state
from services.accounts.retention.rules import CATEGORIES
from services.common.identity import token_digest
from services.journal import state as journal_state
from tests.support.desk import Desk
from tests.support.destroying import carried_out, ordered, part_of
from tests.support.school import PASSWORD, YEAR_START, Class, School, good, make_class
from tests.support.suite import TOKENS

ROLES = ("administrator", "deputy", "class_teacher", "teacher", "guardian", "pupil", "nobody")
KINDS: Mapping[str, Collection[str]] = {"accounts": accounts_state.KINDS, "journal": journal_state.KINDS}
FORM = "class_period_results"
DOCUMENTS = 24
LIST = "Класс;Фамилия;Имя;Дата рождения\r\n9Б;Рощина;Ульяна;14.03.2012\r\n"


@dataclass
class Cast:
    """Tokens by role, and ids by the names that routes have for them."""

    school: School
    taught: Class
    tokens: dict[str, str] = field(default_factory=lambda: {"nobody": ""})
    logins: dict[str, str] = field(default_factory=dict)
    ids: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    devices: dict[str, str] = field(default_factory=dict)
    _addresses: int = 0

    def ids_for(self, service: str) -> dict[str, list[Any]]:
        """Ids as `service` knows them: the kinds of its state are its own."""
        return {**self.ids, "kind": list(KINDS.get(service, ()))}

    def renew(self, role: str) -> None:
        """Signs somebody in again whose session a request has ended."""
        self._addresses += 1
        address = f"10.77.{self._addresses >> 8 & 255}.{self._addresses & 255}"
        web = {"Zhurnal-Service": f"web {TOKENS['web']}", "Forwarded": f"for={address}"}
        body = {"login": self.logins[role], "password": PASSWORD, "device": {"key": self.devices[role]}}
        answer = self.school.suite.api("accounts").post("/sessions", body, headers=web)
        if answer.status_code != 403:  # who lost his last tie to the school in the run is nobody from now on
            self.tokens[role] = good(answer, 201)["token"]

    def enter(self, role: str, person_id: str, **activation: Any) -> None:
        """Lets somebody in from a device that is known from now on, so that no throttle ever delays it."""
        self.school.suite.deliver()
        issued = self.school.accounts().post("/credentials", {"person_ids": [person_id]})
        item = good(issued, 201)["items"][0]
        self.devices[role] = token_digest(role)
        body = {"code": item["code"], "password": PASSWORD, "device": {"key": self.devices[role]}, **activation}
        self.logins[role] = item["login"]
        self.tokens[role] = good(self.school.suite.api("accounts").post("/credentials/activate", body), 201)["token"]


def make_cast(school: School) -> Cast:
    """Everybody and everything, through the routes."""
    taught = make_class(school)
    cast = Cast(school, taught)
    deputy = school.person(["staff"], "Крымова", "Ольга")
    leader = school.person(["staff"], "Ветрова", "Анна")
    teacher = school.person(["staff"], "Лаптева", "Инна")
    guardian = school.person(["guardian"], "Ларина", "Ольга", email="larina@example.org")
    spare = school.person(["staff"], "Запасная", "Вера")
    pupil = taught.students[0]
    journal, accounts = school.journal(), school.accounts()
    leads = {"person_id": leader, "from": YEAR_START}
    good(journal.put(f"/classes/{taught.class_id}/class-teacher", leads))
    terms = [{"person_id": one, "from": YEAR_START} for one in (taught.teacher_id, teacher)]
    good(journal.put(f"/courses/{taught.course_id}/teachers", {"teachers": terms}))
    link = {"guardian_id": guardian, "student_id": pupil, "relation": "мать", "from": YEAR_START}
    cast.ids["guardianship_id"] = [good(journal.post("/guardianships", link), 201)["id"]]
    school.suite.deliver()
    role = {"person_id": deputy, "kind": "deputy", "from": YEAR_START}
    good(accounts.post("/roles", role), 201)
    unneeded = good(accounts.post("/roles", {"person_id": spare, "kind": "medic", "from": YEAR_START}), 201)
    cast.ids["role_id"] = [unneeded["id"]]
    for name, person in (("deputy", deputy), ("class_teacher", leader), ("teacher", teacher), ("pupil", pupil)):
        cast.enter(name, person)
    cast.enter("guardian", guardian, child_birth_date="2012-03-01")
    cast.enter("administrator", str(school.admin_id))
    school.admin_token = cast.tokens["administrator"]
    _decide(cast, guardian)
    _teach(cast)
    _write_a_document(cast)
    _ask_what_is_stored(cast, guardian)
    _report(cast)
    _destroy(cast)
    cast.ids |= {
        "class_id": [taught.class_id],
        "course_id": [taught.course_id],
        "lesson_id": list(taught.lessons),
        "student_id": list(taught.students),
        "guardian_id": [guardian],
        "person_id": [*taught.students[1:], spare],  # nobody whose end would empty a role
        "teacher_id": [teacher, taught.teacher_id],
        "school_id": [str(school.id)],
    }
    return cast


def _decide(cast: Cast, guardian: str) -> None:
    """Consents of a guardian and of a pupil who is fourteen; a dispute about another pupil."""
    pupil = cast.taught.students[0]
    for role, signer in (("guardian", guardian), ("pupil", pupil)):
        wish = {"student_id": pupil, "guardian_id": signer, "purpose": "diary", "decision": "given"}
        made = good(cast.school.accounts(cast.tokens[role]).post("/consents", wish), 201)
        cast.ids["consent_id"].append(made["id"])
    administrator = cast.school.accounts()
    forms = good(administrator.get("/consent-forms"))["items"]
    draft = good(administrator.post("/consent-forms", {"purpose": "mail"}), 201)
    cast.ids["form_id"] = [*(one["id"] for one in forms), draft["id"]]
    paper = {"student_id": pupil, "guardian_id": guardian, "purpose": "photo", "decision": "given"}
    kept = good(administrator.post("/consents", paper), 201)["id"]
    scan = {"file": (io.BytesIO(b"%PDF-1.7 of a test"), "paper.pdf")}
    sent = administrator.call("POST", f"/consents/{kept}/scan", data=scan, content_type="multipart/form-data")
    good(sent, 201)
    cast.ids["consent_id"].insert(0, kept)
    dispute = cast.school.accounts().post("/disputes", {"student_id": cast.taught.students[1]})
    cast.ids["dispute_id"] = [good(dispute, 201)["id"]]


def _ask_what_is_stored(cast: Cast, guardian: str) -> None:
    """Requests of a guardian and of the office, one of each kind."""
    asked = cast.school.accounts(cast.tokens["guardian"])
    for kind in ("access", "correction", "restriction", "erasure"):
        made = good(asked.post("/privacy-requests", {"kind": kind, "subject_id": guardian}), 201)
        cast.ids["request_id"].append(made["id"])
    cast.ids["day"] = ["2027-04-21"]


def _write_a_document(cast: Cast) -> None:
    """Rules that everybody is asked to accept, as texts and as files; many, for a fuzz annuls what it can."""
    accounts = cast.school.accounts(cast.tokens["administrator"])
    rules = {"kind": "rules", "audience": "everyone", "title": "Положение", "asks": True}
    for number in range(DOCUMENTS):
        made = good(accounts.post("/documents", rules | ({"text": "Да."} if number % 2 else {})), 201)["id"]
        if number % 2 == 0:
            form = {"file": (io.BytesIO(b"%PDF-1.7"), "правила.pdf")}
            path = f"/documents/{made}/versions/pdf"
            good(accounts.call("POST", path, data=form, content_type="multipart/form-data"), 201)
        good(accounts.post(f"/documents/{made}/publish", {"number": 1}))
        cast.ids["document_id"].append(made)


def _destroy(cast: Cast) -> None:
    """An act that is done, with its certificate, and drafts that a fuzz may cancel."""
    school = cast.school
    drafts = [good(school.accounts().post("/destruction-acts", {"categories": ["letters"]}), 201) for _ in range(8)]
    done = ordered(school, "card_views")
    carried_out(school, done)
    cast.ids["act_id"] = [done, *(one["id"] for one in drafts)]
    cast.ids["order_id"] = [str(part_of(school, done))]
    cast.ids["category"] = list(CATEGORIES)


def _teach(cast: Cast) -> None:
    """A mark, a list that came in, and the ids of what every school has."""
    school, taught = cast.school, cast.taught
    item = {"lesson_id": taught.lessons[0], "work_type": "answer"}
    made = good(taught.teacher.post(f"/courses/{taught.course_id}/line-items", item), 201)
    cast.ids["line_item_id"] = [made["id"]]
    mark = {"op_id": str(uuid.uuid4()), "student_id": taught.students[0], "symbol": "5", "base_version": None}
    operations = [mark | {"line_item_id": made["id"]}]
    good(taught.teacher.patch(f"/courses/{taught.course_id}/page", {"operations": operations}))
    form = {"kind": "students", "file": (io.BytesIO(LIST.encode()), "список.csv")}
    sent = school.journal().call("POST", "/imports", data=form, content_type="multipart/form-data")
    cast.ids["import_id"] = [good(sent, 201)["id"]]
    for name, path in (
        ("period_id", "/periods?grade=8"),
        ("year_id", "/years"),
        ("scale_id", "/scales"),
        ("subject_id", "/subjects"),
    ):
        cast.ids[name] = [one["id"] for one in good(school.journal().get(path))["items"]]
    cast.ids["work_type"] = [one["code"] for one in good(school.journal().get("/work-types"))["items"]]
    cast.ids["session_id"] = [good(school.accounts().get("/sessions"))["items"][-1]["id"]]
    cast.ids["fields_id"] = ["id"]


def _report(cast: Cast) -> None:
    """A report that is made, with its files."""
    wanted = {"form": FORM, "parameters": {"class": cast.taught.class_id, "period": cast.ids["period_id"][1]}}
    reports = cast.school.suite.api("reports", cast.tokens["administrator"])
    cast.ids["job_id"] = [good(reports.post("/reports", wanted), 202)["id"]]
    Desk(cast.school).work()
    cast.ids |= {"format": ["pdf", "xlsx"], "number": [1]}
