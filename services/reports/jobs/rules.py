"""States of a job and of its snapshot, and what a job tells of itself. Pure."""

from __future__ import annotations

import datetime as dt
from enum import StrEnum


class State(StrEnum):
    """Of a job. Pending waits for its snapshot or a worker."""

    PENDING = "pending"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"


OPEN = frozenset({State.PENDING, State.RUNNING})


class SnapshotState(StrEnum):
    PENDING = "pending"
    READY = "ready"
    FAILED = "failed"


class Failure(StrEnum):
    """Why a job gave no file: its class is gone, the disk is full, it killed its workers again and again."""

    GONE = "gone"
    NO_ROOM = "no-room"
    GAVE_UP = "gave-up"


MOST_ATTEMPTS = 5
LEASE = dt.timedelta(seconds=60)
"""A worker that has not said anything for so long is dead; each finished file renews it."""
ASK_AGAIN = (2, 5, 15, 60)
"""Seconds until a snapshot that did not come is asked for again; then the last, for ever."""


def next_question(attempt: int) -> dt.timedelta:
    """How long to wait for a snapshot after it was asked for the `attempt`-th time (from 1)."""
    return dt.timedelta(seconds=ASK_AGAIN[min(attempt, len(ASK_AGAIN)) - 1])


class Step(StrEnum):
    """What a job is at."""

    COLLECTING = "collecting"
    WAITING = "waiting"
    RENDERING = "rendering"
    FINISHED = "finished"


def step_of(state: State, snapshot: SnapshotState) -> Step:
    """What is being done for the job just now."""
    if state not in OPEN:
        return Step.FINISHED
    if state is State.RUNNING:
        return Step.RENDERING
    return Step.WAITING if snapshot is SnapshotState.READY else Step.COLLECTING
