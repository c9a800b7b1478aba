"""Tables of the school and of its settings for mail."""

from __future__ import annotations

import uuid

from sqlalchemy import CheckConstraint
from sqlalchemy.orm import Mapped, mapped_column

from services.notifications.base import Base


class School(Base):
    __tablename__ = "school"

    id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    name: Mapped[str]
    zone: Mapped[str]


class MailSetting(Base):
    """How long messages wait, so that what changes at once is told once."""

    __tablename__ = "mail_setting"
    __table_args__ = (
        CheckConstraint("mark_delay_minutes BETWEEN 0 AND 15", name="mark_delay"),
        CheckConstraint("absence_delay_minutes BETWEEN 0 AND 60", name="absence_delay"),
    )

    school_id: Mapped[uuid.UUID] = mapped_column(primary_key=True)
    mark_delay_minutes: Mapped[int] = mapped_column(default=0, server_default="0")
    absence_delay_minutes: Mapped[int] = mapped_column(default=10, server_default="10")
    version: Mapped[int] = mapped_column(default=1, server_default="1")

    __mapper_args__ = {"version_id_col": version}
