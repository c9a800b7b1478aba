"""Who may sign in to the demonstration, as `demo.json` says it."""

from __future__ import annotations

import uuid
from collections.abc import Iterable

from deploy.demo.plan import ADMINISTRATOR, Plan
from services.journal.demo.rules.lessons import Course
from services.journal.demo.rules.school import DemoSchool

TEACHER, CLASS_TEACHER = "mathematics-1", "russian-1"
"""Keys of the curriculum."""
ROLES = {
    "administrator": "administrator",
    "director": "director",
    "deputy": "deputy",
    "teacher": "teacher",
    "classteacher": "class_teacher",
    "guardian": "guardian",
    "guardianrefused": "guardian",
    "guardianundecided": "guardian",
    "student": "student",
}
"""By login: the word that scripts know the person by."""


def signing_in(made: DemoSchool, founder_id: uuid.UUID) -> dict[str, uuid.UUID]:
    """By login, the person."""
    return {
        "administrator": founder_id,
        "director": made.staff["director"].id,
        "deputy": made.staff["deputy"].id,
        "teacher": made.staff[TEACHER].id,
        "classteacher": made.staff[CLASS_TEACHER].id,
        "guardian": made.cast.consenting,
        "guardianrefused": made.cast.refusing,
        "guardianundecided": made.cast.undecided,
        "student": made.cast.grown_pupil,
    }


def description(made: DemoSchool, plan: Plan, founder_id: uuid.UUID) -> list[dict[str, object]]:
    """The people of `demo.json`. Courses and classes are ids; those come first that have a lesson to try."""
    names = _names(made) | {founder_id: ADMINISTRATOR}
    people: list[dict[str, object]] = []
    for login, person_id in signing_in(made, founder_id).items():
        courses = _courses(made, person_id)
        people.append(
            {
                "role": ROLES[login],
                "login": login,
                "password": plan.passwords[login],
                "person_id": str(person_id),
                "name": names[person_id],
                "classes": _classes(made, person_id, courses),
                "courses": [str(course.id) for course in courses],
                "children": [
                    {"student_id": str(bond.student_id), "consent": bond.consent}
                    for bond in made.families.bonds
                    if bond.guardian_id == person_id
                ],
            }
        )
    return people


def _names(made: DemoSchool) -> dict[uuid.UUID, str]:
    pupils = (pupil.person for pupil in made.families.pupils)
    everybody = (*made.staff.values(), *made.families.guardians, *pupils)
    return {one.id: f"{one.name.last} {one.name.first} {one.name.middle}" for one in everybody}


def _courses(made: DemoSchool, teacher_id: uuid.UUID) -> list[Course]:
    """Taught by this person: first what waits for its marks on the day, the upper class before the lower."""
    waiting = {lesson.course_id for lesson in made.lessons if lesson.taught_on == made.day and not lesson.held}
    taught = [course for course in reversed(made.courses) if course.teacher_id == teacher_id]
    return sorted(taught, key=lambda course: (course.class_name != "8А", course.id not in waiting))


def _classes(made: DemoSchool, person_id: uuid.UUID, taught: Iterable[Course]) -> list[str]:
    """Classes that the person leads, teaches, is in or has children in."""
    own = {bond.student_id for bond in made.families.bonds if bond.guardian_id == person_id} | {person_id}
    found = [pupil.class_name for pupil in made.families.pupils if pupil.person.id in own]
    found += [name for name, leader in made.leaders.items() if leader == person_id]
    found += [course.class_name for course in taught]
    return [str(made.classes[name]) for name in dict.fromkeys(found)]
