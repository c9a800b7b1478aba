"""Who a bearer is: asked of accounts, kept four seconds, never rested on longer than one may.

The answer about a token is cached per process under the token's SHA-256. When accounts is silent, the last
answer serves up to a minute, but not for what rests on a consent: `Identity.diary_students` of an old answer
raises, and the caller is told 503.
"""

from __future__ import annotations

import hashlib
import threading
import time
import uuid
from collections import OrderedDict
from collections.abc import Callable, Mapping
from contextvars import ContextVar
from dataclasses import dataclass, replace
from typing import Any

from services.common.problems import UnavailableError

FRESH_SECONDS = 4.0
STALE_SECONDS = 60.0
_ENTRIES = 10_000
AGAIN_SECONDS = 1.0
"""So old may an answer be on which a refusal rests."""


polling: ContextVar[bool] = ContextVar("polling", default=False)
"""Whether the present request is a page's own polling, which keeps no session alive."""


class ServiceSilentError(Exception):
    """Another service gave no answer in time."""


@dataclass(frozen=True)
class Role:
    """A role of the institution: director, deputy, administrator, secretary or medic."""

    kind: str
    classes: frozenset[uuid.UUID] | None = None
    """Classes it is limited to; None: the whole school."""
    directions: frozenset[str] | None = None


@dataclass(frozen=True)
class Identity:
    """The person behind a token, in one school."""

    account_id: uuid.UUID
    person_id: uuid.UUID
    school_id: uuid.UUID
    kinds: frozenset[str]
    """staff, student, guardian; empty while the register has not told."""
    roles: tuple[Role, ...]
    session_kind: str
    consented: frozenset[uuid.UUID]
    """Pupils whose diary this person may read by consent; read it through `diary_students`."""
    withheld: frozenset[str] = frozenset()
    """Kinds of roles this person holds that count only once there is a second factor; `roles` is without them."""
    fresh: bool = True

    @property
    def diary_students(self) -> frozenset[uuid.UUID]:
        """Pupils whose diary this person may read by consent. Raises UnavailableError on an old answer."""
        if not self.fresh:
            raise UnavailableError("Consent cannot be checked just now.", retry_after=5)
        return self.consented

    def has_role(self, *kinds: str) -> bool:
        return any(role.kind in kinds for role in self.roles)

    @property
    def scope(self) -> frozenset[uuid.UUID]:
        """Classes that some role of this person is limited to."""
        return frozenset().union(*(role.classes or () for role in self.roles))


def token_digest(token: str) -> str:
    """SHA-256 of a token, hex: all that is ever stored of it."""
    return hashlib.sha256(token.encode()).hexdigest()


def looks_like_token(token: str) -> bool:
    """Whether a bearer is worth a question."""
    return token.startswith("zh_") and 40 <= len(token) <= 60 and token.isascii()


def identity_from(answer: Mapping[str, Any]) -> Identity:
    """Reads the introspection answer of accounts."""
    return Identity(
        account_id=uuid.UUID(answer["account"]),
        person_id=uuid.UUID(answer["person"]),
        school_id=uuid.UUID(answer["school"]),
        kinds=frozenset(answer["kinds"]),
        session_kind=answer["session_kind"],
        roles=tuple(
            Role(
                kind=role["kind"],
                classes=_ids(role.get("classes")),
                directions=None if role.get("directions") is None else frozenset(role["directions"]),
            )
            for role in answer["roles"]
        ),
        consented=frozenset(uuid.UUID(student) for student in answer["diary_students"]),
        withheld=frozenset(answer.get("withheld_roles", ())),
    )


def _ids(values: list[str] | None) -> frozenset[uuid.UUID] | None:
    return None if values is None else frozenset(uuid.UUID(value) for value in values)


@dataclass
class _Entry:
    identity: Identity | None
    asked_at: float


class Authenticator:
    """Tokens to identities, through `ask(token)`, which answers None for an unknown token
    and raises ServiceSilentError when accounts does not answer."""

    def __init__(
        self, ask: Callable[[str], Identity | None], monotonic: Callable[[], float] = time.monotonic
    ) -> None:
        self._ask = ask
        self._monotonic = monotonic
        self._entries: OrderedDict[str, _Entry] = OrderedDict()
        self._lock = threading.Lock()
        self._asking: dict[str, threading.Lock] = {}

    def identify(self, token: str) -> Identity | None:
        """The bearer, None when unknown. Raises UnavailableError when nobody can tell."""
        if not looks_like_token(token):
            return None
        return self._answer(token, FRESH_SECONDS)

    def identify_again(self, token: str) -> Identity | None:
        """As `identify`, but an answer older than a second is asked anew: before a refusal is spoken."""
        if not looks_like_token(token):
            return None
        return self._answer(token, AGAIN_SECONDS)

    def forget(self, token: str) -> None:
        """Drops what is remembered of a token that has just ended."""
        with self._lock:
            self._entries.pop(token_digest(token), None)

    def _answer(self, token: str, young: float) -> Identity | None:
        key = token_digest(token)
        with self._lock:
            entry = self._entries.get(key)
            if entry is not None and self._monotonic() - entry.asked_at < young:
                return entry.identity
            gate = self._asking.setdefault(key, threading.Lock())
        with gate:
            with self._lock:
                newer = self._entries.get(key)
            if newer is not None and newer is not entry and self._monotonic() - newer.asked_at < young:
                return newer.identity
            asked_at = self._monotonic()
            try:
                identity = self._ask(token)
            except ServiceSilentError:
                return self._last_answer(entry)
            finally:
                with self._lock:
                    self._asking.pop(key, None)
            with self._lock:
                self._entries[key] = _Entry(identity, asked_at)
                self._entries.move_to_end(key)
                while len(self._entries) > _ENTRIES:
                    self._entries.popitem(last=False)
            return identity

    def _last_answer(self, entry: _Entry | None) -> Identity | None:
        age = self._monotonic() - entry.asked_at if entry else STALE_SECONDS
        if entry is None or entry.identity is None or age >= STALE_SECONDS:
            raise UnavailableError("Who you are cannot be checked just now.", retry_after=5)
        return replace(entry.identity, fresh=age < FRESH_SECONDS)
