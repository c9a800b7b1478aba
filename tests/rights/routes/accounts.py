"""Routes of accounts."""

from __future__ import annotations

import io
from typing import Any

from tests.rights.request import Request
from tests.support.school import PASSWORD, YEAR_START

NEW_PASSWORD = "двенадцать-синих-чашек"
_DOCUMENT = {"kind": "guide", "audience": "everyone", "title": "Памятка", "text": "Да."}
_ACT = "<uuid:act_id>"
_ROLE = {"person_id": "{spare}", "kind": "secretary", "from": YEAR_START}


def _decision(student: str, signer: str) -> dict[str, str]:
    return {"student_id": student, "guardian_id": signer, "purpose": "photo", "decision": "given"}


def _pdf() -> dict[str, Any]:
    return {"file": (io.BytesIO(b"%PDF-1.7"), "правила.pdf")}


def _accounts(permission: str, what: str, method: str, rule: str, path: str = "", **more: Any) -> Request:
    return Request("accounts", permission, what, method, rule, path or rule, **more)


ACCOUNTS = (
    _accounts("OWN_SESSIONS", "one's own", "GET", "/sessions"),
    _accounts("OWN_SESSIONS", "one's own", "PATCH", "/sessions/current", body={"school": "{my_school}"}),
    _accounts("OWN_SESSIONS", "one's own", "DELETE", "/sessions/current"),
    _accounts("OWN_SESSIONS", "one's own", "DELETE", "/sessions/<uuid:session_id>", "/sessions/{my_session}"),
    _accounts("OWN_SESSIONS", "one's own", "POST", "/sessions/current/confirm", body={"password": PASSWORD}),
    _accounts(
        "OWN_SESSIONS", "one's own", "POST", "/passwords", body={"password": PASSWORD, "new_password": NEW_PASSWORD}
    ),
    _accounts("SELF_READ", "oneself", "GET", "/me"),
    _accounts("SELF_READ", "oneself", "GET", "/permissions"),
    _accounts("CREDENTIALS_ISSUE", "a pupil", "POST", "/credentials", body={"person_ids": ["{newcomer}"]}),
    _accounts("CREDENTIALS_ISSUE", "a pupil", "POST", "/credentials/slips", body={"person_ids": ["{newcomer}"]}),
    _accounts("CREDENTIALS_ISSUE", "a pupil", "POST", "/credentials/slips", body={"class_id": "{class_}"}),
    _accounts("CREDENTIALS_ISSUE", "an employee", "POST", "/credentials", body={"person_ids": ["{spare}"]}),
    _accounts("CREDENTIALS_ISSUE", "an employee", "POST", "/credentials/slips", body={"person_ids": ["{spare}"]}),
    _accounts("ACCESS_READ", "the class", "GET", "/access/pending", query={"class": "{class_}"}),
    _accounts("ACCESS_READ", "the staff", "GET", "/access/pending", query={"kind": "staff"}),
    _accounts("ACCESS_READ", "the class", "GET", "/access/used", query={"class": "{class_}"}),
    _accounts("ACCESS_READ", "the staff", "GET", "/access/used"),
    _accounts("ACCESS_READ", "counts", "GET", "/access/summary"),
    _accounts("ACCESS_HAND_OVER", "a pupil", "POST", "/access/handed-over", body={"person_ids": ["{newcomer}"]}),
    _accounts("ACCESS_HAND_OVER", "an employee", "POST", "/access/handed-over", body={"person_ids": ["{spare}"]}),
    _accounts("ROLES_READ", "the school", "GET", "/roles"),
    _accounts("ROLES_EDIT", "a role", "POST", "/roles/<uuid:role_id>/end", "/roles/{role}/end"),
    _accounts("ROLES_EDIT", "a role", "POST", "/roles", body=_ROLE),
    _accounts("ROLES_EDIT", "the office of director", "POST", "/roles", body=_ROLE | {"kind": "director"}),
    _accounts("ROLES_EDIT", "a role of one's own", "POST", "/roles", body=_ROLE | {"person_id": "{me}"}),
    _accounts("DUTIES_READ", "the school", "GET", "/duties"),
    _accounts("DUTIES_READ", "the school", "POST", "/duties/print", body={}, writes=False),
    _accounts("CONSENTS_READ", "one's own", "GET", "/consents"),
    _accounts("CONSENTS_READ", "the class", "GET", "/consents", query={"class": "{class_}"}),
    _accounts(
        "CONSENTS_EDIT", "a guardian's decision", "POST", "/consents", body=_decision("{pupil}", "{grandmother}")
    ),
    _accounts(
        "CONSENT_SIGN",
        "for the pupil",
        "POST",
        "/consents",
        body=_decision("{pupil}", "{me}"),
        declared="CONSENTS_EDIT",
    ),
    _accounts(
        "CONSENT_SIGN", "for oneself", "POST", "/consents", body=_decision("{me}", "{me}"), declared="CONSENTS_EDIT"
    ),
    _accounts(
        "CONSENT_WITHDRAW",
        "the guardian's decision",
        "POST",
        "/consents/<uuid:consent_id>/withdraw",
        "/consents/{consent}/withdraw",
    ),
    _accounts(
        "CONSENT_WITHDRAW",
        "one's own decision",
        "POST",
        "/consents/<uuid:consent_id>/withdraw",
        "/consents/{my_consent}/withdraw",
    ),
    _accounts("DOCUMENTS_READ", "the school's", "GET", "/documents/<uuid:document_id>", "/documents/{document}"),
    _accounts("DOCUMENTS_READ", "the school's", "GET", "/documents/<uuid:document_id>/file", "/documents/{pdf}/file"),
    _accounts(
        "DOCUMENTS_ACCEPT",
        "one for teachers",
        "POST",
        "/documents/<uuid:document_id>/accept",
        "/documents/{document}/accept",
        body={"number": 1},
    ),
    _accounts(
        "DOCUMENTS_READERS",
        "the class",
        "GET",
        "/documents/<uuid:document_id>/readers",
        "/documents/{document}/readers",
        query={"class": "{class_}"},
    ),
    _accounts(
        "DOCUMENTS_READERS",
        "whatever one sees",
        "GET",
        "/documents/<uuid:document_id>/readers",
        "/documents/{document}/readers",
    ),
    _accounts("DOCUMENTS_EDIT", "a new one", "POST", "/documents", body=_DOCUMENT),
    _accounts(
        "DOCUMENTS_EDIT",
        "a new one",
        "GET",
        "/documents",
        query={"state": "all"},
        declared="DOCUMENTS_READ",
    ),
    _accounts(
        "DOCUMENTS_EDIT",
        "one",
        "POST",
        "/documents/<uuid:document_id>/versions",
        "/documents/{document}/versions",
        body={"text": "Иначе."},
    ),
    _accounts(
        "DOCUMENTS_EDIT", "one", "GET", "/documents/<uuid:document_id>/versions", "/documents/{document}/versions"
    ),
    _accounts(
        "DOCUMENTS_EDIT",
        "one",
        "POST",
        "/documents/<uuid:document_id>/versions/pdf",
        "/documents/{document}/versions/pdf",
        form=_pdf,
    ),
    _accounts(
        "DOCUMENTS_EDIT",
        "one",
        "POST",
        "/documents/<uuid:document_id>/publish",
        "/documents/{draft}/publish",
        body={"number": 1},
    ),
    _accounts(
        "DOCUMENTS_EDIT",
        "one",
        "POST",
        "/documents/<uuid:document_id>/annul",
        "/documents/{document}/annul",
        body={"reason": "устарело"},
    ),
    _accounts("CONSENTS_DISPUTE", "a pupil", "POST", "/disputes", body={"student_id": "{newcomer}"}),
    _accounts("CONSENTS_DISPUTE", "a pupil", "POST", "/disputes/<uuid:dispute_id>/end", "/disputes/{dispute}/end"),
    _accounts("RETENTION_READ", "the school", "GET", "/retention"),
    _accounts("RETENTION_READ", "the school", "GET", "/destruction-acts"),
    _accounts("RETENTION_READ", "an act", "GET", f"/destruction-acts/{_ACT}", "/destruction-acts/{act}"),
    _accounts(
        "RETENTION_READ",
        "an act",
        "GET",
        f"/destruction-acts/{_ACT}/certificate",
        "/destruction-acts/{act}/certificate",
    ),
    _accounts(
        "RETENTION_EDIT",
        "the school",
        "PUT",
        "/retention/<string:category>",
        "/retention/letters",
        body={"years": 3, "order_number": "12", "order_date": YEAR_START},
    ),
    _accounts("RETENTION_EDIT", "the school", "POST", "/destruction-acts", body={"categories": ["letters"]}),
    _accounts(
        "RETENTION_EDIT",
        "an act",
        "POST",
        f"/destruction-acts/{_ACT}/cancel",
        "/destruction-acts/{unwanted_act}/cancel",
    ),
    _accounts(
        "RETENTION_APPROVE",
        "an act",
        "POST",
        f"/destruction-acts/{_ACT}/approve",
        "/destruction-acts/{draft_act}/approve",
    ),
)
