"""The mail page's data, in the demonstration only: anywhere else these routes are not there."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import marshmallow as ma

from services.common.app import requires, this_service, viewer
from services.common.arguments import Blueprint, Schema
from services.common.problems import NotFoundError
from services.notifications.access import require
from services.notifications.demo.mails import CaughtMail, caught_mail, caught_mails
from services.notifications.policy import Permission

blp = Blueprint("demo", __name__, url_prefix="/api/notifications/v1/demo", description="The mail sink.")


class MailLineOut(Schema):
    id = ma.fields.String()
    at = ma.fields.AwareDateTime()
    to = ma.fields.String()
    subject = ma.fields.String()


class MailOut(MailLineOut):
    text = ma.fields.String()
    html = ma.fields.String()


class MailsOut(Schema):
    items = ma.fields.List(ma.fields.Nested(MailLineOut))


@blp.route("/mails", methods=["GET"])
@blp.response(200, MailsOut)
@blp.alt_response(404)
@requires(Permission.DEMO_MAILS_READ)
def mails() -> dict[str, Sequence[Any]]:
    """Letters that the demonstration's sink took, newest first."""
    return {"items": caught_mails(_sink())}


@blp.route("/mails/<mail_id>", methods=["GET"])
@blp.response(200, MailOut)
@requires(Permission.DEMO_MAILS_READ)
def mail(mail_id: str) -> CaughtMail:
    """One of them, whole."""
    found = caught_mail(_sink(), mail_id)
    if found is None:
        raise NotFoundError
    return found


def _sink() -> Path:
    if this_service().settings.environment != "demo":
        raise NotFoundError
    require(viewer(), Permission.DEMO_MAILS_READ)
    return this_service().settings.data / "mail"
