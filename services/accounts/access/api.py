"""Who has never signed in, by when they must, and slips handed over."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.accounts.access.commands import hand_over
from services.accounts.access.queries import (
    Count,
    Waiting,
    counts_by_class,
    staff_ids,
    waiting_people,
)
from services.accounts.access.schemas import HandedOverIn, PendingQuery, PendingsOut, SummaryOut, UsedQuery, UsedsOut
from services.accounts.credentials.queries import slips_used
from services.accounts.credentials.rules import TOLD_FOR
from services.accounts.edge import relations_of_viewer
from services.accounts.policy import POLICY, AccessFacts, Permission
from services.accounts.register.queries import (
    Place,
    class_exists,
    names_of_pupils,
    people_by_id,
    places,
    school_by_id,
)
from services.accounts.relations import Relations, needs_leads
from services.common.app import read, requires, transaction, viewer
from services.common.arguments import Blueprint
from services.common.clock import now, today_in
from services.common.paging import page_of
from services.common.policy import allows
from services.common.problems import ForbiddenError, NotFoundError

blp = Blueprint("access", __name__, url_prefix="/api/accounts/v1")


@blp.route("/access/pending", methods=["GET"])
@blp.arguments(PendingQuery, location="query")
@blp.response(200, PendingsOut)
@requires(Permission.ACCESS_READ)
def pending(asked: dict[str, Any]) -> dict[str, Any]:
    relations = _relations()
    with read() as session:
        moment = now()
        school = school_by_id(session, viewer().school_id)
        today = today_in(school.zone, moment)
        class_id = asked["class_"]
        access_list(session, relations, class_id, family=class_id is not None)
        found = places(session, today, class_id)
        among: Collection[uuid.UUID] | None = set(found) if class_id else None
        if asked["kind"] == "staff":
            staff = staff_ids(session)
            among = staff if among is None else staff & set(among)
        rows = waiting_people(session, school, among, moment, today, asked["cursor"], asked["limit"] + 1)
        page = page_of(rows, asked["limit"], lambda one: one.person.id)
        names = names_of_pupils(session, [place for one in page.items for place in found.get(one.person.id, [])])
    items = [_shown(one, found.get(one.person.id, []), names) for one in page.items]
    return {"items": items, "next": page.next}


@blp.route("/access/summary", methods=["GET"])
@blp.response(200, SummaryOut)
@requires(Permission.ACCESS_READ)
def summary() -> dict[str, Any]:
    """Classes the viewer may see; the staff for whoever may see them."""
    relations = _relations()
    anything = [None, *relations.leads, *viewer().scope]
    if not any(_sees(relations, one, family=family) for one in anything for family in (True, False)):
        raise ForbiddenError
    with read() as session:
        moment = now()
        school = school_by_id(session, viewer().school_id)
        today = today_in(school.zone, moment)
        found = places(session, today)
        everybody = waiting_people(session, school, None, moment, today)
    counts = counts_by_class(everybody, found)
    classes = [
        {"class_id": class_id, "class_name": name, **vars(counts[name, class_id])}
        for name, class_id in sorted(counts)
        if _sees(relations, class_id, family=True)
    ]
    staff = None
    if _sees(relations, None, family=False):
        staff = Count()
        for one in everybody:
            if "staff" in one.person.kinds:
                staff.add(one)
    return {"classes": classes, "staff": vars(staff) if staff else None}


@blp.route("/access/used", methods=["GET"])
@blp.arguments(UsedQuery, location="query")
@blp.response(200, UsedsOut)
@requires(Permission.ACCESS_READ)
def used(asked: dict[str, Any]) -> dict[str, Any]:
    """Who came in by a slip in the last fourteen days: of a class, or of the staff."""
    relations = _relations()
    with read() as session:
        moment = now()
        school = school_by_id(session, viewer().school_id)
        class_id = asked["class_"]
        access_list(session, relations, class_id, family=class_id is not None)
        found = places(session, today_in(school.zone, moment), class_id) if class_id else {}
        came = slips_used(session, set(found) if class_id else staff_ids(session), moment - TOLD_FOR)
        people = people_by_id(session, [person_id for person_id, _ in came])
        names = names_of_pupils(session, [place for person_id, _ in came for place in found.get(person_id, [])])
    items = [
        {
            "person_id": person_id,
            "name": people[person_id].name,
            "places": _places(found.get(person_id, []), names),
            "used_at": used_at,
        }
        for person_id, used_at in came
    ]
    return {"items": items, "next": None}


@blp.route("/access/handed-over", methods=["POST"])
@blp.arguments(HandedOverIn)
@blp.response(204)
@requires(Permission.ACCESS_HAND_OVER)
def handed_over(given: dict[str, Any]) -> None:
    wanted = list(dict.fromkeys(given["person_ids"]))
    relations = _relations()
    with transaction() as session:
        moment = now()
        access_slips(session, relations, wanted, today_in(school_by_id(session, viewer().school_id).zone, moment))
        hand_over(session, wanted, viewer().person_id, moment)


def access_list(session: Session, relations: Relations, class_id: uuid.UUID | None, *, family: bool) -> None:
    """Raises NotFoundError, ForbiddenError unless the viewer may see who of this class (or of all) waits."""
    works_here = "staff" in viewer().kinds or bool(viewer().roles)
    if class_id is not None and not (works_here and class_exists(session, class_id)):
        raise NotFoundError
    if not _sees(relations, class_id, family=family):
        raise ForbiddenError


def access_slips(session: Session, relations: Relations, wanted: Sequence[uuid.UUID], today: dt.date) -> None:
    """Raises NotFoundError for somebody who is none of the viewer's business, ForbiddenError for whom the viewer sees
    and may not hand anything over."""
    people = people_by_id(session, wanted)
    found = places(session, today)
    for person_id in wanted:
        person = people.get(person_id)
        if person is None:
            raise NotFoundError("Some of these people are not in the register.")
        family = "staff" not in person.kinds
        classes: list[uuid.UUID | None] = [place.class_id for place in found.get(person_id, [])]
        classes = classes or [None]
        if not any(_allowed(Permission.ACCESS_HAND_OVER, relations, one, family=family) for one in classes):
            seen = any(_sees(relations, one, family=family) for one in classes)
            raise ForbiddenError if seen else NotFoundError


def _relations() -> Relations:
    """Journal is asked for nobody who leads no class."""
    return relations_of_viewer() if needs_leads(viewer()) else Relations()


def _sees(relations: Relations, class_id: uuid.UUID | None, *, family: bool) -> bool:
    return _allowed(Permission.ACCESS_READ, relations, class_id, family=family)


def _allowed(permission: Permission, relations: Relations, class_id: uuid.UUID | None, *, family: bool) -> bool:
    return allows(POLICY, permission, viewer(), AccessFacts(class_id, relations.leads, family))


def _places(where: Sequence[Place], names: Mapping[uuid.UUID, str]) -> list[dict[str, Any]]:
    return [vars(place) | {"student": names.get(place.student_id, "")} for place in where]


def _shown(one: Waiting, where: Sequence[Place], names: Mapping[uuid.UUID, str]) -> dict[str, Any]:
    return {
        "person_id": one.person.id,
        "name": one.person.name,
        "kinds": one.person.kinds,
        "places": _places(where, names),
        "since": one.person.known_since,
        "due_at": one.due_at,
        "overdue": one.overdue,
        "stage": one.stage,
        "expires_at": one.expires_at,
    }
