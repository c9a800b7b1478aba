"""Which classes the demonstration school has, who leads them and who teaches what: small, or of any size. Pure."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from services.journal.demo.rules.curriculum import HOURS, LAST_PRIMARY_GRADE, OF_PRIMARY, OFFICE, ClassPlan

Post = tuple[str, bool]
"""A position, and whether a woman holds it."""

IN_A_CLASS = 25
FULL_POST = 18
"""Hours a week that a teacher gives (order 1601 of the Ministry of Education, 2014)."""
SHOWN_GRADE, SHOWN_LEADER = 8, "russian-1"
LETTERS = "АБВГДЕЖЗИКЛМНОПРСТУФХЦЧШЩЭЮЯ"
_SHARE_OF_OLDEST = 2
"""Grades 10 and 11 have half as many classes as the others: half of the ninth-graders go to a college."""

POSITIONS: Mapping[str, Post] = {
    "primary": ("учитель начальных классов", True),
    "russian": ("учитель русского языка и литературы", True),
    "english": ("учитель английского языка", True),
    "mathematics": ("учитель математики", True),
    "informatics": ("учитель информатики", False),
    "history": ("учитель истории и обществознания", False),
    "geography": ("учитель географии", True),
    "biology": ("учитель биологии", True),
    "chemistry": ("учитель химии", True),
    "physics": ("учитель физики", False),
    "art": ("учитель изобразительного искусства и музыки", True),
    "labour": ("учитель труда", False),
    "sport": ("учитель физической культуры", False),
}
_FIELDS = {
    "Русский язык": "russian", "Литература": "russian", "Литературное чтение": "russian",
    "Математика": "mathematics", "Алгебра": "mathematics", "Геометрия": "mathematics",
    "Вероятность и статистика": "mathematics", "Алгебра и начала анализа": "mathematics",
    "Английский язык": "english", "Информатика": "informatics", "История": "history", "Обществознание": "history",
    "География": "geography", "Биология": "biology", "Химия": "chemistry", "Физика": "physics",
    "Изобразительное искусство": "art", "Музыка": "art", "Труд (технология)": "labour",
    "Физическая культура": "sport", "Окружающий мир": "primary",
}  # fmt: skip
"""Subject -> what its teacher is."""


@dataclass(frozen=True)
class SchoolPlan:
    """Classes, posts by key, and the key of who teaches a subject to a class."""

    classes: tuple[ClassPlan, ...]
    posts: Mapping[str, Post]
    teachers: Mapping[tuple[str, str], str]

    def teacher_of(self, class_name: str, subject: str) -> str:
        return self.teachers[class_name, subject]

    def first_of(self, grade: int) -> ClassPlan:
        """The class that plays the grade's part."""
        return next(plan for plan in self.classes if plan.grade == grade)

    @property
    def shown(self) -> ClassPlan:
        """The class that whoever tries the demonstration sees first."""
        return self.first_of(SHOWN_GRADE)

    def grade_of(self, class_name: str) -> int:
        return next(plan.grade for plan in self.classes if plan.name == class_name)

    def subjects(self) -> list[str]:
        """All subjects, each once, in the order in which the youngest meet them."""
        return list(dict.fromkeys(subject for plan in self.classes for subject in plan.hours))


# --- six classes -----------------------------------------------------------------------------------------

_SMALL = (
    ClassPlan(1, "А", 26, "primary-1"),
    ClassPlan(3, "Б", 28, "primary-3"),
    ClassPlan(5, "А", 28, "geography"),
    ClassPlan(7, "Б", 27, "biology"),
    ClassPlan(8, "А", 27, "russian-1"),
    ClassPlan(10, "А", 24, "history"),
)
_SMALL_POSTS: Mapping[str, Post] = {
    "primary-1": POSITIONS["primary"], "primary-3": POSITIONS["primary"],
    "russian-1": POSITIONS["russian"], "russian-2": POSITIONS["russian"], "english": POSITIONS["english"],
    "mathematics-1": POSITIONS["mathematics"], "mathematics-2": ("учитель математики", False),
    **{key: POSITIONS[key] for key in (
        "informatics", "history", "geography", "biology", "chemistry", "physics", "art", "labour", "sport",
    )},
}  # fmt: skip


def small_school() -> SchoolPlan:
    """Six classes that resemble a real school's, with seventeen teachers."""
    teachers = {(plan.name, subject): _teacher_of_small(plan, subject) for plan in _SMALL for subject in plan.hours}
    return SchoolPlan(_SMALL, OFFICE | dict(_SMALL_POSTS), teachers)


