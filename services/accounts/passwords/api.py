"""One's own password."""

from __future__ import annotations

from typing import Any

from services.accounts.edge import accounts
from services.accounts.passwords.changing import change_password
from services.accounts.passwords.schemas import ChangePassword
from services.accounts.policy import Permission
from services.accounts.sessions.door import door
from services.common.app import bearer_token, current_request_id, requires
from services.common.arguments import Blueprint
from services.common.clock import now

blp = Blueprint("passwords", __name__, url_prefix="/api/accounts/v1")


@blp.route("/passwords", methods=["POST"])
@blp.arguments(ChangePassword)
@blp.response(204)
@requires(Permission.OWN_SESSIONS)
def change(given: dict[str, Any]) -> None:
    words = given["password"], given["new_password"]
    change_password(accounts().database, bearer_token(), *words, door(), now(), current_request_id())
