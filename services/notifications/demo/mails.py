"""Reading the sink's Maildir."""

from __future__ import annotations

import datetime as dt
import email
import email.policy
import re
from dataclasses import dataclass
from email.message import EmailMessage
from pathlib import Path

MOST_SHOWN = 100
_NAME = re.compile(r"[A-Za-z0-9_.,=:+-]{1,200}")


@dataclass(frozen=True)
class CaughtMail:
    """A letter that the sink took."""

    id: str
    at: dt.datetime
    to: str
    subject: str
    text: str
    html: str


def caught_mails(folder: Path) -> list[CaughtMail]:
    """The newest letters first."""
    files = [path for part in ("new", "cur") for path in (folder / part).glob("*") if path.is_file()]
    newest = sorted(files, key=lambda path: path.stat().st_mtime_ns, reverse=True)[:MOST_SHOWN]
    return [_parse(path) for path in newest]


def caught_mail(folder: Path, mail_id: str) -> CaughtMail | None:
    """One letter by the name of its file."""
    if not _NAME.fullmatch(mail_id) or mail_id.startswith("."):
        return None
    for part in ("new", "cur"):
        path = folder / part / mail_id
        if path.is_file():
            return _parse(path)
    return None


def _parse(path: Path) -> CaughtMail:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return CaughtMail(
        id=path.name,
        at=dt.datetime.fromtimestamp(path.stat().st_mtime, dt.UTC),
        to=str(message["To"]),
        subject=str(message["Subject"]),
        text=_body(message, "plain"),
        html=_body(message, "html"),
    )


def _body(message: EmailMessage, kind: str) -> str:
    part = message.get_body((kind,))
    return str(part.get_content()) if part is not None else ""
