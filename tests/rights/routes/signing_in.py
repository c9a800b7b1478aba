"""Routes of accounts about second factors and the log of sign-ins."""

from __future__ import annotations

from typing import Any

from tests.rights.request import Request

_CODE = {"otp": "123456"}


def _accounts(permission: str, what: str, method: str, rule: str, path: str = "", **more: Any) -> Request:
    return Request("accounts", permission, what, method, rule, path or rule, **more)


SIGNING_IN = (
    _accounts("OWN_SESSIONS", "one's own", "GET", "/second-factors"),
    _accounts("OWN_SESSIONS", "one's own", "POST", "/second-factors"),
    _accounts("OWN_SESSIONS", "one's own", "GET", "/me/sign-ins"),
    _accounts("OWN_SESSIONS", "a strange device", "DELETE", "/devices/<uuid:device_id>", "/devices/{strange_device}"),
    _accounts("OWN_SESSIONS", "a second factor not set up", "POST", "/second-factors/confirm", body=_CODE),
    _accounts("OWN_SESSIONS", "a second factor not set up", "POST", "/second-factors/recovery-codes", body=_CODE),
    _accounts("OWN_SESSIONS", "a second factor not set up", "POST", "/second-factors/end", body=_CODE),
    _accounts(
        "SIGN_INS_READ", "an employee", "GET", "/people/<uuid:person_id>/sign-ins", "/people/{teacher}/sign-ins"
    ),
    _accounts(
        "SECOND_FACTOR_END",
        "an employee",
        "POST",
        "/people/<uuid:person_id>/second-factor/end",
        "/people/{with_factor}/second-factor/end",
    ),
    _accounts("SIGN_IN_POLICY", "the school", "PUT", "/sign-in-policy", body={"second_factor_roles": ["medic"]}),
    _accounts("ROLES_READ", "the school", "GET", "/sign-in-policy"),
)
