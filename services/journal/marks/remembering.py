"""Operations that were applied, by their ids, so that one that is sent again changes nothing."""

from __future__ import annotations

import datetime as dt
import hashlib
import uuid
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.clock import now
from services.journal.marks.models import PageOperation
from services.journal.people.commands import school_id_of

KEPT = dt.timedelta(days=30)

_KNOWN = sa.text("SELECT op_id, digest, answer FROM page_operation WHERE person_id = :person AND op_id = ANY(:ids)")
_INSERT = sa.text(
    "INSERT INTO page_operation (school_id, person_id, op_id, digest, answer, created_at)"
    " SELECT :school_id, :person_id, u.op_id, u.digest, CAST(u.answer AS jsonb), :at"
    " FROM unnest(CAST(:op_id AS uuid[]), CAST(:digest AS text[]), CAST(:answer AS text[])) u(op_id, digest, answer)"
)


@dataclass(frozen=True)
class Remembered:
    """What an operation said, as a digest, and what was answered."""

    digest: str
    answer: Mapping[str, Any]

    @property
    def version(self) -> int:
        """Of the cell that it wrote."""
        return int(self.answer["version"])


def digest_of(*content: Any) -> str:
    """What an operation says, as one hash: the same id with other content is refused."""
    return hashlib.sha256(orjson.dumps(content, default=str, option=orjson.OPT_SORT_KEYS)).hexdigest()


def remembered(session: Session, person_id: uuid.UUID, op_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Remembered]:
    """Those of a person's operations that were applied before."""
    rows = session.execute(_KNOWN, {"person": person_id, "ids": list(op_ids)})
    return {op_id: Remembered(digest, answer) for op_id, digest, answer in rows}


def remember(session: Session, person_id: uuid.UUID, applied: Mapping[uuid.UUID, Remembered]) -> None:
    """Keeps what was applied, also when it changed nothing; a conflict or a refusal is not kept."""
    if not applied:
        return
    known: Sequence[Remembered] = list(applied.values())
    session.execute(
        _INSERT,
        {
            "school_id": school_id_of(session),
            "person_id": person_id,
            "at": now(),
            "op_id": list(applied),
            "digest": [one.digest for one in known],
            "answer": [orjson.dumps(one.answer).decode() for one in known],
        },
    )


def forget_operations(session: Session, moment: dt.datetime) -> None:
    """Lets go of ids of operations that nobody will send again."""
    session.execute(sa.delete(PageOperation).where(PageOperation.created_at < moment - KEPT))
