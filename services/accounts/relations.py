"""What a person teaches, leads and guards today: asked of journal, kept four seconds, never longer."""

from __future__ import annotations

import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass

from services.common.clients import InternalClient
from services.common.identity import Identity, ServiceSilentError
from services.common.problems import UnavailableError

_FRESH_SECONDS = 4.0
_ENTRIES = 5_000


@dataclass(frozen=True)
class Relations:
    teaches: frozenset[uuid.UUID] = frozenset()
    """Courses."""
    leads: frozenset[uuid.UUID] = frozenset()
    """Classes."""
    guards: frozenset[uuid.UUID] = frozenset()
    """Pupils."""


def needs_leads(identity: Identity) -> bool:
    """Whether journal must be asked which classes the viewer leads: staff without a role over all."""
    return "staff" in identity.kinds and not identity.has_role("administrator")


class RelationsCache:
    """Answers of journal, by school and person."""

    def __init__(self, client: InternalClient, monotonic: Callable[[], float] = time.monotonic) -> None:
        self._client = client
        self._monotonic = monotonic
        self._entries: OrderedDict[tuple[uuid.UUID, uuid.UUID], tuple[float, Relations]] = OrderedDict()
        self._lock = threading.Lock()

    def of(self, school_id: uuid.UUID, person_id: uuid.UUID) -> Relations:
        """Relations of today. Raises UnavailableError when journal is silent."""
        key = (school_id, person_id)
        with self._lock:
            entry = self._entries.get(key)
        if entry is not None and self._monotonic() - entry[0] < _FRESH_SECONDS:
            return entry[1]
        asked_at = self._monotonic()
        try:
            answer = self._client.post(
                "journal",
                "/internal/journal/v1/relations",
                {"school_id": str(school_id), "person_id": str(person_id)},
            )
        except ServiceSilentError as error:
            raise UnavailableError("The journal does not answer just now.", retry_after=5) from error
        relations = Relations(
            **{name: frozenset(uuid.UUID(value) for value in answer[name]) for name in ("teaches", "leads", "guards")}
        )
        with self._lock:
            self._entries[key] = (asked_at, relations)
            self._entries.move_to_end(key)
            while len(self._entries) > _ENTRIES:
                self._entries.popitem(last=False)
        return relations
