"""A mother and her child, as accounts knows them, and what one asks about them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import Any

from services.common.db import new_id
from tests.accounts.answers import ok
from tests.accounts.conftest import School
from tests.support.suite import Api

ACCESS = "/internal/accounts/v1/access"
DECLARE = "/internal/accounts/v1/consents/declare"
TODAY = dt.date(2026, 11, 25)


@dataclass
class Family:
    school: School
    mother: uuid.UUID
    child: uuid.UUID
    class_id: uuid.UUID
    api: Api

    def decision(self, decision: str = "given", purpose: str = "diary", **more: Any) -> dict[str, Any]:
        return {
            "student_id": str(self.child), "guardian_id": str(self.mother),
            "purpose": purpose, "decision": decision, **more,
        }  # fmt: skip

    def decide(self, *args: Any, **more: Any) -> dict[str, Any]:
        answer: dict[str, Any] = ok(self.api.post("/consents", self.decision(*args, **more)), 201)
        return answer

    def declare(self, decision: str, import_id: uuid.UUID | None = None, on: dt.date = TODAY) -> dict[str, int]:
        said = {
            "student_id": str(self.child), "guardian_id": str(self.mother), "decision": decision,
            "signed_on": str(on), "import_id": str(import_id or new_id()),
        }  # fmt: skip
        body = {"school_id": str(self.school.id), "declarations": [said]}
        answer: dict[str, int] = ok(self.school.api().internally("journal", "POST", DECLARE, body))
        return answer

    def hear(self, decision: str, import_id: uuid.UUID | None = None, purpose: str = "diary") -> None:
        self.school.tell(
            "journal.consent.declared.v1", student_id=self.child, guardian_id=self.mother, purpose=purpose,
            decision=decision, signed_on=TODAY, import_id=import_id or new_id(),
        )  # fmt: skip

    def access(self, purpose: str = "diary", person: uuid.UUID | None = None) -> tuple[str, str]:
        body = {
            "school_id": str(self.school.id), "purpose": purpose,
            "pairs": [[str(self.child), str(person or self.mother)]],
        }  # fmt: skip
        answer = ok(self.school.api().internally("notifications", "POST", ACCESS, body))["answers"][0]
        return answer["outcome"], answer["reason"]

    def reads_diary(self, api: Api | None = None) -> bool:
        body = {"token": (api or self.api).token}
        answer = ok(self.school.api().internally("journal", "POST", "/internal/accounts/v1/introspect", body))
        return str(self.child) in answer["diary_students"]

    def state(self, purpose: str = "diary") -> str:
        state: str = ok(self.api.get("/me"))["children"][0]["consent"][purpose]
        return state


def make_family(school: School) -> Family:
    mother, child, class_id = school.person("guardian"), school.person("student", name="Белов Пётр Ильич"), new_id()
    school.guards(mother, child)
    school.enrolled(child, class_id)
    return Family(school, mother, child, class_id, school.signed_in(mother))
