"""One's own password: changed, or forgotten."""

from __future__ import annotations

from typing import Any

from services.accounts.code_requests.commands import ask_for_code
from services.accounts.passwords.changing import change_password
from services.accounts.passwords.schemas import ChangePassword, ForgottenPassword, Heard
from services.accounts.policy import Permission
from services.accounts.sessions.commands import Device
from services.accounts.sessions.door import own_visit, visit
from services.common.app import bearer_token, requires
from services.common.arguments import Blueprint
from services.common.policy import PUBLIC

blp = Blueprint("passwords", __name__, url_prefix="/api/accounts/v1")


@blp.route("/passwords", methods=["POST"])
@blp.arguments(ChangePassword)
@blp.response(204)
@requires(Permission.OWN_SESSIONS)
def change(given: dict[str, Any]) -> None:
    change_password(*own_visit(), bearer_token(), given["password"], given["new_password"])


@blp.route("/passwords/reset", methods=["POST"])
@blp.arguments(ForgottenPassword)
@blp.response(202, Heard)
@requires(PUBLIC)
def ask_for_reset(given: dict[str, Any]) -> dict[str, Any]:
    """Whether somebody has this login is not answered. Where somebody has, the school's office is shown the wish."""
    ask_for_code(visit(Device()), given["login"])
    return {}
