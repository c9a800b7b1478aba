"""Whether a copy still says what its source says: digests compared at one position of the stream, drift mended.

Events keep copies right as long as every handler is right and nobody touches the tables. The nightly comparison rests
on neither. What is under way is no drift: the source answers with the position at which its digest holds, and the
consumer compares only where its cursor stands at exactly that position.
"""

from __future__ import annotations

import enum
import hashlib
import uuid
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import sqlalchemy as sa
from sqlalchemy import orm

from services.common.db import Database, Scope
from services.common.events.copies import Copied
from services.common.events.cursors import NOT_THE_EVENTS_FAULT, lock_cursor
from services.common.events.numbering import position
from services.common.events.parking import reason_of
from services.common.events.rebuilding import PAGE_ROWS, AskState, StateRows, pages_of
from services.common.events.receiving import Subscriptions
from services.common.identity import ServiceSilentError
from services.common.logging import logger
from services.common.problems import wrong
from services.common.tally import count

log = logger(__name__)

AskDigest = Callable[[str, str, uuid.UUID, Sequence[str]], Mapping[str, Any]]
"""(source, kind, school, fields) -> what `state_digest` answers. Raises ServiceSilentError."""


class Outcome(enum.StrEnum):
    """What came of one kind of one school."""

    SAME = "same"
    MENDED = "mended"
    UNSETTLED = "unsettled"
    """Events are under way, or the state is being read anew: to be compared later."""
    SILENT = "silent"
    """The source did not answer: to be compared later."""
    BROKEN = "broken"
    """It differs and could not be mended: somebody must look."""


LATER = frozenset({Outcome.UNSETTLED, Outcome.SILENT})
RIGHT = frozenset({Outcome.SAME, Outcome.MENDED})


@dataclass(frozen=True)
class Comparison:
    """One kind of one school; the numbers are rows of the copy that were wrong."""

    source: str
    kind: str
    outcome: Outcome
    missing: int = 0
    differing: int = 0
    surplus: int = 0

    @property
    def wrong(self) -> int:
        return self.missing + self.differing + self.surplus


# --- both sides ----------------------------------------------------------------------------------------


def _form(row: Mapping[str, Any], fields: Sequence[str]) -> bytes:
    """A row as both sides write it: ids, days and moments as text."""
    return orjson.dumps([row[field] for field in fields], default=str)


def _digest(rows: Iterable[bytes]) -> tuple[int, str]:
    number, digest = 0, hashlib.sha256()
    for row in rows:
        digest.update(row + b"\n")
        number += 1
    return number, digest.hexdigest()


# --- the source ----------------------------------------------------------------------------------------


def state_digest(
    database: Database, service: str, rows: StateRows, school_id: uuid.UUID, fields: Sequence[str]
) -> dict[str, Any]:
    """`{epoch, seq, settled, rows, digest}` of one school's present state, all of one moment.

    `settled` is false while something is committed that has no number yet: the state shows it already, and no
    position does. Raises UnprocessableError for a field that the state does not have.
    """
    with database.snapshot(Scope(school_id=school_id, actor=f"service:{service}")) as session:
        epoch, seq = position(session)
        waiting = session.execute(sa.text("SELECT EXISTS (SELECT 1 FROM outbox WHERE seq IS NULL)")).scalar_one()
        try:
            number, digest = _digest(_form(row, fields) for row in _whole_state(session, rows))
        except KeyError as unknown:
            raise wrong("/fields", f"The state has no field {unknown}.", "unknown") from None
    return {"epoch": epoch, "seq": seq, "settled": not waiting, "rows": number, "digest": digest}


def _whole_state(session: orm.Session, rows: StateRows) -> Iterator[Mapping[str, Any]]:
    after: uuid.UUID | None = None
    while page := rows(session, after, PAGE_ROWS):
        yield from page
        after = page[-1]["id"]


# --- the consumer --------------------------------------------------------------------------------------


def compare_school(
    database: Database,
    consumer: str,
    subscriptions: Subscriptions,
    ask_state: AskState,
    ask_digest: AskDigest,
    school_id: uuid.UUID,
) -> list[Comparison]:
    """Compares every kind that this service keeps of a school, and mends what differs."""
    found = []
    for source, kinds in subscriptions.STATES.items():
        for kind, copied in kinds.items():
            one = _OneKind(database, consumer, source, kind, copied, school_id)
            try:
                found.append(one.compared(ask_state, ask_digest))
            except ServiceSilentError:
                log.warning("events.compare_silent", consumer=consumer, source=source, kind=kind)
                found.append(Comparison(source, kind, Outcome.SILENT))
    return found


