"""Brings what is due to the mail relay: claim, ask, hand over, record; no transaction is open meanwhile."""

from __future__ import annotations

import datetime as dt
import email.utils
import hashlib
import hmac
import ipaddress
import random
import time
import uuid
from base64 import urlsafe_b64encode
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from urllib.parse import urlsplit

from sqlalchemy.orm import Session

from services.common import clock
from services.common.clients import UnexpectedAnswerError
from services.common.db import DATABASE_GONE, Scope
from services.common.events.parking import schools_of
from services.common.identity import ServiceSilentError
from services.common.logging import logger
from services.common.service import Service
from services.common.work import tell, tell_again
from services.notifications.messages import claims
from services.notifications.messages.claims import Job
from services.notifications.messages.commands import MAIL_QUEUE
from services.notifications.messages.consents import Consents, Pair
from services.notifications.messages.letters import Letter, absence_letter, mark_letter, write
from services.notifications.messages.rules import (
    MOST_ATTEMPTS,
    UNDECIDED_FOR,
    UNDECIDED_PAUSE,
    Happening,
    State,
    Verdict,
    message_id,
    pause,
    verdict,
)
from services.notifications.messages.smtp import RefusedError, RelaySilentError, Sender

log = logger(__name__)

SOON = dt.timedelta(seconds=60)
"""What becomes due within this is told of; anything later the minute's sweep finds."""
RECORD_PAUSE = 0.5
"""Seconds between two tries to write down what became of a letter."""


