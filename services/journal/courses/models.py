"""Subjects and courses."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.common.db import school_key, school_reference
from services.journal.base import Base


class Subject(Base):
    __tablename__ = "subject"
    __table_args__ = (
        school_key(),
        school_reference("scale", "scale_id"),
        UniqueConstraint("school_id", "name"),
        CheckConstraint("name <> ''", name="name"),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    name: Mapped[str]
    scale_id: Mapped[uuid.UUID]


class Course(Base):
    """A subject taught to a class in a year."""

    __tablename__ = "course"
    __table_args__ = (
        school_key(),
        school_reference("school_year", "year_id"),
        school_reference("school_class", "class_id"),
        school_reference("subject", "subject_id"),
        school_reference("scale", "scale_id"),
        UniqueConstraint("school_id", "class_id", "subject_id", "kind"),
        CheckConstraint("kind IN ('lesson', 'extracurricular', 'additional')", name="kind"),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    year_id: Mapped[uuid.UUID]
    class_id: Mapped[uuid.UUID]
    subject_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    scale_id: Mapped[uuid.UUID]
    version: Mapped[int] = mapped_column(BigInteger, default=1)
    """Moved by triggers with every change of lessons, line items, marks, attendance and teachers."""


class CourseTeacher(Base):
    __tablename__ = "course_teacher"
    __table_args__ = (
        school_key(),
        school_reference("course", "course_id"),
        school_reference("staff", "person_id", "person_id"),
        CheckConstraint("to_day IS NULL OR to_day > from_day", name="days"),
        ExcludeConstraint(
            (text("uuidrange(course_id, course_id, '[]')"), "&&"),
            (text("uuidrange(person_id, person_id, '[]')"), "&&"),
            (text("daterange(from_day, to_day)"), "&&"),
            name="course_teacher_once_excl",
        ),
        Index(None, "school_id", "person_id"),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    course_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    from_day: Mapped[dt.date]
    to_day: Mapped[dt.date | None]
