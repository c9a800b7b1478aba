"""Schools, and copies of what journal tells about their people. No right is ever read off a copy."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from services.accounts.base import Base
from services.common.db import school_key


class School(Base):
    """The list that everything else of an installation hangs on."""

    __tablename__ = "school"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    zone: Mapped[str]
    founder_id: Mapped[uuid.UUID]
    """The person who was made its first administrator."""
    created_at: Mapped[dt.datetime] = mapped_column(server_default=sa.func.now())


class Person(Base):
    __tablename__ = "person"
    __table_args__ = (school_key(),)

    school_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("school.id"))
    id: Mapped[uuid.UUID]
    kinds: Mapped[list[str]] = mapped_column(postgresql.ARRAY(sa.Text()))
    last_name: Mapped[str]
    first_name: Mapped[str]
    middle_name: Mapped[str]
    birth_date: Mapped[dt.date | None]
    left_on: Mapped[dt.date | None]
    version: Mapped[int]
    """Of journal's row; 0 while only accounts knows this person. An older one never overwrites."""
    known_since: Mapped[dt.datetime] = mapped_column(server_default=sa.func.now())
    """When the school registered this person: from then on the terms for giving access run."""

    @property
    def name(self) -> str:
        return " ".join(part for part in (self.last_name, self.first_name, self.middle_name) if part)


class Guardianship(Base):
    __tablename__ = "guardianship"
    __table_args__ = (
        school_key(),
        sa.Index(None, "school_id", "guardian_id"),
        sa.Index(None, "school_id", "student_id"),
    )

    school_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("school.id"))
    id: Mapped[uuid.UUID]
    student_id: Mapped[uuid.UUID]
    guardian_id: Mapped[uuid.UUID]
    relation: Mapped[str]
    from_on: Mapped[dt.date]
    to_on: Mapped[dt.date | None]
    restricted: Mapped[bool]
    version: Mapped[int]


class Enrollment(Base):
    __tablename__ = "enrollment"
    __table_args__ = (
        school_key(),
        sa.Index(None, "school_id", "class_id"),
        sa.Index(None, "school_id", "student_id"),
    )

    school_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("school.id"))
    id: Mapped[uuid.UUID]
    student_id: Mapped[uuid.UUID]
    class_id: Mapped[uuid.UUID]
    class_name: Mapped[str]
    from_on: Mapped[dt.date]
    to_on: Mapped[dt.date | None]
    version: Mapped[int]
