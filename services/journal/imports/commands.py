"""Lists are taken in, their columns named, their plans carried out."""

from __future__ import annotations

import datetime as dt
import uuid
from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Session

from services.common.db import new_id
from services.common.problems import ConflictError, UnprocessableError, wrong
from services.journal.imports.carrying_out import CarryingOut
from services.journal.imports.columns import FIELDS, guess, header_index
from services.journal.imports.models import ImportFile
from services.journal.imports.plan import Plan
from services.journal.imports.queries import planned
from services.journal.imports.reading import UnreadableError, read_sheet
from services.journal.people.commands import school_id_of

KEPT_UNCOMMITTED = dt.timedelta(hours=24)
KEPT_COMMITTED = dt.timedelta(days=30)

_UNREADABLE = {
    "empty-file": "The file is empty.",
    "encoding": "The text of the file cannot be read in any usual encoding; save it as «CSV UTF-8» or XLSX.",
    "unreadable": "The file is neither a CSV table nor an Excel workbook.",
    "too-many-rows": "The file has more rows than a school has pupils.",
}


def take_in(session: Session, kind: str, data: bytes, file_name: str, by: uuid.UUID, now: dt.datetime) -> ImportFile:
    """The file with its columns guessed. Raises UnprocessableError when no table is in it."""
    try:
        sheet = read_sheet(data, lambda rows: header_index(rows) is not None)
    except UnreadableError as error:
        raise UnprocessableError(_UNREADABLE[error.code], code=error.code) from error
    at = header_index(sheet.rows)
    rows = sheet.rows[at or 0 :]
    width = max(len(row) for row in rows)
    cells = [[*row, *[""] * (width - len(row))] for row in rows]
    file = ImportFile(
        school_id=school_id_of(session),
        id=new_id(),
        kind=kind,
        file_name=file_name[:200],
        encoding=sheet.encoding,
        header_row=(at or 0) + 1,
        cells=cells,
        fields=guess(cells[0]),
        guessed=True,
        created_by=by,
        created_at=now,
        committed_at=None,
        digest=None,
        answer=None,
    )
    session.add(file)
    session.flush()
    return file


def set_mapping(session: Session, file: ImportFile, fields: Sequence[str | None]) -> ImportFile:
    """What the columns hold, as a person says. Raises UnprocessableError, ConflictError after the commit."""
    if file.committed_at is not None:
        raise ConflictError("This list has come in already.", code="already-committed")
    if len(fields) != len(file.fields):
        raise wrong("/mapping", f"The file has {len(file.fields)} columns.")
    for index, field in enumerate(fields):
        if field is not None and field not in FIELDS:
            raise wrong(f"/mapping/{index}", "No such field.")
        if field is not None and field in fields[:index]:
            raise wrong(f"/mapping/{index}", "Another column holds this already.", "twice")
    file.fields, file.guessed = list(fields), False
    session.flush()
    return file


def lock_imports(session: Session, kind: str) -> None:
    """One list of a kind at a time in a school: the plan is made and carried out under this."""
    key = f"import:{kind}:{school_id_of(session)}"
    session.execute(sa.select(sa.func.pg_advisory_xact_lock(sa.func.hashtextextended(key, 0))))


def commit(session: Session, file: ImportFile, digest: str, today: dt.date, now: dt.datetime) -> dict[str, Any]:
    """Does exactly the plan that `digest` names; again: the first answer and nothing else.

    Raises ConflictError: `already-committed` with another digest, `has-problems`, `plan-changed`.
    """
    if file.committed_at is not None:
        if file.digest != digest or file.answer is None:
            raise ConflictError("This list has come in already, by another plan.", code="already-committed")
        return file.answer
    now_planned = planned(session, file, today)
    plan = now_planned.plan
    if plan.blocked:
        raise ConflictError("The list has problems; nothing was stored.", code="has-problems")
    if plan.digest != digest:
        raise ConflictError(
            "The register has changed since; look at the new preview.",
            code="plan-changed",
            extra={"digest": plan.digest},
        )
    CarryingOut(session, now_planned, today).run()
    file.committed_at, file.digest = now, digest
    file.answer = {"id": str(file.id), "digest": digest, "committed_at": now.isoformat(), "counts": plan.counts()}
    session.flush()
    return file.answer


def withdrawals(plan: Plan, import_id: uuid.UUID, today: dt.date) -> list[dict[str, Any]]:
    """Refusals over what a list had declared given: accounts is asked for them before the commit, over HTTP,
    since nobody may be mailed in the time that an event takes."""
    return [
        {
            "student_id": row.person.known,
            "guardian_id": link.person.known,
            "purpose": None,
            "decision": "refused",
            "signed_on": link.said.signed_on or today,
            "import_id": import_id,
        }
        for row in plan.rows
        for link in row.guardians
        if link.said is not None and link.said.withdraws
    ]


def forget_old(session: Session, now: dt.datetime) -> int:
    """Deletes lists that were not carried out in a day, or were a month ago; how many."""
    result = session.execute(
        sa.delete(ImportFile).where(
            sa.or_(
                sa.and_(ImportFile.committed_at.is_(None), ImportFile.created_at < now - KEPT_UNCOMMITTED),
                ImportFile.committed_at < now - KEPT_COMMITTED,
            )
        )
    )
    return int(result.rowcount)  # type: ignore[attr-defined]
