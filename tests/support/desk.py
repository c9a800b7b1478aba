"""The road of a report without a queue in between: what is sent arrives at once, or not at all."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass, field
from typing import Any

from services.common import clock
from services.journal.snapshots.taking import snapshot_store
from services.journal.tasks import snapshot_answer
from services.reports.jobs.commands import Question
from services.reports.jobs.working import Reporter
from services.reports.tasks import take_answer, take_removal
from tests.support.school import School


@dataclass
class Desk:
    """Works off the reports of one school."""

    school: School
    silent: bool = False
    """Nobody hears the questions for snapshots."""
    late: dt.timedelta = dt.timedelta()
    """How far its clock goes ahead."""
    asked: list[uuid.UUID] = field(default_factory=list)

    def work(self) -> None:
        """Asks what is due, then renders what is ready."""
        reporter = self.reporter()
        reporter.ask_due(self.school.id)
        reporter.render_due(self.school.id)

    def reporter(self) -> Reporter:
        return Reporter(self.school.suite.services["reports"], self._ask, lambda: clock.now() + self.late)

    def let_go(self) -> list[str]:
        """The minute's look for snapshots that nobody needs; journal removes them at once. Their names."""
        names: list[str] = []

        def remove(school_id: uuid.UUID, sha256: str) -> None:
            if school_id == self.school.id:
                names.append(sha256)
                snapshot_store(self.school.suite.services["journal"]).remove(school_id, sha256)
                take_removal(self.school.suite.services["reports"], str(school_id), sha256)

        self.reporter().let_go(remove)
        return names

    def _ask(self, school_id: uuid.UUID, question: Question) -> None:
        self.asked.append(question.id)
        if not self.silent:
            self.answer(question, self.take(question))

    def take(self, question: Question) -> dict[str, Any]:
        """What journal's worker answers."""
        journal = self.school.suite.services["journal"]
        return snapshot_answer(journal, str(self.school.id), question.kind, str(question.object_id))

    def answer(self, question: Question, answer: dict[str, Any]) -> None:
        take_answer(self.school.suite.services["reports"], str(question.id), str(self.school.id), **answer)