def _teacher_of_small(plan: ClassPlan, subject: str) -> str:
    if plan.grade <= LAST_PRIMARY_GRADE and subject in OF_PRIMARY:
        return plan.leader
    field = _FIELDS[subject]
    if field == "russian":
        return "russian-1" if plan.grade in (7, 8) else "russian-2"
    if field == "mathematics":
        return "mathematics-2" if plan.grade in (5, 10) else "mathematics-1"
    return field


# --- any size --------------------------------------------------------------------------------------------


def school_of(pupils: int) -> SchoolPlan:
    """Classes 1 to 11 for so many pupils, 25 in each or fewer, and as many teachers as their hours need."""
    rough = _classes(pupils)
    posts: dict[str, Post] = dict(OFFICE)
    load = dict.fromkeys(_keys(rough), 0)
    teachers: dict[tuple[str, str], str] = {}
    # The class that is shown first gets the first of each field: its sign-ins are known by these keys.
    for plan in sorted(rough, key=lambda one: (one.grade != SHOWN_GRADE, -one.grade, one.letter)):
        for field, subjects in _by_field(plan).items():
            hours = sum(plan.hours[subject] for subject in subjects)
            key = f"primary-{plan.name}" if field == "primary" else _least(field, load)
            posts.setdefault(key, POSITIONS[field])
            load[key] = load.get(key, 0) + hours
            teachers |= {(plan.name, subject): key for subject in subjects}
    return SchoolPlan(_led(rough, teachers), posts, teachers)


def _classes(pupils: int) -> list[ClassPlan]:
    """Without leaders yet."""
    shares = {grade: 4 if grade < 10 else _SHARE_OF_OLDEST for grade in HOURS}
    wanted = max(len(HOURS), round(pupils / IN_A_CLASS))
    whole = sum(shares.values())
    counts = {grade: max(1, wanted * share // whole) for grade, share in shares.items()}
    for grade in sorted(HOURS, key=lambda one: (-(wanted * shares[one] % whole), one)):
        if sum(counts.values()) >= wanted:
            break
        counts[grade] += 1
    names = [(grade, letter) for grade, count in counts.items() for letter in LETTERS[:count]]
    each, rest = divmod(pupils, len(names))
    return [ClassPlan(grade, letter, each + (place < rest), "") for place, (grade, letter) in enumerate(names)]


def _by_field(plan: ClassPlan) -> dict[str, list[str]]:
    """What of the class's subjects one teacher gives."""
    found: dict[str, list[str]] = {}
    for subject in plan.hours:
        own = plan.grade <= LAST_PRIMARY_GRADE and subject in OF_PRIMARY
        found.setdefault("primary" if own else _FIELDS[subject], []).append(subject)
    return found


def _keys(rough: Sequence[ClassPlan]) -> list[str]:
    """As many teachers of each field as its hours are full posts."""
    hours: Counter[str] = Counter()
    for plan in rough:
        for field, subjects in _by_field(plan).items():
            hours[field] += sum(plan.hours[subject] for subject in subjects)
    return [
        f"{field}-{number}"
        for field, whole in hours.items()
        if field != "primary"
        for number in range(1, math.ceil(whole / FULL_POST) + 1)
    ]


def _least(field: str, load: Mapping[str, int]) -> str:
    """Who of the field has least to do: so everybody teaches young and old, and finds a place in the week."""
    return min((key for key in load if key.rpartition("-")[0] == field), key=lambda key: load[key])


def _led(rough: Sequence[ClassPlan], teachers: Mapping[tuple[str, str], str]) -> tuple[ClassPlan, ...]:
    """Each class with one of its teachers who leads no other yet, who sees it most hours."""
    shown = next(one.name for one in rough if one.grade == SHOWN_GRADE)
    leaders = {shown: SHOWN_LEADER}
    for plan in (one for one in rough if one.name != shown):
        hours: Counter[str] = Counter()
        for subject, count in plan.hours.items():
            hours[teachers[plan.name, subject]] += count
        free = [key for key, _ in hours.most_common() if key not in leaders.values()]
        leaders[plan.name] = free[0] if free else hours.most_common(1)[0][0]
    return tuple(ClassPlan(one.grade, one.letter, one.pupils, leaders[one.name]) for one in rough)
