"""Asking, just before a letter is handed over, whether it may go."""

from __future__ import annotations

import time
import uuid
from collections.abc import Callable, Iterable, Sequence

from services.common.clients import InternalClient
from services.notifications.messages.rules import Consent

FRESH_SECONDS = 4.0
PATIENT_SECONDS = 5.0
"""Nobody sits before a letter that is about to go: better to wait for a busy service than to put the letter off."""

Pair = tuple[uuid.UUID, uuid.UUID]
"""(pupil, guardian)."""


class Consents:
    """Answers of accounts and journal about one school, each good for four seconds from asking."""

    def __init__(
        self,
        client: InternalClient,
        school_id: uuid.UUID,
        monotonic: Callable[[], float] = time.monotonic,
    ) -> None:
        self._client = client
        self._school_id = school_id
        self._monotonic = monotonic
        self._answers: dict[Pair, tuple[float, Consent]] = {}

    def of(self, pairs: Sequence[Pair], later: Iterable[Pair]) -> list[Consent]:
        """Answers for `pairs`; when one has to be asked, so are those of `later`. Raises ServiceSilentError."""
        if not all(self._is_fresh(pair) for pair in pairs):
            self._ask({pair for pair in (*pairs, *later) if not self._is_fresh(pair)})
        return [self._answers[pair][1] for pair in pairs]

    def _is_fresh(self, pair: Pair) -> bool:
        found = self._answers.get(pair)
        return found is not None and self._monotonic() - found[0] < FRESH_SECONDS

    def _ask(self, pairs: set[Pair]) -> None:
        asked_at = self._monotonic()
        question = {
            "school_id": str(self._school_id),
            "pairs": [[str(student), str(person)] for student, person in sorted(pairs)],
        }
        guarded = self._client.post("journal", "/internal/journal/v1/guards", question, PATIENT_SECONDS)
        stand = {(uuid.UUID(student), uuid.UUID(person)) for student, person in guarded["pairs"]}
        answer = self._client.post(
            "accounts", "/internal/accounts/v1/access", {**question, "purpose": "mail"}, PATIENT_SECONDS
        )
        for found in answer["answers"]:
            pair = (uuid.UUID(found["student_id"]), uuid.UUID(found["person_id"]))
            consent = Consent(found["outcome"], found["reason"], pair in stand)
            self._answers[pair] = (asked_at, consent)
