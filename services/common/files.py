"""A store of files by content: `<data>/files/<service>/<school>/<kind>/<sha256>`, written whole or not at all.

Nothing is shared across schools, and a file never changes: who holds its name holds its content.
"""

from __future__ import annotations

import errno
import hashlib
import os
import re
import uuid
from pathlib import Path

_DIGEST = re.compile(r"[0-9a-f]{64}")


class StoreFullError(Exception):
    """The disk has no room; nothing was written."""


class FileStore:
    """The files of one kind that a service keeps, by school. Folders 0700, files 0600."""

    def __init__(self, data: Path, service: str, kind: str) -> None:
        self._data = data
        self._root = data / "files" / service
        self._kind = kind

    def put(self, school_id: uuid.UUID, content: bytes) -> str:
        """Keeps `content`; its SHA-256 (hex), by which it is found. Raises StoreFullError."""
        digest = hashlib.sha256(content).hexdigest()
        path = self._path(school_id, digest)
        if path.exists():
            return digest
        temporary = path.with_name(f".{digest}.{uuid.uuid4().hex}")
        try:
            self._make_folder(path.parent)
            descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(descriptor, "wb") as file:
                file.write(content)
                file.flush()
                os.fsync(file.fileno())
            temporary.rename(path)
        except OSError as error:
            temporary.unlink(missing_ok=True)
            if error.errno in (errno.ENOSPC, errno.EDQUOT):
                raise StoreFullError from error
            raise
        return digest

    def get(self, school_id: uuid.UUID, digest: str) -> bytes:
        """The content. Raises FileNotFoundError."""
        return self._path(school_id, digest).read_bytes()

    def remove(self, school_id: uuid.UUID, digest: str) -> None:
        """Lets go of a file, if it is there."""
        self._path(school_id, digest).unlink(missing_ok=True)

    def _make_folder(self, folder: Path) -> None:
        """With all above it up to the data folder, each for this user alone."""
        if folder != self._data:
            self._make_folder(folder.parent)
            folder.mkdir(mode=0o700, exist_ok=True)

    def _path(self, school_id: uuid.UUID, digest: str) -> Path:
        if not _DIGEST.fullmatch(digest):
            raise ValueError("a file is named by its SHA-256")
        return self._root / str(school_id) / self._kind / digest
