"""Classes, class teachers, enrolments."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.common.db import school_key, school_reference
from services.journal.base import Base


class SchoolClass(Base):
    __tablename__ = "school_class"
    __table_args__ = (
        school_key(),
        school_reference("school_year", "year_id"),
        UniqueConstraint("school_id", "year_id", "grade_level", "letter"),
        CheckConstraint("grade_level BETWEEN 1 AND 11", name="grade_level"),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    year_id: Mapped[uuid.UUID]
    grade_level: Mapped[int]
    letter: Mapped[str]
    version: Mapped[int] = mapped_column(BigInteger, default=1)
    """Moved by triggers whenever what a page shows of the class changes: members, names, excuses."""


class ClassTeacher(Base):
    __tablename__ = "class_teacher"
    __table_args__ = (
        school_key(),
        school_reference("school_class", "class_id"),
        school_reference("staff", "person_id", "person_id"),
        CheckConstraint("to_day IS NULL OR to_day > from_day", name="days"),
        ExcludeConstraint(
            (text("uuidrange(class_id, class_id, '[]')"), "&&"),
            (text("daterange(from_day, to_day)"), "&&"),
            name="class_teacher_once_excl",
        ),
        Index(None, "school_id", "person_id"),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    class_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    from_day: Mapped[dt.date]
    to_day: Mapped[dt.date | None]


class Enrollment(Base):
    """Membership of a class, half-open; a pupil is in one class at a time."""

    __tablename__ = "enrollment"
    __table_args__ = (
        school_key(),
        school_reference("school_class", "class_id"),
        school_reference("student", "student_id", "person_id"),
        CheckConstraint("to_day IS NULL OR to_day > from_day", name="days"),
        ExcludeConstraint(
            (text("uuidrange(student_id, student_id, '[]')"), "&&"),
            (text("daterange(from_day, to_day)"), "&&"),
            name="enrollment_once_excl",
        ),
        Index(None, "school_id", "class_id"),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    class_id: Mapped[uuid.UUID]
    student_id: Mapped[uuid.UUID]
    from_day: Mapped[dt.date]
    to_day: Mapped[dt.date | None]
    version: Mapped[int] = mapped_column(default=1)
