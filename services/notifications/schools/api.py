"""How long messages of a school wait; and what a person may do here at all."""

from __future__ import annotations

from typing import Any

import flask
import marshmallow as ma

from services.common.app import read, requires, transaction, viewer
from services.common.arguments import Blueprint, Integer, Schema
from services.common.permissions import PermissionsOut, permissions_answer
from services.common.policy import extents
from services.common.problems import PreconditionRequiredError
from services.common.text import whole_number
from services.notifications.access import require
from services.notifications.policy import POLICY, Permission
from services.notifications.schools.commands import settle_delays
from services.notifications.schools.models import MailSetting

blp = Blueprint("settings", __name__, url_prefix="/api/notifications/v1", description="Settings of mail.")


class MailSettingsSchema(Schema):
    mark_delay_minutes = Integer(required=True, validate=ma.validate.Range(0, 15))
    absence_delay_minutes = Integer(required=True, validate=ma.validate.Range(0, 60))


@blp.route("/settings", methods=["GET"])
@blp.response(200, MailSettingsSchema, headers={"ETag": "ETAG"})
@requires(Permission.SETTINGS_READ)
def settings() -> MailSetting:
    """How long messages wait, so that what changes at once is told once."""
    require(viewer(), Permission.SETTINGS_READ)
    with read() as session:
        found = session.get(MailSetting, viewer().school_id)
    found = found or MailSetting(mark_delay_minutes=0, absence_delay_minutes=10, version=0)
    _say_version(found)
    return found


@blp.route("/settings", methods=["PUT"])
@blp.doc(parameters=["IF_MATCH"])
@blp.alt_response(412)
@blp.alt_response(428)
@blp.arguments(MailSettingsSchema)
@blp.response(200, MailSettingsSchema)
@requires(Permission.SETTINGS_EDIT)
def settle(body: dict[str, Any]) -> MailSetting:
    """New delays, for messages from now on."""
    require(viewer(), Permission.SETTINGS_EDIT)
    version = _version_shown()
    with transaction() as session:
        found = settle_delays(
            session, viewer().school_id, body["mark_delay_minutes"], body["absence_delay_minutes"], version
        )
    _say_version(found)
    return found


@blp.route("/permissions", methods=["GET"])
@blp.response(200, PermissionsOut)
@requires(Permission.SELF_READ)
def permissions() -> flask.Response:
    """What this person may do here: it only draws navigation."""
    return permissions_answer(extents(POLICY, viewer(), lambda _: True))


def _version_shown() -> int:
    shown = flask.request.if_match.as_set()
    if len(shown) != 1:
        raise PreconditionRequiredError
    version = whole_number(shown.pop())
    return -1 if version is None else version


def _say_version(setting: MailSetting) -> None:
    version = str(setting.version)

    @flask.after_this_request
    def add_etag(response: flask.Response) -> flask.Response:
        response.set_etag(version)
        return response
