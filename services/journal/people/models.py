"""Tables of the register of people."""

from __future__ import annotations

import datetime as dt
import uuid

from sqlalchemy import CheckConstraint, Index, text
from sqlalchemy.dialects.postgresql import ExcludeConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.common.db import school_key, school_reference
from services.journal.base import Base


class Person(Base):
    __tablename__ = "person"
    __table_args__ = (
        school_key(),
        CheckConstraint("last_name <> '' AND first_name <> ''", name="name"),
        Index(None, "school_id", "sort_key", "id"),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    last_name: Mapped[str]
    first_name: Mapped[str]
    middle_name: Mapped[str] = mapped_column(default="")
    sort_key: Mapped[str]
    """Name as lists are ordered: case folded, ё after е."""
    birth_date: Mapped[dt.date | None]
    left_on: Mapped[dt.date | None]
    version: Mapped[int] = mapped_column(default=1)


class Student(Base):
    __tablename__ = "student"
    __table_args__ = (school_key("person_id"), school_reference("person", "person_id"))

    school_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    admitted_on: Mapped[dt.date | None]
    order_number: Mapped[str] = mapped_column(default="")
    personal_file_number: Mapped[str] = mapped_column(default="")
    sex: Mapped[str] = mapped_column(default="")


class Guardian(Base):
    __tablename__ = "guardian"
    __table_args__ = (school_key("person_id"), school_reference("person", "person_id"))

    school_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]


class Staff(Base):
    __tablename__ = "staff"
    __table_args__ = (school_key("person_id"), school_reference("person", "person_id"))

    school_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    position: Mapped[str] = mapped_column(default="")


class Contact(Base):
    """An e-mail address or a phone number; apart from the person, so that it can go when the law says so."""

    __tablename__ = "contact"
    __table_args__ = (
        school_key("person_id", "kind"),
        school_reference("person", "person_id"),
        CheckConstraint("kind IN ('email', 'phone')", name="kind"),
        Index(None, "school_id", "value"),
    )

    school_id: Mapped[uuid.UUID]
    person_id: Mapped[uuid.UUID]
    kind: Mapped[str]
    value: Mapped[str]
    """Normalised: an address in lower case, a phone as +7…"""


class Guardianship(Base):
    """Who answers for which pupil, `from_day` to `to_day` (half-open)."""

    __tablename__ = "guardianship"
    __table_args__ = (
        school_key(),
        school_reference("guardian", "guardian_id", "person_id"),
        school_reference("student", "student_id", "person_id"),
        CheckConstraint("to_day IS NULL OR to_day > from_day", name="days"),
        CheckConstraint("guardian_id <> student_id", name="two_people"),
        ExcludeConstraint(
            (text("uuidrange(guardian_id, guardian_id, '[]')"), "&&"),
            (text("uuidrange(student_id, student_id, '[]')"), "&&"),
            (text("daterange(from_day, to_day)"), "&&"),
            name="guardianship_once_excl",
        ),
        Index(None, "school_id", "student_id"),
        Index(None, "school_id", "guardian_id"),
    )

    school_id: Mapped[uuid.UUID]
    id: Mapped[uuid.UUID]
    guardian_id: Mapped[uuid.UUID]
    student_id: Mapped[uuid.UUID]
    relation: Mapped[str]
    from_day: Mapped[dt.date]
    to_day: Mapped[dt.date | None]
    restricted: Mapped[bool] = mapped_column(default=False)
    version: Mapped[int] = mapped_column(default=1)
