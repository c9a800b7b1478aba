"""The list of duties, gathered from accounts' roles and journal's answer."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from services.accounts.duties.rules import Duty, Held, Scope, joined
from services.accounts.register.queries import people_by_id
from services.accounts.roles.models import Role
from services.accounts.roles.queries import roles_of_day


def duties_of_day(session: Session, told: Mapping[str, Any], on: dt.date) -> list[Duty]:
    """Everybody's duties on that day. `told`: what journal answers about it."""
    class_names = {uuid.UUID(one["id"]): str(one["name"]) for one in told["classes"]}
    roles = roles_of_day(session, on)
    people = people_by_id(session, {role.person_id for role in roles})
    names = {person_id: person.name for person_id, person in people.items()}
    return joined([_held(role, class_names) for role in roles], names, told["staff"])


def _held(role: Role, class_names: Mapping[uuid.UUID, str]) -> Held:
    scope = None
    if role.classes is not None:
        order = {class_id: place for place, class_id in enumerate(class_names)}
        sorted_ids = sorted(role.classes, key=lambda one: order.get(one, len(order)))
        scope = [Scope(class_id, class_names.get(class_id, "")) for class_id in sorted_ids]
    return Held(
        role.id, role.person_id, role.kind, scope, role.directions, role.from_on, role.to_on, role.order_number,
        role.order_date,
    )  # fmt: skip
