"""The declarative base of reports' tables."""

from __future__ import annotations

from sqlalchemy.orm import DeclarativeBase

from services.common.db import COLUMN_TYPES, new_metadata


class Base(DeclarativeBase):
    metadata = new_metadata()
    type_annotation_map = COLUMN_TYPES
