"""Forms of consent, which no longer change once they are published, and who asks for consent."""

from __future__ import annotations

import datetime as dt
import uuid

import sqlalchemy as sa
from sqlalchemy.dialects import postgresql
from sqlalchemy.orm import Mapped, mapped_column

from services.accounts.base import Base
from services.accounts.consent_forms.rules import Content, Method, Operator, Term
from services.common.db import school_key


class SchoolAsOperator(Base):
    """The school as its papers name it; what is published keeps what stood here then."""

    __tablename__ = "operator"
    __table_args__ = (
        sa.PrimaryKeyConstraint("school_id"),
        sa.CheckConstraint("name <> '' AND address <> ''", "told"),
    )

    school_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("school.id"))
    name: Mapped[str]
    address: Mapped[str]
    site: Mapped[str]

    @property
    def operator(self) -> Operator:
        return Operator(self.name, self.address, self.site)


class ConsentForm(Base):
    """One version of the document for one purpose. Once published it is never changed (a trigger refuses it); a draft
    may be replaced, and a purpose has one at most."""

    __tablename__ = "consent_form"
    __table_args__ = (
        school_key(),
        sa.UniqueConstraint("school_id", "purpose", "version"),
        # What decisions refer to: a form and its purpose together.
        sa.UniqueConstraint("school_id", "id", "purpose"),
        sa.Index(
            "consent_form_draft_key",
            "school_id",
            "purpose",
            unique=True,
            postgresql_where=sa.text("published_at IS NULL"),
        ),
    )

    school_id: Mapped[uuid.UUID] = mapped_column(sa.ForeignKey("school.id"))
    id: Mapped[uuid.UUID]
    purpose: Mapped[str]
    version: Mapped[int]
    title: Mapped[str]
    about: Mapped[str]
    aim: Mapped[str]
    data: Mapped[list[str]] = mapped_column(postgresql.ARRAY(sa.Text()))
    third_party_name: Mapped[str]
    third_party_address: Mapped[str]
    actions: Mapped[str]
    method: Mapped[str]
    term: Mapped[str]
    term_until: Mapped[dt.date | None]
    withdrawal: Mapped[str]
    refusal: Mapped[str]
    operator_name: Mapped[str | None]
    operator_address: Mapped[str | None]
    operator_site: Mapped[str | None]
    valid_from: Mapped[dt.date | None]
    published_at: Mapped[dt.datetime | None]
    published_by: Mapped[uuid.UUID | None]

    @property
    def content(self) -> Content:
        return Content(
            title=self.title,
            about=self.about,
            aim=self.aim,
            data=tuple(self.data),
            third_party_name=self.third_party_name,
            third_party_address=self.third_party_address,
            actions=self.actions,
            method=Method(self.method),
            term=Term(self.term),
            term_until=self.term_until,
            withdrawal=self.withdrawal,
            refusal=self.refusal,
        )

    @property
    def operator(self) -> Operator | None:
        """As it was when this was published."""
        if self.operator_name is None or self.operator_address is None:
            return None
        return Operator(self.operator_name, self.operator_address, self.operator_site or "")
