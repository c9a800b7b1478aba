"""Routes of reports."""

from __future__ import annotations

from typing import Any

from tests.rights.cast import FORM
from tests.rights.request import Request

_REPORT = {"form": FORM, "parameters": {"class": "{class_}", "period": "{closed_period}"}}


def _reports(permission: str, what: str, method: str, rule: str, path: str = "", **more: Any) -> Request:
    return Request("reports", permission, what, method, rule, path or rule, **more)


REPORTS = (
    _reports("SELF_READ", "oneself", "GET", "/permissions"),
    _reports("FORMS_READ", "the school", "GET", "/forms"),
    _reports("REPORT_LIST", "one's own", "GET", "/reports"),
    _reports("CLASS_REPORT", "the class", "GET", "/reports/<uuid:job_id>", "/reports/{report}"),
    _reports("CLASS_REPORT", "the class", "POST", "/reports", body=_REPORT),
    _reports(
        "CLASS_REPORT", "the class", "POST", "/reports/<uuid:job_id>/cancel", "/reports/{report}/cancel", writes=False
    ),
    _reports(
        "CLASS_REPORT",
        "the class",
        "GET",
        "/reports/<uuid:job_id>/files/<string:format>",
        "/reports/{report}/files/pdf",
    ),
    _reports(
        "CLASS_REPORT", "the class", "GET", "/reports/<uuid:job_id>/pages/<int:number>", "/reports/{report}/pages/1"
    ),
)
