"""Requests about personal data, and the calendar in which their terms are counted."""

from __future__ import annotations

from functools import partial

from tests.rights.request import Request

_accounts = partial(Request, "accounts")
_ONE = "/privacy-requests/<uuid:request_id>"
_OWN, _THEIRS = "one's own", "a guardian's"
_HANDED, _ON_PAPER = "/privacy-requests/{handed_over}", "/privacy-requests/{handed_over_on_paper}"
_ANSWER = {"outcome": "granted", "answer": "Исправлено."}

PRIVACY = (
    _accounts(
        "PRIVACY_ASK", "oneself", "POST", "/privacy-requests", "/privacy-requests",
        body={"kind": "correction", "subject_id": "{me}"},
    ),
    _accounts(
        "PRIVACY_ASK", "the pupil", "POST", "/privacy-requests", "/privacy-requests",
        body={"kind": "restriction", "subject_id": "{pupil}"},
    ),
    _accounts(
        "PRIVACY_ASK", "the pupil in a guardian's name", "POST", "/privacy-requests", "/privacy-requests",
        body={"kind": "erasure", "subject_id": "{pupil}", "requester_id": "{guardian}"},
    ),
    _accounts("PRIVACY_READ", _OWN, "GET", "/privacy-requests", "/privacy-requests"),
    _accounts(
        "PRIVACY_READ", "the school's", "GET", "/privacy-requests", "/privacy-requests", query={"of": "school"}
    ),
    _accounts("PRIVACY_READ", _THEIRS, "GET", _ONE, "/privacy-requests/{request}"),
    _accounts("PRIVACY_WITHDRAW", _THEIRS, "POST", f"{_ONE}/withdraw", "/privacy-requests/{request}/withdraw"),
    _accounts(
        "PRIVACY_ANSWER", _THEIRS, "POST", f"{_ONE}/answer", "/privacy-requests/{correction}/answer", body=_ANSWER
    ),
    _accounts(
        "PRIVACY_ANSWER", _THEIRS, "POST", f"{_ONE}/extend", "/privacy-requests/{request}/extend",
        body={"reason": "Архив хранится отдельно."},
    ),
    _accounts("PRIVACY_ANSWER", _THEIRS, "POST", f"{_ONE}/gather", "/privacy-requests/{request}/gather"),
    _accounts("PRIVACY_COPY", _THEIRS, "GET", f"{_ONE}/copy", f"{_HANDED}/copy"),
    _accounts("PRIVACY_COPY", _THEIRS, "GET", f"{_ONE}/copy.pdf", f"{_HANDED}/copy.pdf"),
    _accounts("PRIVACY_COPY", "of who withdrew", "GET", f"{_ONE}/copy", f"{_ON_PAPER}/copy"),
    _accounts("PRIVACY_COPY", "of who withdrew", "GET", f"{_ONE}/copy.pdf", f"{_ON_PAPER}/copy.pdf"),
    _accounts("WORKING_DAYS_READ", "a year", "GET", "/working-days", "/working-days", query={"year": "2027"}),
    _accounts(
        "WORKING_DAYS_EDIT", "a day", "PUT", "/working-days/<day>", "/working-days/2027-04-21",
        body={"working": False},
    ),
)  # fmt: skip
