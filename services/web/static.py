"""Static files under one hash of all of them: cached for ever, since a change of any changes the address of all.

One hash, not one per file, so that modules import each other by relative paths without a build.
"""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from pathlib import Path

FOLDER = Path(__file__).parent / "static"

_TYPES = {
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".svg": "image/svg+xml",
    ".webmanifest": "application/manifest+json",
}


@dataclass(frozen=True)
class StaticFile:
    """A file as it is sent."""

    content: bytes
    zipped: bytes
    mimetype: str


@dataclass(frozen=True)
class StaticFiles:
    """Every static file by its path below the hash."""

    digest: str
    files: dict[str, StaticFile]

    def url(self, name: str) -> str:
        """The address of a file. Raises KeyError for one that is not there, so that no page links into nothing."""
        self.files[name]
        return f"/static/{self.digest}/{name}"


def read_static_files(folder: Path = FOLDER) -> StaticFiles:
    """Reads and compresses the folder once, at start."""
    digest = hashlib.sha256()
    files: dict[str, StaticFile] = {}
    for path in sorted(path for path in folder.rglob("*") if path.suffix in _TYPES):
        name, content = path.relative_to(folder).as_posix(), path.read_bytes()
        digest.update(name.encode() + b"\0" + hashlib.sha256(content).digest())
        files[name] = StaticFile(content, gzip.compress(content, 9, mtime=0), _TYPES[path.suffix])
    return StaticFiles(digest.hexdigest()[:16], files)