@dataclass(frozen=True)
class _OneKind:
    database: Database
    consumer: str
    source: str
    kind: str
    copied: Copied
    school_id: uuid.UUID

    def compared(self, ask_state: AskState, ask_digest: AskDigest) -> Comparison:
        theirs = ask_digest(self.source, self.kind, self.school_id, self.copied.fields)
        place = (theirs["epoch"], theirs["seq"])
        here, digest = self._own_digest()
        if not theirs["settled"] or here != place:
            return Comparison(self.source, self.kind, Outcome.UNSETTLED)
        if digest == (theirs["rows"], theirs["digest"]):
            return Comparison(self.source, self.kind, Outcome.SAME)
        told = {
            uuid.UUID(row["id"]): row
            for page in pages_of(ask_state, self.source, self.kind, self.school_id)
            for row in page["rows"]
        }
        try:
            return self._mend(told, place)
        except NOT_THE_EVENTS_FAULT:
            raise
        except Exception as error:  # whatever a handler may raise over a row that it cannot take
            return self._broken(reason_of(error))

    def _own_digest(self) -> tuple[tuple[str, int], tuple[int, str]]:
        """Where the cursor stands, and the digest of the copy at that very moment."""
        select = sa.text("SELECT epoch, seq FROM cursor WHERE source = :source")
        with self.database.snapshot(self._scope()) as session:
            here = session.execute(select, {"source": self.source}).one_or_none()
            digest = _digest(self._forms(session).values())
        return ("", 0) if here is None else (here.epoch, here.seq), digest

    def _mend(self, told: Mapping[uuid.UUID, Mapping[str, Any]], place: tuple[str, int]) -> Comparison:
        """Makes the copy what was told, as long as no event was applied since the digests were compared."""
        with self.database.transaction(self._scope()) as session:
            cursor = lock_cursor(session, self.source)
            if (cursor.epoch, cursor.seq) != place:
                return Comparison(self.source, self.kind, Outcome.UNSETTLED)
            before = self._forms(session)
            right = {id_: _form(row, self.copied.fields) for id_, row in told.items()}
            missing = right.keys() - before.keys()
            differing = {id_ for id_ in right.keys() & before.keys() if right[id_] != before[id_]}
            surplus = before.keys() - right.keys()
            if not (missing or differing or surplus):
                # A change that was under way after all: its own event brings what the digest showed.
                return Comparison(self.source, self.kind, Outcome.UNSETTLED)
            self.copied.take(session, [told[id_] for id_ in sorted(missing | differing)])
            if surplus and self.copied.forget is not None:
                self.copied.forget(session, surplus)
            mended = self._forms(session) == right
            outcome = Outcome.MENDED if mended else Outcome.BROKEN
            result = Comparison(self.source, self.kind, outcome, len(missing), len(differing), len(surplus))
            self._count(session, result)
        self._tell(result)
        return result

    def _broken(self, reason: str) -> Comparison:
        result = Comparison(self.source, self.kind, Outcome.BROKEN)
        with self.database.transaction(self._scope()) as session:
            self._count(session, result)
        log.error("events.drift_not_mended", reason=reason, **self._about())
        return result

    def _count(self, session: orm.Session, result: Comparison) -> None:
        about = f"{self.source}.{self.kind}"
        if result.wrong:
            count(session, "drift_rows", about, result.wrong)
        if result.outcome is Outcome.BROKEN:
            count(session, "drift_not_mended", about)

    def _tell(self, result: Comparison) -> None:
        say = log.error if result.outcome is Outcome.BROKEN else log.warning
        say(
            "events.drift",
            outcome=result.outcome,
            missing=result.missing,
            differing=result.differing,
            surplus=result.surplus,
            **self._about(),
        )

    def _about(self) -> dict[str, str]:
        return {
            "consumer": self.consumer,
            "source": self.source,
            "kind": self.kind,
            "school": str(self.school_id),
        }

    def _forms(self, session: orm.Session) -> dict[uuid.UUID, bytes]:
        return {row["id"]: _form(row, self.copied.fields) for row in self.copied.rows(session)}

    def _scope(self) -> Scope:
        return Scope(school_id=self.school_id, actor=f"service:{self.consumer}", origin="restore")
