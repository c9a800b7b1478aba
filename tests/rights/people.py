"""The people of the matrix, each with one tie to 8А, through the routes."""

from __future__ import annotations

import io
import uuid
from typing import Any

import pyotp

from tests.rights.cast import Cast, Viewer
from tests.support.personal_data import gather_all
from tests.support.school import YEAR_START, good, make_class, make_school


def make_classes(cast: Cast) -> None:
    """8А with its course and 8Б with another, each with its class teacher."""
    school, journal = cast.school, cast.school.journal()
    taught = make_class(school, pupils=3)
    cast.viewers["teacher"] = Viewer("teacher", taught.teacher_id)
    cast.viewers["pupil"] = Viewer("pupil", taught.students[0])
    young = school.person(["student"], "Юнусова", "Эмине", birth_date="2013-05-01")
    cast.viewers["young_pupil"] = Viewer("young_pupil", young)
    enrolled = {"student_id": young, "from": YEAR_START}
    good(journal.post(f"/classes/{taught.class_id}/enrollments", enrolled), 201)
    cast.ids |= {
        "teacher": taught.teacher_id,
        "class_": taught.class_id,
        "course": taught.course_id,
        "lesson": taught.lessons[0],
        "missed_lesson": taught.lessons[1],
        "pupil": taught.students[0],
        "newcomer": taught.students[1],
        "disputed": taught.students[2],
        "young_pupil": young,
        "unenrolled": school.person(["student"], "Свободная", "Ия", birth_date="2012-04-01"),
        "spare": school.person(["staff"], "Запасная", "Вера"),
    }
    other = good(journal.post("/classes", {"grade_level": 8, "letter": "Б"}), 201)["id"]
    colleague = school.person(["staff"], "Соседова", "Инна")
    cast.viewers["teacher_other"] = Viewer("teacher_other", colleague)
    cast.ids["subject"] = good(journal.post("/subjects", {"name": "Физика"}), 201)["id"]
    terms = [{"person_id": colleague, "from": YEAR_START}]
    course = {"class_id": other, "subject_id": cast.ids["subject"], "teachers": terms}
    cast.ids["other_course"] = good(journal.post("/courses", course), 201)["id"]
    for name, class_id in (("class_teacher", taught.class_id), ("class_teacher_other", other)):
        leader = school.person(["staff"], "Классная", "Анна" if class_id == other else "Зоя")
        cast.viewers[name] = Viewer(name, leader)
        good(journal.put(f"/classes/{class_id}/class-teacher", {"person_id": leader, "from": YEAR_START}))
    cast.ids["other_class"] = other


def make_office(cast: Cast) -> None:
    """Who holds a role; deputies for all, for 8А, for 8Б, and for 8Б teaching in 8А; an administrator who will be
    dismissed."""
    scopes: dict[str, dict[str, Any]] = {
        "deputy": {"kind": "deputy"},
        "deputy_in": {"kind": "deputy", "classes": [cast.class_]},
        "deputy_out": {"kind": "deputy", "classes": [cast.other_class]},
        "deputy_out_teacher": {"kind": "deputy", "classes": [cast.other_class]},
        "director": {"kind": "director"},
        "secretary": {"kind": "secretary"},
        "medic": {"kind": "medic"},
        "dismissed": {"kind": "administrator"},
    }
    cast.viewers["administrator"] = Viewer("administrator", str(cast.school.admin_id), cast.school.admin_token)
    for name in scopes:
        cast.viewers[name] = Viewer(name, cast.school.person(["staff"], "Служебная", name.replace("_", "").title()))
        cast.ids[name] = cast.viewers[name].person_id
    both = [cast.teacher, cast.viewers["deputy_out_teacher"].person_id]
    terms = {"teachers": [{"person_id": one, "from": YEAR_START} for one in both]}
    good(cast.school.journal().put(f"/courses/{cast.course}/teachers", terms))
    cast.suite.deliver()
    for name, role in scopes.items():
        body = role | {"person_id": cast.viewers[name].person_id, "from": YEAR_START}
        good(cast.school.accounts().post("/roles", body), 201)
    unneeded = {"person_id": cast.spare, "kind": "medic", "from": YEAR_START}
    cast.ids["role"] = good(cast.school.accounts().post("/roles", unneeded), 201)["id"]


def make_families(cast: Cast) -> None:
    """Guardians of the pupil, one of whom nobody is let in, and one of a classmate."""
    for name, child in (
        ("guardian", cast.pupil),
        ("guardian_withdrew", cast.pupil),
        ("guardian_restricted", cast.pupil),
        ("guardian_of_classmate", cast.young_pupil),
        ("grandmother", cast.pupil),
    ):
        person = cast.school.person(
            ["guardian"], "Ларина", name.title().replace("_", ""), email=f"{name}@example.org"
        )
        restricted = name == "guardian_restricted"
        body = {"guardian_id": person, "student_id": child, "relation": "мать", "from": YEAR_START}
        body |= {"restricted": restricted}
        link = good(cast.school.journal().post("/guardianships", body), 201)["id"]
        cast.ids |= {name: person, f"link_of_{name}": link}
        if name != "grandmother":
            cast.viewers[name] = Viewer(name, person)


