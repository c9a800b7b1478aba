"""Routes of journal about lessons, marks and absences."""

from __future__ import annotations

import uuid
from typing import Any

from tests.rights.request import Request, shown

_CELL = {"op_id": str(uuid.uuid4()), "student_id": "{newcomer}", "symbol": "4", "base_version": None}
_EXCUSE = {"student_id": "{pupil}", "from": "2026-11-23", "to": "2026-11-25"}


def _journal(permission: str, what: str, method: str, rule: str, path: str = "", **more: Any) -> Request:
    return Request("journal", permission, what, method, rule, path or rule, **more)


JOURNAL = (
    _journal("CLASS_READ", "the class", "GET", "/classes/<uuid:class_id>/students", "/classes/{class_}/students"),
    _journal("COURSE_LIST", "the school", "GET", "/courses"),
    _journal("COURSE_LIST", "the school", "GET", "/lessons"),
    _journal("JOURNAL_PAGE_READ", "the course", "GET", "/courses/<uuid:course_id>/page", "/courses/{course}/page"),
    _journal("JOURNAL_PAGE_READ", "the course", "GET", "/courses/<uuid:course_id>", "/courses/{course}"),
    _journal("JOURNAL_PAGE_READ", "the course", "GET", "/lessons/<uuid:lesson_id>", "/lessons/{lesson}"),
    _journal(
        "JOURNAL_PAGE_READ",
        "the course",
        "GET",
        "/lessons/<uuid:lesson_id>/attendance",
        "/lessons/{lesson}/attendance",
    ),
    _journal(
        "JOURNAL_PAGE_READ",
        "the course",
        "GET",
        "/courses/<uuid:course_id>/period-marks",
        "/courses/{course}/period-marks",
        query={"period": "{period}"},
    ),
    _journal(
        "MARK_SET",
        "the course",
        "PATCH",
        "/courses/<uuid:course_id>/page",
        "/courses/{course}/page",
        body={"operations": [_CELL | {"line_item_id": "{line_item}"}]},
    ),
    _journal(
        "MARK_SET",
        "the course",
        "PUT",
        "/lessons/<uuid:lesson_id>/attendance",
        "/lessons/{lesson}/attendance",
        body={"checked": True, "entries": [{"student_id": "{newcomer}", "status": "absent"}]},
        headers={"If-None-Match": "*"},
    ),
    _journal(
        "MARK_SET",
        "the course",
        "PATCH",
        "/lessons/<uuid:lesson_id>",
        "/lessons/{lesson}",
        body={"topic": "Дроби"},
        headers=shown(1),
    ),
    _journal(
        "MARK_SET",
        "the course",
        "POST",
        "/courses/<uuid:course_id>/line-items",
        "/courses/{course}/line-items",
        body={"date": "2026-11-20", "work_type": "answer"},
    ),
    _journal(
        "MARK_SET",
        "the course",
        "PATCH",
        "/line-items/<uuid:line_item_id>",
        "/line-items/{line_item}",
        body={"title": "Ответ"},
        headers=shown(1),
    ),
    _journal(
        "MARK_SET",
        "the course",
        "POST",
        "/line-items/<uuid:line_item_id>/annul",
        "/line-items/{empty_line_item}/annul",
        body={"reason": "лишняя"},
    ),
    _journal(
        "LESSON_PLAN",
        "the course",
        "POST",
        "/courses/<uuid:course_id>/lessons",
        "/courses/{course}/lessons",
        body={"dates": ["2026-11-27"], "number": 3},
    ),
    _journal("EXCUSES_READ", "the pupil", "GET", "/excuses", query={"student": "{pupil}"}),
    _journal("EXCUSES_READ", "oneself", "GET", "/excuses", query={"student": "{me}"}),
    _journal("EXCUSE_SET", "illness", "POST", "/excuses", body=_EXCUSE | {"reason": "ill"}),
    _journal("EXCUSE_SET", "another reason", "POST", "/excuses", body=_EXCUSE | {"reason": "valid"}),
    _journal(
        "PERIOD_MARK_SET",
        "the course",
        "PUT",
        "/courses/<uuid:course_id>/period-marks",
        "/courses/{course}/period-marks",
        query={"period": "{period}"},
        body={"operations": [_CELL]},
    ),
    _journal("PERIOD_CLOSE", "a period", "POST", "/periods/<uuid:period_id>/close", "/periods/{period}/close"),
    _journal(
        "PERIOD_CLOSE",
        "a period",
        "POST",
        "/periods/<uuid:period_id>/reopen",
        "/periods/{closed_period}/reopen",
        body={"reason": "ошибка"},
    ),
    _journal("DIARY_READ", "the pupil", "GET", "/diary", query={"student": "{pupil}"}),
    _journal("DIARY_READ", "the young pupil", "GET", "/diary", query={"student": "{young_pupil}"}),
)
