"""The comparison at the end: what was acknowledged, what lies in the databases, what came out of the relay."""

from __future__ import annotations

import functools
from collections import Counter, defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from email import message_from_bytes
from typing import Any, Protocol

import psycopg

from services.notifications.messages.rules import message_id
from tests.support.databases import named
from tests.support.separate import Separate
from tests.system.ledger.acts import Happened
from tests.system.ledger.families import ClassOfFamilies
from tests.system.ledger.writers import NumberedMark

HOST = "localhost"
"""In Message-IDs of a suite whose address is a number."""
AFTER_WITHDRAWAL = 5.0
LEASE_AND_SWEEP = 180.0
"""Seconds within which the copy of a letter follows a death."""
DEATHS_OF_A_HANDING_OVER = ("mail-worker", "sink")
"""Whose death between DATA and 250 may make a copy."""

MARKS = """
SELECT m.id, m.comment, m.course_id, m.student_id, i.ordinal, m.symbol, m.version
FROM mark m JOIN line_item i ON i.school_id = m.school_id AND i.id = m.line_item_id
WHERE m.school_id = '{school}'
"""
EVENTS = """
SELECT key, count(*) FROM outbox
WHERE school_id = '{school}' AND type = 'journal.mark.set.v1' GROUP BY key
"""
HISTORY = """
SELECT object_id, count(*) FROM change_log
WHERE school_id = '{school}' AND object = 'mark' GROUP BY object_id
"""
MESSAGES = """
SELECT cause_id, cause_version, count(*) FROM message
WHERE school_id = '{school}' AND kind = 'mark' GROUP BY 1, 2
"""
WAITING = """
SELECT state, reason, count(*) FROM delivery
WHERE school_id = '{school}' AND state NOT IN ('done', 'replaced', 'not_consented') GROUP BY state, reason
"""


Letters = dict[str, list[tuple[str, float]]]
"""By address: Message-ID and moment (seconds since the epoch) of each letter that the relay took."""


class Source(Protocol):
    """Where the books of a running suite lie."""

    def rows(self, service: str, select: str) -> list[tuple[Any, ...]]:
        """What its database answers, as PostgreSQL's owner sees it."""

    def letters(self) -> Letters:
        """All that came out of the relay."""


@dataclass(frozen=True)
class SeparateSource:
    """Of a suite of processes with a Maildir."""

    suite: Separate

    def rows(self, service: str, select: str) -> list[tuple[Any, ...]]:
        with psycopg.connect(named(self.suite.postgres.url(), f"zhurnal_{service}")) as connection:
            return connection.execute(select).fetchall()  # type: ignore[arg-type]

    def letters(self) -> Letters:
        found: Letters = defaultdict(list)
        for path in (self.suite.sink.folder / "new").iterdir():
            letter = message_from_bytes(path.read_bytes())
            found[letter["To"]].append((letter["Message-ID"], path.stat().st_mtime))
        return found


class Books:
    """All that was written down about the school of a class of families."""

    def __init__(self, source: Source, taught: ClassOfFamilies) -> None:
        self._source = source
        self._taught = taught
        [(school,)] = source.rows("journal", f"SELECT school_id FROM course WHERE id = '{taught.courses[0].course}'")
        self._school = school
        self._before = source.letters()

    def rows(self, service: str, select: str) -> list[tuple[Any, ...]]:
        return self._source.rows(service, select.format(school=self._school))

    def told_of(self) -> int:
        """How many marks notifications knows of."""
        return len(self.rows("notifications", MESSAGES))

    def waiting(self) -> list[tuple[Any, ...]]:
        """Letters that have not come to an end, by state and reason."""
        return self.rows("notifications", WAITING)

    @functools.cached_property
    def letters(self) -> Letters:
        """Read once, when it is quiet: what came since these books were opened."""
        found: Letters = {}
        for address, letters in self._source.letters().items():
            fresh = [letter for letter in letters if letter not in self._before.get(address, ())]
            if fresh:
                found[address] = fresh
        return found

    # --- what must hold --------------------------------------------------------------------------------

    def every_acknowledged_mark_is_stored_once(self, marks: Sequence[NumberedMark]) -> dict[int, str]:
        """The id of each mark by its number."""
        rows = self.rows("journal", MARKS)
        found = {
            int(comment): (str(course), str(student), ordinal, symbol, version)
            for _, comment, course, student, ordinal, symbol, version in rows
        }
        expected = {mark.number: (mark.course, mark.student_id, mark.ordinal, mark.symbol, 1) for mark in marks}
        assert found == expected
        assert len(rows) == len(expected), "no second mark"
        ids = {int(row[1]): str(row[0]) for row in rows}
        once = dict.fromkeys(ids.values(), 1)
        assert {key.removeprefix("mark:"): count for key, count in self.rows("journal", EVENTS)} == once, "one event"
        assert {str(mark): count for mark, count in self.rows("journal", HISTORY)} == once, "one line of history"
        messages = {str(cause): count for cause, version, count in self.rows("notifications", MESSAGES)}
        assert messages == once, "heard once"
        return ids

    def every_address_has_one_letter_per_cause(
        self, marks: Sequence[NumberedMark], ids: dict[int, str], happened: Sequence[Happened]
    ) -> int:
        """How many letters there are, copies not counted."""
        of_pupil: dict[str, list[int]] = defaultdict(list)
        for mark in marks:
            of_pupil[mark.student_id].append(mark.number)
        wanted: set[str] = set()
        for family in self._taught.families:
            for address in family.addresses:
                numbers = of_pupil[family.student_id]
                expected = {message_id("mark", ids[number], 1, address, HOST) for number in numbers}
                came = {letter for letter, _ in self.letters.get(address, ())}
                if family.agrees:
                    assert came == expected, f"{address}: {len(expected - came)} missing, {len(came - expected)} more"
                    assert len(came) == len(numbers)
                    wanted.add(address)
                elif family.decision == "withdrawn":
                    assert came <= expected
                    self._nothing_after(address, _last_moment(self._taught.withdrawn[address], happened))
                    wanted.add(address)
        assert set(self.letters) <= wanted, "nobody else is written to"
        return sum(len({letter for letter, _ in letters}) for letters in self.letters.values())

    def _nothing_after(self, address: str, last: float) -> None:
        late = max((moment for _, moment in self.letters.get(address, ())), default=last)
        assert late <= last, f"{late - last:.1f} s too late after the withdrawal"

    def every_copy_follows_a_death(self, happened: Sequence[Happened]) -> int:
        """How many letters came twice: so many deaths fell between DATA and 250."""
        deaths = [act for act in happened if any(name in act.name for name in DEATHS_OF_A_HANDING_OVER)]
        copies = 0
        for letters in self.letters.values():
            count = Counter(letter for letter, _ in letters)
            for letter, times in count.items():
                if times == 1:
                    continue
                first, *later = sorted(moment for one, moment in letters if one == letter)
                for moment in later:
                    between = [act for act in deaths if act.began <= moment and act.ended >= first - 1]
                    assert between, f"a copy {moment - first:.1f} s later, and nobody had died"
                    assert moment - first < LEASE_AND_SWEEP
                    copies += 1
        return copies


def _last_moment(withdrawn: float, happened: Sequence[Happened]) -> float:
    """When the last letter may come: five seconds after the withdrawal was answered. One that was on its way when
    mailer or relay stood still comes when they go on."""
    last = withdrawn + AFTER_WITHDRAWAL
    still = [act for act in happened if act.name in ("mail-worker frozen", "sink frozen")]
    overlapping = [act.ended + 1 for act in still if act.began <= last and act.ended >= withdrawn]
    return max([last, *overlapping])
