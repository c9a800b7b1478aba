"""Facts that journal publishes. Additive changes only; a sample of each lies in tests/contracts."""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class PersonRegistered:
    type: ClassVar[str] = "journal.person.registered.v1"
    person_id: uuid.UUID
    kinds: tuple[str, ...]
    last_name: str
    first_name: str
    middle_name: str
    birth_date: dt.date | None
    email: str | None
    phone: str | None
    left_on: dt.date | None
    version: int

    @property
    def key(self) -> str:
        return f"person:{self.person_id}"


@dataclass(frozen=True)
class PersonChanged(PersonRegistered):
    type: ClassVar[str] = "journal.person.changed.v1"


@dataclass(frozen=True)
class GuardianshipSet:
    """`from`/`to` are half-open days."""

    type: ClassVar[str] = "journal.guardianship.set.v1"
    guardianship_id: uuid.UUID
    student_id: uuid.UUID
    guardian_id: uuid.UUID
    relation: str
    from_: dt.date
    to: dt.date | None
    restricted: bool
    version: int

    @property
    def key(self) -> str:
        return f"student:{self.student_id}"


@dataclass(frozen=True)
class GuardianshipEnded(GuardianshipSet):
    type: ClassVar[str] = "journal.guardianship.ended.v1"


@dataclass(frozen=True)
class EnrollmentSet:
    type: ClassVar[str] = "journal.enrollment.set.v1"
    enrollment_id: uuid.UUID
    student_id: uuid.UUID
    class_id: uuid.UUID
    class_name: str
    from_: dt.date
    to: dt.date | None
    version: int

    @property
    def key(self) -> str:
        return f"student:{self.student_id}"


@dataclass(frozen=True)
class ConsentDeclared:
    type: ClassVar[str] = "journal.consent.declared.v1"
    student_id: uuid.UUID
    guardian_id: uuid.UUID
    purpose: str
    decision: str
    signed_on: dt.date
    import_id: uuid.UUID

    @property
    def key(self) -> str:
        return f"student:{self.student_id}"


@dataclass(frozen=True)
class MarkSet:
    type: ClassVar[str] = "journal.mark.set.v1"
    mark_id: uuid.UUID
    student_id: uuid.UUID
    course_id: uuid.UUID
    subject: str
    line_item_id: uuid.UUID
    work_type: str
    work_type_title: str
    taught_on: dt.date
    slot: int
    symbol: str | None
    previous: str | None
    author_id: uuid.UUID
    version: int

    @property
    def key(self) -> str:
        return f"mark:{self.mark_id}"


@dataclass(frozen=True)
class MarkAnnulled(MarkSet):
    type: ClassVar[str] = "journal.mark.annulled.v1"


@dataclass(frozen=True)
class AttendanceSet:
    type: ClassVar[str] = "journal.attendance.set.v1"
    attendance_id: uuid.UUID
    student_id: uuid.UUID
    lesson_id: uuid.UUID
    subject: str
    taught_on: dt.date
    number: int
    status: str | None
    previous: str | None
    version: int

    @property
    def key(self) -> str:
        return f"attendance:{self.attendance_id}"


@dataclass(frozen=True)
class AttendanceAnnulled(AttendanceSet):
    type: ClassVar[str] = "journal.attendance.annulled.v1"
