"""The services that are asked what they keep of somebody, as far as accounts sees of them."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from services.accounts.privacy_requests.asking import Gatherer
from services.accounts.privacy_requests.commands import Question
from services.common import clock
from tests.accounts.answers import ok
from tests.accounts.conftest import School

OTHERS = ("journal", "notifications", "reports")


@dataclass
class Services:
    """Accounts' own worker, and what it sends to the others."""

    school: School
    asked: list[Question] = field(default_factory=list)

    def work(self) -> list[str]:
        """What the worker does when it is told; the services that it asked."""
        before = len(self.asked)
        gatherer = Gatherer(self.school.service, lambda _, question: self.asked.append(question), lambda: clock.now())
        gatherer.ask_due(self.school.id)
        return [one.service for one in self.asked[before:]]

    def sweep(self) -> None:
        Gatherer(self.school.service, lambda *_: None, lambda: clock.now()).tell_of_forgotten()

    def tell(self, request_id: str, service: str, rows: list[dict[str, Any]], status: int = 200) -> None:
        """A service's answer: one section with these rows."""
        columns = {name: name for name in (rows[0] if rows else {"what": ""})}
        section = {"name": "things", "title": "Вещи", "columns": columns, "rows": rows}
        body = {"school_id": str(self.school.id), "sections": [section]}
        path = f"/internal/accounts/v1/privacy-requests/{request_id}/parts"
        answer = self.school.api().internally(service, "POST", path, body)
        assert answer.status_code == status, answer.data

    def all_tell(self, request_id: str) -> None:
        self.work()
        for service in OTHERS:
            self.tell(request_id, service, [{"what": f"из {service}", "on": "2026-09-01"}])


def asked(api: Any, kind: str, subject: uuid.UUID, **more: Any) -> dict[str, Any]:
    """A request, made."""
    made: dict[str, Any] = ok(api.post("/privacy-requests", {"kind": kind, "subject_id": str(subject), **more}), 201)
    return made


def day(text: str) -> dt.date:
    return dt.date.fromisoformat(text)
