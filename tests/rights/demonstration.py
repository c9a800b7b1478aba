"""The mail sink, whose routes are there in the demonstration only."""

from __future__ import annotations

import contextlib
import mailbox
from collections.abc import Iterator
from dataclasses import replace

from tests.rights.cast import Cast


@contextlib.contextmanager
def demonstration(cast: Cast) -> Iterator[None]:
    """The suite as a demonstration, for as long as one request takes."""
    service = cast.suite.services["notifications"]
    before = service.settings
    service.settings = replace(before, environment="demo")
    try:
        yield
    finally:
        service.settings = before


def catch_letter(cast: Cast) -> None:
    """A letter lies in the sink."""
    sink = mailbox.Maildir(cast.suite.services["notifications"].settings.data / "mail")
    cast.ids["caught"] = sink.add("To: guardian@example.org\r\nSubject: -\r\n\r\n-")
