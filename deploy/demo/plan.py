"""What is decided before the demonstration is built, so that an interrupted build ends as it began."""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import asdict, dataclass
from pathlib import Path

from deploy.suite import write_private
from services.accounts.consent_forms.rules import Operator
from services.accounts.identities.rules import random_text
from services.journal.demo.rules.plan import SchoolPlan, school_of, small_school

SEED = "zhurnal"
ZONE = "Europe/Simferopol"
SCHOOL_NAME = "Школа № 25 (демонстрация)"
ADMINISTRATOR = "Аметова Эльмаз Рустемовна"
OPERATOR = Operator(SCHOOL_NAME, "Симферополь, ул. Ореховая, 25", "school25.example.org")
PASSWORD_LENGTH = 12

LOGINS = (
    "administrator",
    "director",
    "deputy",
    "teacher",
    "classteacher",
    "guardian",
    "guardianrefused",
    "guardianundecided",
    "student",
)
PLAN = "demo-plan.json"


@dataclass(frozen=True)
class Plan:
    """Seed, day and size of the generator, and the passwords of this installation by login."""

    seed: str
    day: dt.date
    passwords: dict[str, str]
    pupils: int | None = None
    """None: the small school of six classes."""

    @property
    def school(self) -> SchoolPlan:
        return small_school() if self.pupils is None else school_of(self.pupils)


def new_plan(day: dt.date, pupils: int | None = None) -> Plan:
    """A plan for `day` with passwords that nobody else has."""
    return Plan(SEED, day, {login: random_text(PASSWORD_LENGTH) for login in LOGINS}, pupils)


def kept_plan(data: Path, day: dt.date, pupils: int | None) -> tuple[Plan, bool]:
    """The plan of this folder, made for `day` and so many pupils unless there is one already; whether it is new."""
    path = data / PLAN
    if path.exists():
        told = json.loads(path.read_text(encoding="utf-8"))
        return Plan(told["seed"], dt.date.fromisoformat(told["day"]), told["passwords"], told.get("pupils")), False
    plan = new_plan(day, pupils)
    write_private(path, json.dumps(asdict(plan), default=str, indent=1))
    return plan, True
