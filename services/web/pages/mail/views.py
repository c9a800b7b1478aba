"""The mail page of the demonstration, and "this letter is not for me"."""

from __future__ import annotations

import email
import email.policy
from dataclasses import dataclass
from datetime import datetime
from email.message import EmailMessage
from email.utils import parsedate_to_datetime
from pathlib import Path
from urllib.parse import quote

import flask

from services.web.clients import ApiError
from services.web.config import WebSettings
from services.web.person import Person, ask, person, public, signed_in

page = flask.Blueprint("mail", __name__)

_NEWEST = 100


@dataclass(frozen=True)
class Letter:
    """A mail in the sink."""

    name: str
    to: str
    subject: str
    sent_at: datetime | None
    text: str


def mail_page(viewer: Person | None) -> bool:
    """Whether this person may look into the sink: the demonstration's administrator alone."""
    settings: WebSettings = flask.current_app.extensions["web.settings"]
    return (
        settings.environment == "demo"
        and viewer is not None
        and viewer.may("CREDENTIALS_ISSUE")
        and viewer.may("SETUP_WRITE")
    )


@page.get("/demo/mail")
@signed_in
def mailbox() -> flask.typing.ResponseReturnValue:
    if not mail_page(person()):
        flask.abort(404)
    settings: WebSettings = flask.current_app.extensions["web.settings"]
    letters = newest(settings.mail)
    wanted = flask.request.args.get("letter")
    shown = next((letter for letter in letters if letter.name == wanted), letters[0] if letters else None)
    return flask.render_template("pages/mail/page.html", letters=letters, shown=shown, section="mail")


@page.route("/not-me/<token>", methods=["GET", "POST"])
@public
def not_me(token: str) -> flask.typing.ResponseReturnValue:
    """Looking changes nothing: mail scanners follow links."""
    done = flask.request.method == "POST"
    if done:
        try:
            ask("notifications", "POST", f"/not-me/{quote(token, safe='')}")
        except ApiError as error:
            if error.status not in (404, 409, 410):
                raise
            # An old link and a wrong one look the same, so that nobody learns which addresses exist.
    return flask.render_template("pages/mail/not_me.html", done=done)


def newest(folder: Path) -> list[Letter]:
    """The latest letters of a Maildir, newest first."""
    found = sorted(
        (path for part in ("new", "cur") for path in (folder / part).glob("*")),
        key=lambda path: path.stat().st_mtime,
        reverse=True,
    )
    return [_letter(path) for path in found[:_NEWEST]]


def _letter(path: Path) -> Letter:
    message = email.message_from_bytes(path.read_bytes(), policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    body = message.get_body(("plain", "html"))
    sent = message["Date"]
    return Letter(
        name=path.name,
        to=str(message["To"] or ""),
        subject=str(message["Subject"] or ""),
        sent_at=parsedate_to_datetime(str(sent)) if sent else None,
        text=body.get_content().strip() if body else "",
    )
