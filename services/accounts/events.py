"""What accounts tells the others."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from typing import ClassVar


@dataclass(frozen=True)
class SchoolCreated:
    """A school has begun, with its first administrator."""

    type: ClassVar[str] = "accounts.school.created.v1"

    school_id: uuid.UUID
    name: str
    zone: str
    person_id: uuid.UUID
    last_name: str
    first_name: str
    middle_name: str

    @property
    def key(self) -> str:
        return f"school:{self.school_id}"
