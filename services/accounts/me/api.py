"""`/me` and what I may do at all."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import flask

from services.accounts.edge import relations_of_viewer
from services.accounts.me.queries import myself
from services.accounts.me.schemas import MeOut
from services.accounts.policy import (
    POLICY,
    Permission,
    anybody,
    is_anothers,
    is_handed_over,
    is_meant,
    is_of_family,
    is_requester,
    is_signer,
    is_within_administration,
    leads_class,
    may_sign,
    speaks_for,
)
from services.common.app import read, requires, viewer
from services.common.arguments import Blueprint
from services.common.clock import now
from services.common.db import scope_of, set_scope
from services.common.permissions import PermissionsOut, permissions_answer
from services.common.policy import Predicate, extents

blp = Blueprint("me", __name__, url_prefix="/api/accounts/v1")


@blp.route("/me", methods=["GET"])
@blp.response(200, MeOut)
@requires(Permission.SELF_READ)
def me() -> dict[str, Any]:
    with read() as session:
        set_scope(session, replace(scope_of(session), account_id=viewer().account_id))
        return myself(session, viewer(), now())


@blp.route("/permissions", methods=["GET"])
@blp.response(200, PermissionsOut)
@requires(Permission.SELF_READ)
def permissions() -> flask.Response:
    return permissions_answer(extents(POLICY, viewer(), _related))


def _related(predicate: Predicate) -> bool:
    family = bool(viewer().kinds & {"student", "guardian"})
    if predicate is leads_class:
        return "staff" in viewer().kinds and bool(relations_of_viewer().leads)
    return {
        anybody: True,
        is_of_family: True,
        is_signer: family,
        may_sign: family,
        is_meant: True,
        is_anothers: True,
        is_within_administration: True,
        speaks_for: True,
        is_requester: True,
        is_handed_over: True,
    }[predicate]
