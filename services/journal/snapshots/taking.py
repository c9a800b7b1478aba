"""Takes a snapshot: reads at one moment, keeps what was read as a file that is named by its content."""

from __future__ import annotations

import gzip
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy.orm import Session

from services.common.db import Scope
from services.common.files import FileStore
from services.common.service import Service
from services.journal.snapshots.queries import class_year

KINDS: Mapping[str, Callable[[Session, uuid.UUID], dict[str, Any] | None]] = {"class_year": class_year}
"""What a snapshot may be of, by kind; the id names its object."""


@dataclass(frozen=True)
class Taken:
    """A snapshot that lies in the store."""

    sha256: str
    as_of: str
    """RFC 3339: the last change among what was read."""


def snapshot_store(service: Service) -> FileStore:
    return FileStore(service.settings.data, "journal", "snapshots")


def take(service: Service, school_id: uuid.UUID, kind: str, object_id: uuid.UUID) -> Taken | None:
    """Reads and keeps; None where the school has no such object. The same facts make the same file.

    Raises StoreFullError.
    """
    scope = Scope(school_id=school_id, actor="service:journal")
    with service.database.snapshot(scope) as session:
        document = KINDS[kind](session, object_id)
    if document is None:
        return None
    plain = orjson.dumps(document, option=orjson.OPT_SORT_KEYS)
    sha256 = snapshot_store(service).put(school_id, gzip.compress(plain, mtime=0))
    return Taken(sha256, orjson.loads(orjson.dumps(document["as_of"])))
