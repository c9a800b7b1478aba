"""Questions of a consumer to its sources, over HTTP."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from typing import Any

from services.common.clients import InternalClient
from services.common.events.comparing import AskDigest
from services.common.events.rebuilding import AskState

ANSWER_SECONDS = 20.0
"""For a digest a source reads a school's whole register; nobody waits for these answers but a worker."""


def state_of_sources(client: InternalClient) -> AskState:
    """Asks a source for a page of its state over HTTP."""

    def ask(source: str, kind: str, cursor: str | None, school_id: uuid.UUID | None = None) -> Any:
        given = {"cursor": cursor, "school": school_id}
        parameters = {name: str(value) for name, value in given.items() if value is not None}
        return client.get(source, f"/internal/{source}/v1/state/{kind}", ANSWER_SECONDS, **parameters)

    return ask


def digest_of_sources(client: InternalClient) -> AskDigest:
    """Asks a source over HTTP for the digest of a school's state."""

    def ask(source: str, kind: str, school_id: uuid.UUID, fields: Sequence[str]) -> Any:
        path = f"/internal/{source}/v1/digest/{kind}"
        return client.get(source, path, ANSWER_SECONDS, school=str(school_id), fields=",".join(fields))

    return ask
