"""Routes of the register of people."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy.orm import Session

from services.common.app import read, requires, transaction, viewer
from services.common.arguments import Blueprint
from services.common.clock import now
from services.common.identity import Identity
from services.common.paging import page_of
from services.journal.card_views.commands import log_view
from services.journal.people import commands, queries, schemas
from services.journal.people.models import Guardianship, Person
from services.journal.policy import Permission
from services.journal.relations.access import access_person, require
from services.journal.relations.lists import people_shown
from services.journal.schools.queries import school_today

blp = Blueprint("people", __name__, url_prefix="/api/journal/v1", description="Pupils, guardians and staff.")


def person_answer(card: queries.Card) -> dict[str, Any]:
    person = card.person
    return {
        "id": person.id,
        "kinds": sorted(card.kinds),
        "last_name": person.last_name,
        "first_name": person.first_name,
        "middle_name": person.middle_name,
        "birth_date": person.birth_date,
        "email": card.email,
        "phone": card.phone,
        "position": card.position,
        "left_on": person.left_on,
        "version": person.version,
    }


def guardianships_answer(session: Session, rows: Sequence[Guardianship]) -> list[dict[str, Any]]:
    names = queries.names_of(session, {one for row in rows for one in (row.guardian_id, row.student_id)})
    return [_guardianship(row, names) for row in rows]


def guardianship_answer(session: Session, row: Guardianship) -> dict[str, Any]:
    return guardianships_answer(session, [row])[0]


def _guardianship(row: Guardianship, names: Mapping[uuid.UUID, str]) -> dict[str, Any]:
    return {
        "id": row.id,
        "guardian_id": row.guardian_id,
        "guardian": names[row.guardian_id],
        "student_id": row.student_id,
        "student": names[row.student_id],
        "relation": row.relation,
        "from_": row.from_day,
        "to": row.to_day,
        "restricted": row.restricted,
        "version": row.version,
    }


def _list(session: Session, identity: Identity, asked: dict[str, Any], q: str = "") -> dict[str, Any]:
    """A page of people: of the whole school for the office, of the own classes for who leads or teaches them."""
    within = people_shown(session, identity, school_today(session))
    found = queries.people_page(session, asked["kind"], asked["cursor"], asked["limit"], within, q)
    page = page_of(found, asked["limit"], lambda person: person.id)
    return {"items": [person_answer(card) for card in queries.cards(session, page.items)], "next": page.next}


@blp.route("/people", methods=["GET"])
@blp.arguments(schemas.PeopleQuery, location="query")
@blp.response(200, schemas.People)
@requires(Permission.PEOPLE_READ)
def list_people(asked: dict[str, Any]) -> dict[str, Any]:
    """People of the school, in the order of lists."""
    with read() as session:
        return _list(session, viewer(), asked)


@blp.route("/people/search", methods=["POST"])
@blp.arguments(schemas.PeopleSearch)
@blp.response(200, schemas.People)
@requires(Permission.PEOPLE_READ)
def search_people(asked: dict[str, Any]) -> dict[str, Any]:
    """People whose names begin with the words of `q`; е finds ё."""
    with read() as session:
        return _list(session, viewer(), asked, asked["q"])


@blp.route("/people", methods=["POST"])
@blp.arguments(schemas.NewPerson)
@blp.response(201, schemas.Person)
@requires(Permission.PEOPLE_WRITE)
def add_person(new: dict[str, Any]) -> dict[str, Any]:
    """Registers somebody; staff only by the administrator."""
    kinds = frozenset(new.pop("kinds"))
    require(viewer(), Permission.STAFF_WRITE if "staff" in kinds else Permission.PEOPLE_WRITE)
    person_id = new.pop("id")
    with transaction() as session:
        person = commands.register_person(session, commands.NewPerson(kinds=kinds, **new), person_id)
        return person_answer(queries.cards(session, [person])[0])


@blp.route("/people/<uuid:person_id>", methods=["GET"])
@blp.etag
@blp.response(200, schemas.Person)
@requires(Permission.PEOPLE_READ)
def get_person(person_id: uuid.UUID) -> dict[str, Any]:
    """One card; that it was looked at is kept."""
    with transaction() as session:
        person = access_person(session, viewer(), person_id, Permission.PEOPLE_READ, school_today(session)).person
        log_view(session, viewer().person_id, person.id, now())
        blp.set_etag({"version": person.version})
        return person_answer(queries.cards(session, [person])[0])


@blp.route("/people/<uuid:person_id>", methods=["PATCH"])
@blp.etag
@blp.arguments(schemas.PersonChange)
@blp.response(200, schemas.Person)
@requires(Permission.PEOPLE_WRITE)
def change_person(change: dict[str, Any], person_id: uuid.UUID) -> dict[str, Any]:
    """Corrects names and contacts."""
    with transaction() as session:
        person = access_person(session, viewer(), person_id, Permission.PEOPLE_READ, school_today(session)).person
        _require_office(session, person)
        blp.check_etag({"version": person.version})
        person = commands.change_person(session, person, commands.PersonChange(**change), person.version)
        blp.set_etag({"version": person.version})
        return person_answer(queries.cards(session, [person])[0])


def _require_office(session: Session, person: Person) -> None:
    staff = "staff" in queries.kinds_of(session, person.id)
    require(viewer(), Permission.STAFF_WRITE if staff else Permission.PEOPLE_WRITE)


@blp.route("/guardianships", methods=["GET"])
@blp.arguments(schemas.GuardianshipQuery, location="query")
@blp.response(200, schemas.Guardianships)
@requires(Permission.GUARDIANSHIPS_READ)
def list_guardianships(asked: dict[str, Any]) -> dict[str, Any]:
    """Who answers for a pupil, or whom somebody answers for."""
    with read() as session:
        about = asked["student"] or asked["guardian"]
        if about is None:
            require(viewer(), Permission.GUARDIANSHIPS_READ)
        else:
            access_person(session, viewer(), about, Permission.GUARDIANSHIPS_READ, school_today(session))
        rows = queries.guardianships(session, asked["student"], asked["guardian"])
        return {"items": guardianships_answer(session, rows), "next": None}


@blp.route("/guardianships", methods=["POST"])
@blp.arguments(schemas.NewGuardianship)
@blp.response(201, schemas.Guardianship)
@requires(Permission.PEOPLE_WRITE)
def add_guardianship(new: dict[str, Any]) -> dict[str, Any]:
    """That somebody answers for a pupil."""
    require(viewer(), Permission.PEOPLE_WRITE)
    with transaction() as session:
        queries.known_person(session, new["guardian_id"], "guardian", "/guardian_id")
        queries.known_person(session, new["student_id"], "student", "/student_id")
        row = commands.set_guardianship(
            session,
            new["guardian_id"],
            new["student_id"],
            new["relation"],
            new["from_"],
            new["restricted"],
            new["id"],
        )
        return guardianship_answer(session, row)


@blp.route("/guardianships/<uuid:guardianship_id>", methods=["PATCH"])
@blp.etag
@blp.arguments(schemas.GuardianshipChange)
@blp.response(200, schemas.Guardianship)
@requires(Permission.PEOPLE_WRITE)
def change_guardianship(change: dict[str, Any], guardianship_id: uuid.UUID) -> dict[str, Any]:
    """Ends or restricts a guardianship."""
    with transaction() as session:
        row = queries.guardianship_by_id(session, guardianship_id)
        about = row.guardian_id if row.guardian_id == viewer().person_id else row.student_id
        access_person(session, viewer(), about, Permission.GUARDIANSHIPS_READ, school_today(session))
        require(viewer(), Permission.PEOPLE_WRITE)
        blp.check_etag({"version": row.version})
        row = commands.change_guardianship(session, row, row.version, change.get("to"), change.get("restricted"))
        blp.set_etag({"version": row.version})
        return guardianship_answer(session, row)
