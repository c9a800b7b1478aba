"""Jobs at a local time of each school: rows in the owner's database, claimed when they are due.

A missed day runs once, late: the next run is computed from now, not from the run that was missed.
"""

from __future__ import annotations

import datetime as dt
import uuid
from dataclasses import dataclass
from zoneinfo import ZoneInfo

import sqlalchemy as sa
from sqlalchemy import orm

from services.common.db import Database, Scope

MOST_CLAIMED = 200


@dataclass(frozen=True)
class DueJob:
    """A job whose time has come, for one school."""

    school_id: uuid.UUID
    job: str


def next_run(local_time: dt.time, zone: str, after: dt.datetime) -> dt.datetime:
    """The first moment after `after` at which clocks in `zone` show `local_time`.

    Where the clock jumps over that time, the moment just behind the jump; where it shows it twice, the first.
    """
    here = after.astimezone(ZoneInfo(zone))
    for days in (0, 1):
        day = here.date() + dt.timedelta(days=days)
        moment = dt.datetime.combine(day, local_time, ZoneInfo(zone)).astimezone(dt.UTC)
        if moment > after:
            return moment
    return (dt.datetime.combine(here.date() + dt.timedelta(days=2), local_time, ZoneInfo(zone))).astimezone(dt.UTC)


def plan_daily(
    session: orm.Session, school_id: uuid.UUID, job: str, local_time: dt.time, zone: str, now: dt.datetime
) -> None:
    """From now on `<service>.<job>` runs daily at `local_time` of the school."""
    session.execute(
        sa.text(
            "INSERT INTO schedule (school_id, job, local_time, next_run_at)"
            " VALUES (:school_id, :job, :local_time, :next_run_at)"
            " ON CONFLICT (school_id, job) DO UPDATE"
            " SET local_time = excluded.local_time, next_run_at = excluded.next_run_at"
        ),
        {
            "school_id": school_id,
            "job": job,
            "local_time": local_time,
            "next_run_at": next_run(local_time, zone, now),
        },
    )


def plan_everywhere(database: Database, service: str, job: str, local_time: dt.time, now: dt.datetime) -> None:
    """`<service>.<job>` runs daily in every school that has no plan for it yet: a new one, or one from before."""
    unplanned = sa.text(
        "SELECT id, zone FROM school WHERE NOT EXISTS"
        " (SELECT 1 FROM schedule WHERE schedule.school_id = school.id AND schedule.job = :job)"
    )
    with database.transaction(Scope(actor=f"service:{service}")) as session:
        for school_id, zone in session.execute(unplanned, {"job": job}).all():
            plan_daily(session, school_id, job, local_time, zone, now)


def plan_again(database: Database, service: str, job: str, school_id: uuid.UUID, now: dt.datetime) -> None:
    """Once more before its next day, for a job that could not be done now.

    The pause is as long as the job is late already, five minutes at least: some eight attempts in a night, whatever
    keeps it from being done.
    """
    with database.transaction(Scope(actor=f"service:{service}")) as session:
        session.execute(
            sa.text(
                "UPDATE schedule SET next_run_at = least(next_run_at, :now + greatest(interval '5 minutes',"
                " :now - (next_run_at - interval '1 day'))) WHERE school_id = :school_id AND job = :job"
            ),
            {"now": now, "school_id": school_id, "job": job},
        )


def claim_due(database: Database, service: str, now: dt.datetime) -> list[DueJob]:
    """Due jobs, each told to one caller only; several schedulers share the work."""
    claim = sa.text(
        "SELECT s.school_id, s.job, s.local_time, school.zone FROM schedule s"
        " JOIN school ON school.id = s.school_id WHERE s.next_run_at <= :now"
        # The clock ran ahead and was set back: no daily job is due so late.
        " OR s.next_run_at > :now + interval '26 hours'"
        " ORDER BY s.next_run_at LIMIT :most FOR UPDATE OF s SKIP LOCKED"
    )
    move = sa.text("UPDATE schedule SET next_run_at = :next_run_at WHERE school_id = :school_id AND job = :job")
    with database.transaction(Scope(actor=f"service:{service}")) as session:
        due = session.execute(claim, {"now": now, "most": MOST_CLAIMED}).all()
        for row in due:
            moment = next_run(row.local_time, row.zone, now)
            session.execute(move, {"next_run_at": moment, "school_id": row.school_id, "job": row.job})
    return [DueJob(row.school_id, row.job) for row in due]
