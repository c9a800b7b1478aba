"""What a list shows of things that each viewer may see only some of: by the same relations as `access.py`.

`test_lists.py` of the rights holds both together.
"""

from __future__ import annotations

import datetime as dt

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.identity import Identity
from services.common.policy import allows
from services.common.problems import ForbiddenError
from services.journal.classes.models import SchoolClass
from services.journal.courses.models import Course
from services.journal.people.models import Person, Staff
from services.journal.people.queries import students_guarded
from services.journal.policy import POLICY, Facts, Permission
from services.journal.relations.queries import (
    classes_led,
    classes_of,
    classes_taught,
    courses_taught,
    guardians_of,
    pupils_of,
)

Condition = sa.ColumnElement[bool]


def classes_shown(session: Session, identity: Identity, today: dt.date) -> Condition:
    """Everybody has a list of classes: a family that of its own, a teacher those led and taught."""
    if allows(POLICY, Permission.CLASS_READ, identity, Facts()):
        return sa.true()
    family = {identity.person_id, *students_guarded(session, identity.person_id, today)}
    return sa.or_(
        SchoolClass.id.in_(identity.scope),
        SchoolClass.id.in_(classes_led(identity.person_id, today)),
        SchoolClass.id.in_(classes_taught(identity.person_id, today)),
        SchoolClass.id.in_(classes_of(family, today)),
    )


def courses_shown(session: Session, identity: Identity, today: dt.date) -> Condition:
    """Courses whose journal the viewer may open. Raises ForbiddenError for who opens none."""
    if allows(POLICY, Permission.COURSE_LIST, identity, Facts()):
        return sa.true()
    taught, led = courses_taught(identity.person_id, today), classes_led(identity.person_id, today)
    _require_some(session, identity, Permission.COURSE_LIST, today)
    return sa.or_(Course.id.in_(taught), Course.class_id.in_(led), Course.class_id.in_(identity.scope))


def people_shown(session: Session, identity: Identity, today: dt.date) -> Condition:
    """People whose card the viewer may see, the viewer's own left aside. Raises ForbiddenError for who sees none."""
    if allows(POLICY, Permission.PEOPLE_READ, identity, Facts()):
        return sa.true()
    _require_some(session, identity, Permission.PEOPLE_READ, today)
    families = [pupils_of(classes_led(identity.person_id, today), today), pupils_of(identity.scope, today)]
    wanted = [*families, *(guardians_of(pupils, today) for pupils in families)]
    wanted.append(pupils_of(classes_taught(identity.person_id, today), today))
    if identity.has_role("deputy"):
        wanted.append(sa.select(Staff.person_id))
    children = students_guarded(session, identity.person_id, today)
    consented = children & identity.diary_students if children else children
    return sa.or_(Person.id.in_(consented), *(Person.id.in_(ids) for ids in wanted))


def _require_some(session: Session, identity: Identity, permission: Permission, today: dt.date) -> None:
    children = students_guarded(session, identity.person_id, today)
    standing = Facts(
        teaches=bool(session.scalar(sa.select(sa.exists(courses_taught(identity.person_id, today))))),
        leads=bool(session.scalar(sa.select(sa.exists(classes_led(identity.person_id, today))))),
        guards=bool(children),
        consented=bool(children and children & identity.diary_students),
        classes=identity.scope,
        of_staff=True,
    )
    if not allows(POLICY, permission, identity, standing):
        raise ForbiddenError