class Mailer:
    """Delivers for all schools over one connection to the relay."""

    def __init__(self, service: Service, sender: Sender, now: Callable[[], dt.datetime] = clock.now) -> None:
        self._service = service
        self._sender = sender
        self._now = now
        self._chance = random.SystemRandom()
        self._silences = 0

    def deliver_due(self, school_id: uuid.UUID) -> None:
        """Hands over everything of this school that is due and may go."""
        while True:
            until = self._now() + claims.WORKED_FOR
            with self._transaction(school_id) as session:
                ids = claims.claim(session, self._now(), self._token_hash)
            if not ids:
                break
            with self._transaction(school_id) as session:
                found = claims.jobs(session, ids)
            if not self._work_off(school_id, found, until):
                break
        self._tell_of_later(school_id)

    def tell_of_forgotten(self) -> None:
        """The sweep: whatever is due and nobody was told of, or whose worker died."""
        for school_id in schools_of(self._service.database, self._service.name):
            with self._transaction(school_id) as session:
                if claims.has_due(session, self._now()):
                    tell(session, MAIL_QUEUE)

    # --- one batch -------------------------------------------------------------------------------------

    def _work_off(self, school_id: uuid.UUID, found: Sequence[Job], until: dt.datetime) -> bool:
        """Whether to go on: not when nobody answers or the relay is silent."""
        consents = Consents(self._service.client, school_id)
        for index, job in enumerate(found):
            if self._now() >= until:
                self._put_back_all(school_id, found[index:], State.PENDING, "slow relay", self._now())
                return True
            try:
                self._one(school_id, job, consents, [pair for later in found[index:] for pair in _pairs(later)])
            except ServiceSilentError as error:
                later = self._after_silence()
                self._put_back_all(school_id, found[index:], State.HELD, f"no answer of {error}", later)
                return False
            except UnexpectedAnswerError as error:
                # Accounts may not have heard of the school yet; an odd answer is never a consent.
                log.warning("mail.odd_answer", error=str(error))
                later = self._after_silence()
                self._put_back_all(school_id, found[index:], State.HELD, "no sensible answer", later)
                return False
            except RelaySilentError as error:
                log.warning("mail.relay_silent", error=str(error), waiting=len(found) - index)
                self._put_back_all(school_id, found[index:], State.PENDING, "relay silent", self._after_silence())
                return False
            self._silences = 0
        return True

    def _one(self, school_id: uuid.UUID, job: Job, consents: Consents, later: list[Pair]) -> None:
        if job.happening is Happening.NOTHING:
            self._finish(school_id, job, State.REPLACED, "nothing to tell")
            return
        if job.address_held:
            self._finish(school_id, job, State.NOT_CONSENTED, "address held")
            return
        outcome, reason = verdict(consents.of(_pairs(job), later))
        if outcome is Verdict.ASK_AGAIN:
            self._ask_again(school_id, job)
        elif outcome is Verdict.REFUSE:
            self._finish(school_id, job, State.NOT_CONSENTED, reason)
        else:
            self._hand_over(school_id, job)

    def _ask_again(self, school_id: uuid.UUID, job: Job) -> None:
        since = job.undecided_since or self._now()
        if self._now() - since >= UNDECIDED_FOR:
            self._finish(school_id, job, State.NOT_CONSENTED, "undecided")
            return
        later = self._now() + UNDECIDED_PAUSE

        def put_back(session: Session) -> None:
            claims.put_back(session, job.delivery_id, State.HELD, "undecided", later, job.attempt - 1, since)

        self._record(school_id, put_back)

    def _hand_over(self, school_id: uuid.UUID, job: Job) -> None:
        sender = f"zhurnal@{self._host()}"
        letter = _letter(job)
        message = write(
            letter,
            job.message.taught_on,
            school=job.school_name,
            diary_url=f"{self._service.settings.public_url}/diary",
            not_me_url=f"{self._service.settings.public_url}/not-me#{self._token(job.delivery_id)}",
            sender=sender,
            recipient=job.address,
            message_id=message_id(
                job.message.kind, job.message.cause_id, job.message.cause_version, job.address, self._host()
            ),
            date=email.utils.format_datetime(self._now()),
        )
        try:
            self._sender.send(message, sender, job.address)
        except RefusedError as error:
            self._refused(school_id, job, error)
            return
        self._finish(school_id, job, State.DONE, "", job.present)
        log.info(
            "mail.handed_over",
            delivery=str(job.delivery_id),
            request_id=job.message.request_id,
            seconds=round((self._now() - job.message.due_at).total_seconds(), 2),
        )

    def _refused(self, school_id: uuid.UUID, job: Job, error: RefusedError) -> None:
        reason = f"relay said {error.code}"
        log.warning("mail.refused", delivery=str(job.delivery_id), code=error.code, attempt=job.attempt)
        if error.permanent or job.attempt >= MOST_ATTEMPTS:
            self._finish(school_id, job, State.FAILED, reason)
            return
        later = self._now() + pause(job.attempt, self._chance)

        def put_back(session: Session) -> None:
            claims.put_back(session, job.delivery_id, State.PENDING, reason, later, job.attempt)

        self._record(school_id, put_back)

    def _after_silence(self) -> dt.datetime:
        """When to try again: 2, 4, … 60 s later."""
        self._silences += 1
        seconds = min(60, 2**self._silences) * (0.75 + self._chance.random() / 2)
        return self._now() + dt.timedelta(seconds=seconds)

    def _put_back_all(
        self, school_id: uuid.UUID, rest: Sequence[Job], state: State, reason: str, later: dt.datetime
    ) -> None:
        """Nobody's fault: attempts are not counted."""

        def put_back(session: Session) -> None:
            for job in rest:
                claims.put_back(session, job.delivery_id, state, reason, later, job.attempt - 1, job.undecided_since)

        self._record(school_id, put_back)

    def _finish(self, school_id: uuid.UUID, job: Job, state: State, reason: str, told: str | None = None) -> None:
        now = self._now()
        self._record(school_id, lambda session: claims.finish(session, job.delivery_id, state, reason, now, told))

    def _record(self, school_id: uuid.UUID, write: Callable[[Session], None]) -> None:
        """Writes down what became of letters, if need be when the database is back.

        What is forgotten waits until its lease is over, and what was handed over is handed over once more.
        """
        until = time.monotonic() + claims.LEASE.total_seconds()
        while True:
            try:
                with self._transaction(school_id) as session:
                    write(session)
            except DATABASE_GONE as error:
                if time.monotonic() >= until:
                    raise
                log.warning("mail.record_waits", error=type(error).__name__)
                time.sleep(RECORD_PAUSE)
            else:
                return

    def _tell_of_later(self, school_id: uuid.UUID) -> None:
        with self._transaction(school_id) as session:
            due = claims.next_due(session)
        if due is not None and due - self._now() < SOON:
            seconds = max(1.0, (due - self._now()).total_seconds() + 0.5)
            tell_again(self._service.database, self._service.name, MAIL_QUEUE, school_id, seconds)

    # --- small things ----------------------------------------------------------------------------------

    def _transaction(self, school_id: uuid.UUID) -> AbstractContextManager[Session]:
        scope = Scope(school_id=school_id, actor=f"service:{self._service.name}")
        return self._service.database.transaction(scope)

    def _token(self, delivery_id: uuid.UUID) -> str:
        """The link's secret: made from the id, so that a letter handed over again carries the same."""
        key = self._service.settings.service_token.encode()
        digest = hmac.digest(key, b"not-me:" + delivery_id.bytes, "sha256")
        return urlsafe_b64encode(digest[:18]).decode()

    def _token_hash(self, delivery_id: uuid.UUID) -> str:
        return hashlib.sha256(self._token(delivery_id).encode()).hexdigest()

    def _host(self) -> str:
        host = urlsplit(self._service.settings.public_url).hostname or "localhost"
        try:
            ipaddress.ip_address(host)
        except ValueError:
            return host
        return "localhost"


def _pairs(job: Job) -> list[Pair]:
    return [(job.message.student_id, guardian_id) for guardian_id in job.guardian_ids]


def _letter(job: Job) -> Letter:
    message = job.message
    if message.kind == "absence":
        return absence_letter(job.child, job.happening, message.taught_on, job.lessons)
    return mark_letter(
        job.child,
        job.happening,
        message.work_type_title,
        message.subject,
        message.taught_on,
        job.known,
        job.present,
    )
