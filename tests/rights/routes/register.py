"""Routes of journal about the school, its classes and its people."""

from __future__ import annotations

import io
from typing import Any

from tests.rights.cast import LIST
from tests.rights.request import Request, shown
from tests.support.school import YEAR_START

_PERSON = {"last_name": "Новосёлова", "first_name": "Яна"}
_TERM = {"person_id": "{spare}", "from": YEAR_START}
_CLASS = {"grade_level": 5, "letter": "В"}
_LINK = {"guardian_id": "{guardian}", "student_id": "{newcomer}", "relation": "мать", "from": YEAR_START}


def _list() -> dict[str, Any]:
    return {"kind": "students", "file": (io.BytesIO(LIST.encode()), "список.csv")}


def _journal(permission: str, what: str, method: str, rule: str, path: str = "", **more: Any) -> Request:
    return Request("journal", permission, what, method, rule, path or rule, **more)


REGISTER = (
    _journal("SETUP_READ", "the school", "GET", "/years"),
    _journal("SETUP_READ", "the school", "GET", "/periods"),
    _journal("SETUP_READ", "the school", "GET", "/scales"),
    _journal("SETUP_READ", "the school", "GET", "/work-types"),
    _journal("SETUP_READ", "the school", "GET", "/subjects"),
    _journal("SETUP_READ", "the school", "GET", "/classes"),
    _journal("SETUP_READ", "the school", "GET", "/permissions"),
    _journal("SETUP_WRITE", "the school", "POST", "/classes", body=_CLASS),
    _journal("SETUP_WRITE", "the school", "POST", "/subjects", body={"name": "Астрономия"}),
    _journal(
        "SETUP_WRITE",
        "the class",
        "PUT",
        "/classes/<uuid:class_id>/class-teacher",
        "/classes/{class_}/class-teacher",
        body=_TERM | {"from": "2026-11-26"},
    ),
    _journal(
        "SETUP_WRITE",
        "a course of the class",
        "POST",
        "/courses",
        body={"class_id": "{class_}", "subject_id": "{subject}"},
    ),
    _journal(
        "SETUP_WRITE",
        "the course",
        "PUT",
        "/courses/<uuid:course_id>/teachers",
        "/courses/{course}/teachers",
        body={"teachers": [_TERM | {"person_id": one} for one in ("{spare}", "{teacher}", "{deputy_out_teacher}")]},
    ),
    _journal("PEOPLE_READ", "the register", "GET", "/people"),
    _journal("PEOPLE_READ", "the register", "POST", "/people/search", body={"q": "Учен"}, writes=False),
    _journal("PEOPLE_READ", "the pupil", "GET", "/people/<uuid:person_id>", "/people/{pupil}"),
    _journal("PEOPLE_READ", "a guardian", "GET", "/people/<uuid:person_id>", "/people/{grandmother}"),
    _journal("PEOPLE_READ", "an employee", "GET", "/people/<uuid:person_id>", "/people/{spare}"),
    _journal("PEOPLE_READ", "oneself", "GET", "/people/<uuid:person_id>", "/people/{me}"),
    _journal("GUARDIANSHIPS_READ", "the pupil", "GET", "/guardianships", query={"student": "{pupil}"}),
    _journal("GUARDIANSHIPS_READ", "one's own", "GET", "/guardianships", query={"guardian": "{me}"}),
    _journal("GUARDIANSHIPS_READ", "the school", "GET", "/guardianships"),
    _journal("PEOPLE_WRITE", "a newcomer", "POST", "/people", body=_PERSON | {"kinds": ["student"]}),
    _journal("PEOPLE_WRITE", "a newcomer's guardian", "POST", "/guardianships", body=_LINK),
    _journal(
        "PEOPLE_WRITE",
        "the pupil",
        "PATCH",
        "/people/<uuid:person_id>",
        "/people/{pupil}",
        body={"first_name": "Илья"},
        headers=shown(1),
    ),
    _journal(
        "PEOPLE_WRITE",
        "the pupil's guardian",
        "PATCH",
        "/guardianships/<uuid:guardianship_id>",
        "/guardianships/{link_of_grandmother}",
        body={"restricted": True},
        headers=shown(1),
    ),
    _journal(
        "STAFF_WRITE", "a newcomer", "POST", "/people", body=_PERSON | {"kinds": ["staff"]}, declared="PEOPLE_WRITE"
    ),
    _journal(
        "STAFF_WRITE",
        "an employee",
        "PATCH",
        "/people/<uuid:person_id>",
        "/people/{spare}",
        body={"first_name": "Нина"},
        headers=shown(1),
        declared="PEOPLE_WRITE",
    ),
    _journal(
        "STAFF_WRITE", "an employee", "POST", "/people/<uuid:person_id>/leave", "/people/{spare}/leave", body={}
    ),
    _journal(
        "STAFF_WRITE", "an employee", "POST", "/people/<uuid:person_id>/return", "/people/{spare}/return", body={}
    ),
    _journal("CARD_VIEWS_READ", "the school", "GET", "/card-views"),
    _journal("CARD_VIEWS_READ", "the school", "GET", "/card-views/export"),
    _journal(
        "ENROLLMENT_SET",
        "the class",
        "POST",
        "/classes/<uuid:class_id>/enrollments",
        "/classes/{class_}/enrollments",
        body={"student_id": "{unenrolled}", "from": YEAR_START},
    ),
    _journal("IMPORT", "a new list", "POST", "/imports", form=_list),
    _journal("IMPORT", "a list", "GET", "/imports/<uuid:import_id>", "/imports/{import_}"),
    _journal(
        "IMPORT",
        "a list",
        "POST",
        "/imports/<uuid:import_id>/commit",
        "/imports/{import_}/commit",
        body={"digest": "{digest}"},
    ),
    _journal(
        "IMPORT",
        "a list",
        "PUT",
        "/imports/<uuid:import_id>/mapping",
        "/imports/{import_}/mapping",
        body={"mapping": ["class", "last_name", "first_name", "birth_date"]},
    ),
)
