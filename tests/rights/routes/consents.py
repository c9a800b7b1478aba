"""Routes of accounts about forms, sheets, papers and the register of consents."""

from __future__ import annotations

import io
from typing import Any

from tests.rights.request import Request

_PHOTO = {"purposes": ["photo"]}
_OPERATOR = {"name": "Школа № 7", "address": "Приморск, Садовая, 1"}


def _scan() -> dict[str, Any]:
    return {"file": (io.BytesIO(b"%PDF-1.7"), "согласие.pdf")}


def _accounts(permission: str, what: str, method: str, rule: str, path: str = "", **more: Any) -> Request:
    return Request("accounts", permission, what, method, rule, path or rule, **more)


def _print(what: str, **more: str) -> dict[str, str]:
    return {"what": what, "format": "xlsx", **more}


CONSENTS = (
    _accounts("CONSENTS_REGISTER", "whatever one sees", "GET", "/consents/summary"),
    _accounts("CONSENTS_REGISTER", "whatever one sees", "POST", "/consents/print", body=_print("owed"), writes=False),
    _accounts("CONSENTS_REGISTER", "the class", "GET", "/consents/owed", query={"class": "{class_}"}),
    _accounts(
        "CONSENTS_REGISTER",
        "the class",
        "POST",
        "/consents/print",
        body=_print("register", class_id="{class_}"),
        writes=False,
    ),
    _accounts(
        "CONSENTS_REGISTER",
        "the class",
        "POST",
        "/consent-forms/print-missing",
        body={"class_id": "{class_}", **_PHOTO},
        writes=False,
    ),
    _accounts(
        "CONSENTS_EDIT",
        "a guardian's sheet",
        "POST",
        "/consent-forms/print",
        declared="CONSENTS_READ",
        body={"student_id": "{pupil}", "guardian_id": "{guardian}", **_PHOTO},
        writes=False,
    ),
    _accounts(
        "CONSENTS_READ", "a paper", "GET", "/consents/<uuid:consent_id>/scan", "/consents/{scanned_paper}/scan"
    ),
    _accounts(
        "CONSENTS_EDIT", "a paper", "POST", "/consents/<uuid:consent_id>/scan", "/consents/{paper}/scan", form=_scan
    ),
    _accounts(
        "CONSENTS_EDIT",
        "a paper",
        "POST",
        "/consents/<uuid:consent_id>/scan/annul",
        "/consents/{scanned_paper}/scan/annul",
        body={"reason": "Не та страница."},
    ),
    _accounts("CONSENT_FORMS_READ", "in force", "GET", "/consent-forms"),
    _accounts("CONSENT_FORMS_READ", "one", "GET", "/consent-forms/<uuid:form_id>", "/consent-forms/{consent_form}"),
    _accounts("CONSENT_FORMS_EDIT", "the school", "PUT", "/operator", body=_OPERATOR),
    _accounts("CONSENT_FORMS_EDIT", "the school", "POST", "/consent-forms", body={"purpose": "mail"}),
    _accounts(
        "CONSENT_FORMS_EDIT",
        "the school",
        "GET",
        "/consent-forms",
        query={"which": "all"},
        declared="CONSENT_FORMS_READ",
    ),
    _accounts(
        "CONSENT_FORMS_EDIT",
        "one",
        "POST",
        "/consent-forms/<uuid:form_id>/publish",
        "/consent-forms/{form_draft}/publish",
        body={},
    ),
    _accounts(
        "CONSENT_FORMS_EDIT",
        "a draft to look at",
        "GET",
        "/consent-forms/<uuid:form_id>",
        "/consent-forms/{form_draft}",
        declared="CONSENT_FORMS_READ",
    ),
)
