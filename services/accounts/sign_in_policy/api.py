"""Which roles ask for a second factor: seen by those who see roles, decided by an administrator."""

from __future__ import annotations

from typing import Any

from services.accounts.policy import POLICY, Permission
from services.accounts.roles.rules import RoleKind
from services.accounts.second_factors.queries import confirmed_factor
from services.accounts.sessions.door import require_confirmed
from services.accounts.sign_in_policy.commands import demand_second_factor
from services.accounts.sign_in_policy.queries import demanding_roles
from services.accounts.sign_in_policy.schemas import PolicySchema
from services.common.app import read, requires, transaction, viewer
from services.common.arguments import Blueprint
from services.common.policy import allows
from services.common.problems import ConflictError, ForbiddenError

blp = Blueprint("sign_in_policy", __name__, url_prefix="/api/accounts/v1")


@blp.route("/sign-in-policy", methods=["GET"])
@blp.response(200, PolicySchema)
@requires(Permission.ROLES_READ)
def policy() -> dict[str, Any]:
    _require(Permission.ROLES_READ)
    with read() as session:
        return {"second_factor_roles": [RoleKind(kind) for kind in demanding_roles(session)]}


@blp.route("/sign-in-policy", methods=["PUT"])
@blp.arguments(PolicySchema)
@blp.response(200, PolicySchema)
@requires(Permission.SIGN_IN_POLICY)
def decide(wanted: dict[str, Any]) -> dict[str, Any]:
    """409 `own-factor-first` for whoever would shut himself out."""
    _require(Permission.SIGN_IN_POLICY)
    require_confirmed()
    roles = set(wanted["second_factor_roles"])
    with transaction() as session:
        if viewer().has_role(*roles) and confirmed_factor(session, viewer().account_id) is None:
            raise ConflictError("Set your own second factor up first.", code="own-factor-first")
        demand_second_factor(session, viewer().school_id, roles)
    return {"second_factor_roles": sorted(roles)}


def _require(permission: Permission) -> None:
    if not allows(POLICY, permission, viewer(), None):
        raise ForbiddenError
