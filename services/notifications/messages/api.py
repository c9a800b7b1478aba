"""Routes about deliveries."""

from __future__ import annotations

from typing import Any

from services.common.app import read, requires, viewer
from services.common.arguments import Blueprint
from services.common.paging import Page
from services.notifications.access import require
from services.notifications.messages import queries
from services.notifications.messages.schemas import DeliveriesOut, DeliveriesQuestion
from services.notifications.policy import Permission

blp = Blueprint("deliveries", __name__, url_prefix="/api/notifications/v1", description="What was sent.")


@blp.route("/deliveries", methods=["GET"])
@blp.arguments(DeliveriesQuestion, location="query")
@blp.response(200, DeliveriesOut)
@requires(Permission.DELIVERIES_READ)
def deliveries(question: dict[str, Any]) -> Page[Any]:
    """What was sent to whom, when, and how it ended."""
    require(viewer(), Permission.DELIVERIES_READ)
    with read() as session:
        return queries.deliveries(session, question["state"], question["cursor"], question["limit"])
