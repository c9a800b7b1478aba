"""Who asks for a new code."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from services.accounts.base import Base
from services.common.db import school_key


class CodeRequest(Base):
    """Open until a new code is made or its person signs in; one at a time for a person."""

    __tablename__ = "code_request"
    __table_args__ = (
        school_key(),
        sa.Index(
            "code_request_open_key",
            "school_id",
            "person_id",
            unique=True,
            postgresql_where=sa.text("settled_at IS NULL"),
        ),
    )

    school_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("school.id"))
    id: Mapped[uuid.UUID] = mapped_column(server_default=sa.func.gen_random_uuid())
    account_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("account.id"))
    person_id: Mapped[uuid.UUID]
    asked_at: Mapped[dt.datetime]
    settled_at: Mapped[dt.datetime | None]
