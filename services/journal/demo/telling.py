"""What the other services are told of the demonstration.

As much as a consumer that begins anew is told of any school: people, guardianships, enrolments. Of what happened in
lessons only the absences of the day itself, since a letter about a day names all of its absences.
"""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Mapping

from sqlalchemy.orm import Session

from services.common.events import publish
from services.journal.demo.rules.people import Someone
from services.journal.demo.rules.school import DemoSchool
from services.journal.events import AttendanceSet, EnrollmentSet, GuardianshipSet, PersonRegistered


def tell_of_school(session: Session, made: DemoSchool) -> None:
    """Publishes it; the transaction's origin says that nobody is to be mailed."""
    families = made.families
    left = {pupil.person.id: pupil.to_day for pupil in families.pupils}
    for one in (*made.staff.values(), *families.guardians, *(pupil.person for pupil in families.pupils)):
        publish(session, _person(one, left))
    for bond in families.bonds:
        pair = (bond.student_id, bond.guardian_id, bond.relation)
        publish(session, GuardianshipSet(bond.id, *pair, made.start, None, restricted=False, version=1))
    for pupil in families.pupils:
        student_id, class_id = pupil.person.id, made.classes[pupil.class_name]
        enrollment_id, span = made.enrollments[student_id], (pupil.from_day, pupil.to_day)
        publish(session, EnrollmentSet(enrollment_id, student_id, class_id, pupil.class_name, *span, version=1))
    for seen in made.attendance:
        if seen.lesson.taught_on == made.day:
            publish(
                session,
                AttendanceSet(
                    attendance_id=seen.id,
                    student_id=seen.student_id,
                    lesson_id=seen.lesson.id,
                    subject=seen.lesson.subject,
                    taught_on=seen.lesson.taught_on,
                    number=seen.lesson.number,
                    status=seen.status,
                    previous=None,
                    version=1,
                ),
            )


def _person(one: Someone, left: Mapping[uuid.UUID, dt.date | None]) -> PersonRegistered:
    return PersonRegistered(
        person_id=one.id,
        kinds=(one.kind,),
        last_name=one.name.last,
        first_name=one.name.first,
        middle_name=one.name.middle,
        birth_date=one.birth_date,
        email=one.email,
        phone=one.phone,
        left_on=left.get(one.id),
        version=1,
    )
