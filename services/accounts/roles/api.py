"""Roles of the institution: who holds them, given and ended by an administrator."""

from __future__ import annotations

import uuid
from typing import Any

from sqlalchemy.orm import Session

from services.accounts.edge import accounts
from services.accounts.identities.queries import membership_of_person
from services.accounts.people import fetch_unknown
from services.accounts.policy import POLICY, Permission, RoleFacts
from services.accounts.register.models import Person
from services.accounts.register.queries import people_by_id, person_by_id, today_of
from services.accounts.roles.commands import NewRole, end_role, give_role
from services.accounts.roles.models import Role
from services.accounts.roles.queries import all_roles, has_director, people_with_roles, role_by_id
from services.accounts.roles.rules import RoleKind
from services.accounts.roles.schemas import RoleIn, RoleOut, RolesOut, RolesQuery
from services.accounts.schemas import NothingIn
from services.accounts.sessions.commands import end_sessions
from services.accounts.sessions.door import require_confirmed
from services.common.app import read, requires, transaction, viewer
from services.common.arguments import Blueprint
from services.common.clock import now
from services.common.paging import page_of
from services.common.policy import allows
from services.common.problems import ForbiddenError, wrong

blp = Blueprint("roles", __name__, url_prefix="/api/accounts/v1")


@blp.route("/roles", methods=["GET"])
@blp.arguments(RolesQuery, location="query")
@blp.response(200, RolesOut)
@requires(Permission.ROLES_READ)
def roles(asked: dict[str, Any]) -> dict[str, Any]:
    _require(Permission.ROLES_READ)
    with read() as session:
        page = page_of(all_roles(session, asked["cursor"], asked["limit"] + 1), asked["limit"], lambda role: role.id)
        people = people_by_id(session, [role.person_id for role in page.items])
    return {"items": [_shown(role, people.get(role.person_id)) for role in page.items], "next": page.next}


@blp.route("/roles", methods=["POST"])
@blp.arguments(RoleIn)
@blp.response(201, RoleOut)
@requires(Permission.ROLES_EDIT)
def give(given: dict[str, Any]) -> dict[str, Any]:
    new = _new_role(given)
    with read() as session:
        vacant = not has_director(session, today_of(session, viewer().school_id, now()))
    _require_edit(RoleFacts(new.kind, new.person_id == viewer().person_id, director_in_office=not vacant))
    require_confirmed()
    fetch_unknown(accounts(), viewer().school_id, [new.person_id])
    with transaction() as session:
        person = person_by_id(session, new.person_id)
        role = give_role(session, viewer().school_id, new)
    return _shown(role, person)


@blp.route("/roles/<uuid:role_id>/end", methods=["POST"])
@blp.arguments(NothingIn, required=False)
@blp.response(200, RoleOut)
@requires(Permission.ROLES_EDIT)
def end(_: dict[str, Any], role_id: uuid.UUID) -> dict[str, Any]:
    with transaction() as session:
        role = access_role(session, role_id)
        require_confirmed()
        today = today_of(session, viewer().school_id, now())
        end_role(session, role, today)
        membership = membership_of_person(session, role.person_id)
        if membership and not people_with_roles(session, [role.person_id], today):
            end_sessions(session, membership.account_id, now(), viewer().school_id)
        person = people_by_id(session, [role.person_id]).get(role.person_id)
    return _shown(role, person)


def access_role(session: Session, role_id: uuid.UUID) -> Role:
    """A role that the viewer may end, locked. Raises NotFoundError, ForbiddenError."""
    _require(Permission.ROLES_READ)
    role = role_by_id(session, role_id)
    _require_edit(RoleFacts(role.kind))
    return role


def _require(permission: Permission) -> None:
    if not allows(POLICY, permission, viewer(), None):
        raise ForbiddenError


def _require_edit(facts: RoleFacts) -> None:
    if not allows(POLICY, Permission.ROLES_EDIT, viewer(), facts):
        held = viewer().has_role("administrator", "director")
        if held:
            raise ForbiddenError(
                "Nobody gives more than the own role allows, nor a role to herself.", code="beyond-role"
            )
        raise ForbiddenError


def _new_role(given: dict[str, Any]) -> NewRole:
    if given["to"] is not None and given["to"] <= given["from_"]:
        raise wrong("/to", "It ends before it begins.")
    if given["kind"] is not RoleKind.DEPUTY and (given["classes"] or given["directions"]):
        raise wrong("/classes", "Only a deputy's role is limited to classes or directions.")
    return NewRole(
        person_id=given["person_id"],
        kind=given["kind"],
        from_on=given["from_"],
        to_on=given["to"],
        classes=given["classes"],
        directions=given["directions"],
        order_number=given["order_number"],
        order_date=given["order_date"],
        id=given["id"],
    )


def _shown(role: Role, person: Person | None) -> dict[str, Any]:
    return {
        "id": role.id,
        "person_id": role.person_id,
        "name": person.name if person else "",
        "kind": role.kind,
        "classes": role.classes,
        "directions": role.directions,
        "from_": role.from_on,
        "to": role.to_on,
        "order_number": role.order_number,
        "order_date": role.order_date,
    }
