"""From the register to sheets: who is to sign what."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Collection, Mapping, Sequence
from typing import Any
from zoneinfo import ZoneInfo

from sqlalchemy.orm import Session

from services.accounts.consent_forms.models import ConsentForm
from services.accounts.consent_forms.queries import forms_by_id, forms_in_force
from services.accounts.consent_sheets.pdf import Sheet
from services.accounts.consents.register import OWN, Signer, class_signers, lines
from services.accounts.consents.rules import Count, Purpose, State, counted_as
from services.accounts.register.models import Enrollment, Person
from services.accounts.register.queries import classes_of, guardians_of, people_by_id
from services.common.problems import ConflictError

_HOW = {"system": "в электронном виде", "office": "на бумаге", "import": "по списку школы"}


def sheets_of_pair(
    session: Session,
    student_id: uuid.UUID,
    signer_id: uuid.UUID,
    purposes: Collection[Purpose],
    today: dt.date,
    zone: str,
) -> list[Sheet]:
    """One for each purpose; what was decided stands on the version on which it was.

    Raises ConflictError for a purpose without a form.
    """
    if student_id == signer_id:
        signer = Signer(student_id, student_id, OWN)
    else:
        link = next(one for one in guardians_of(session, [student_id], today) if one.guardian_id == signer_id)
        signer = Signer(student_id, signer_id, link.relation)
    return _sheets(
        session, [line for line in lines(session, [signer], today, None) if line["purpose"] in purposes], today, zone
    )


def sheets_of_missing(
    session: Session, class_id: uuid.UUID, purposes: Collection[Purpose], today: dt.date, zone: str
) -> list[Sheet]:
    """One for each signer of the class and purpose that the register counts as missing; a court's restriction lets
    nobody be asked. Raises ConflictError for a purpose without a form."""
    signers = [one for one in class_signers(session, class_id, today) if not one.restricted]
    missing = [
        line
        for line in lines(session, signers, today, None)
        if line["purpose"] in purposes and counted_as(State(line["state"])) is Count.MISSING
    ]
    return _sheets(session, [line | {"id": None} for line in missing], today, zone)


def _sheets(session: Session, found: Sequence[Mapping[str, Any]], today: dt.date, zone: str) -> list[Sheet]:
    students = {line["student_id"] for line in found}
    people, classes = people_by_id(session, students), classes_of(session, students, today)
    in_force = forms_in_force(session, today)
    signed = forms_by_id(session, {line["form_id"] for line in found if line["id"] and line["form_id"]})
    return [
        _sheet(line, signed.get(line["form_id"]) if line["id"] else None, in_force, people, classes, zone)
        for line in found
    ]


def _sheet(
    line: Mapping[str, Any],
    signed: ConsentForm | None,
    in_force: Mapping[Purpose, ConsentForm],
    people: Mapping[uuid.UUID, Person],
    classes: Mapping[uuid.UUID, Enrollment],
    zone: str,
) -> Sheet:
    purpose, student_id = Purpose(line["purpose"]), line["student_id"]
    form = signed or in_force.get(purpose)
    if form is None or form.operator is None or form.valid_from is None:
        raise ConflictError("The school has not published what would be signed.", code="no-form")
    person, place = people.get(student_id), classes.get(student_id)
    return Sheet(
        purpose=purpose,
        version=form.version,
        valid_from=form.valid_from,
        content=form.content,
        operator=form.operator,
        signer=line["guardian"],
        student=line["student"],
        relation="" if line["relation"] == OWN else line["relation"] or "представитель",
        birth_date=person.birth_date if person else None,
        class_name=place.class_name if place else "",
        decided=_decided(line, zone) if line["id"] else "",
    )


def _decided(line: Mapping[str, Any], zone: str) -> str:
    said = "дано согласие" if line["decision"] == "given" else "в согласии отказано"
    words = f"Записано в журнале: {said} {line['signed_on']:%d.%m.%Y}, {_HOW[line['source']]}"
    if line["until"] and line["decision"] == "given":
        words += f", действует по {line['until']:%d.%m.%Y}"
    if line["withdrawn_at"]:
        words += f"; отозвано {line['withdrawn_at'].astimezone(ZoneInfo(zone)):%d.%m.%Y}"
    return words + "."
