"""The link "this letter is not for me", and what the administrator sees of it."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

import marshmallow as ma
import sqlalchemy as sa

from services.common.app import read, requires, transaction, viewer
from services.common.arguments import Blueprint, Schema
from services.common.clock import now
from services.common.policy import PUBLIC
from services.notifications.access import require
from services.notifications.addresses.commands import hold_address, lift_hold
from services.notifications.addresses.models import HeldAddress
from services.notifications.policy import Permission

blp = Blueprint("addresses", __name__, url_prefix="/api/notifications/v1", description="Held addresses.")

_MOST_SHOWN = 200


class HeldAddressOut(Schema):
    id = ma.fields.UUID()
    address = ma.fields.String()
    delivery_id = ma.fields.UUID()
    held_at = ma.fields.AwareDateTime()
    lifted_at = ma.fields.AwareDateTime(allow_none=True)


class HeldAddressesOut(Schema):
    items = ma.fields.List(ma.fields.Nested(HeldAddressOut))


@blp.route("/not-me/<token>", methods=["POST"])
@blp.response(204)
@requires(PUBLIC)
def not_me(token: str) -> None:
    """Holds the address that a letter went to; the token is proof enough."""
    with transaction() as session:
        hold_address(session, token, now())


@blp.route("/held-addresses", methods=["GET"])
@blp.response(200, HeldAddressesOut)
@requires(Permission.ADDRESSES_READ)
def held_addresses() -> dict[str, Sequence[Any]]:
    """Addresses of which somebody said that the letter was not for him, newest first."""
    require(viewer(), Permission.ADDRESSES_READ)
    with read() as session:
        query = sa.select(HeldAddress).order_by(HeldAddress.id.desc()).limit(_MOST_SHOWN)
        return {"items": session.scalars(query).all()}


@blp.route("/held-addresses/<uuid:held_id>/lift", methods=["POST"])
@blp.response(204)
@requires(Permission.ADDRESSES_EDIT)
def lift(held_id: uuid.UUID) -> None:
    """The school has made sure: the address is mailed again."""
    require(viewer(), Permission.ADDRESSES_EDIT)
    with transaction() as session:
        lift_hold(session, held_id, now())