def let_everybody_in(cast: Cast) -> None:
    """A session for everybody; slips that nobody used for a pupil and a member of staff."""
    births = {"guardian_of_classmate": "2013-05-01"}
    for viewer in cast.viewers.values():
        if viewer.person_id and not viewer.token:
            more = {}
            if viewer.name.startswith("guardian"):
                more["child_birth_date"] = births.get(viewer.name, "2012-03-01")
            viewer.token = cast.school.sign_in(viewer.person_id, **more)
        if viewer.token:
            _note_session(cast, viewer)
    waiting = {"person_ids": [cast.newcomer, cast.spare]}
    good(cast.school.accounts().post("/credentials", waiting), 201)


def _note_session(cast: Cast, viewer: Viewer) -> None:
    opened = good(cast.api("accounts", viewer.name).get("/sessions"))["items"]
    viewer.session_id = next(one["id"] for one in opened if one["current"])


def decide(cast: Cast) -> None:
    """Who agreed, refused, withdrew, or had agreed on paper though a court restricts him; a dispute."""
    for name, student in (
        ("pupil", cast.pupil),
        ("guardian", cast.pupil),
        ("guardian_withdrew", cast.pupil),
        ("guardian_restricted", cast.pupil),
        ("guardian_of_classmate", cast.young_pupil),
    ):
        viewer = cast.viewers[name]
        recorder = cast.api("accounts", "administrator" if name == "guardian_restricted" else name)
        for purpose in ("mail", "diary"):
            decision = "refused" if name == "guardian_of_classmate" else "given"
            wish = {"student_id": student, "guardian_id": viewer.person_id, "purpose": purpose, "decision": decision}
            viewer.consent_id = good(recorder.post("/consents", wish), 201)["id"]
    withdrew = cast.viewers["guardian_withdrew"]
    good(cast.api("accounts", withdrew.name).post(f"/consents/{withdrew.consent_id}/withdraw"))
    cast.ids["consent"] = cast.viewers["guardian"].consent_id
    dispute = cast.school.accounts().post("/disputes", {"student_id": cast.disputed})
    cast.ids["dispute"] = good(dispute, 201)["id"]


def write_papers(cast: Cast) -> None:
    """Two decisions on paper, one with its scan; a form that is signed and one that is only written."""
    accounts = cast.school.accounts()
    for name, purpose in (("paper", "photo"), ("scanned_paper", "third_parties")):
        wish = {"student_id": cast.pupil, "guardian_id": cast.grandmother, "purpose": purpose, "decision": "refused"}
        cast.ids[name] = good(accounts.post("/consents", wish | {"signed_on": "2026-11-02"}), 201)["id"]
    form = {"file": (io.BytesIO(b"%PDF-1.7"), "согласие.pdf")}
    path = f"/consents/{cast.scanned_paper}/scan"
    good(accounts.call("POST", path, data=form, content_type="multipart/form-data"), 201)
    cast.ids["consent_form"] = good(accounts.get("/consent-forms"))["items"][0]["id"]
    cast.ids["form_draft"] = good(accounts.post("/consent-forms", {"purpose": "photo"}), 201)["id"]


def ask_what_is_stored(cast: Cast) -> None:
    """Requests of two guardians about the pupil that were answered, and two of the first that were not."""
    administrator = cast.api("accounts", "administrator")

    def asked(viewer: str, kind: str) -> str:
        wish = {"kind": kind, "subject_id": cast.pupil}
        return str(good(cast.api("accounts", viewer).post("/privacy-requests", wish), 201)["id"])

    for name, viewer in (("handed_over", "guardian"), ("handed_over_on_paper", "guardian_withdrew")):
        cast.ids[name] = asked(viewer, "access")
        gather_all(cast.school)
        said = {"outcome": "granted", "answer": "Сведения приложены."}
        good(administrator.post(f"/privacy-requests/{cast.ids[name]}/answer", said))
    cast.ids |= {"request": asked("guardian", "access"), "correction": asked("guardian", "correction")}


def set_a_factor_up(cast: Cast) -> None:
    """An employee whose telephone gives codes."""
    person = cast.school.person(["staff"], "Кодова", "Инна")
    theirs = cast.school.accounts(cast.school.sign_in(person))
    secret = good(theirs.post("/second-factors"), 201)["secret"]
    good(theirs.post("/second-factors/confirm", {"otp": pyotp.TOTP(secret).now()}))
    cast.ids |= {"with_factor": person, "strange_device": str(uuid.uuid4())}


def dismiss(cast: Cast) -> None:
    """Journal tells of a dismissal as it does it."""
    body = {"school_id": str(cast.school.id), "person_id": cast.viewers["dismissed"].person_id}
    left = cast.suite.api("accounts").internally("journal", "POST", "/internal/accounts/v1/persons/end", body)
    good(left)
    for service in cast.suite.services.values():
        service.authenticator.forget(cast.viewers["dismissed"].token)


def make_another_school(cast: Cast) -> None:
    other = make_school(cast.suite, "Школа № 8")
    cast.viewers["stranger"] = Viewer("stranger", str(other.admin_id), other.admin_token)
    _note_session(cast, cast.viewers["stranger"])
    cast.ids["stranger_school"] = str(other.id)
