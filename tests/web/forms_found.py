"""The forms of a page, as a browser would send them."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

TYPED = frozenset({"text", "search", "email", "tel", "password", "date", "number", "textarea"})


@dataclass
class Form:
    """Where it goes, what it holds, and which of its fields people type into."""

    action: str
    fields: dict[str, str] = field(default_factory=dict)
    typed: list[str] = field(default_factory=list)

    def filled(self, text: str) -> dict[str, str]:
        """Everything as it stands, and `text` in whatever is typed."""
        return self.fields | dict.fromkeys(self.typed, text)


class _Forms(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.found: list[Form] = []
        self._path = path
        self._open: Form | None = None
        self._select = ""

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attributes}
        if tag == "form" and given.get("method", "").lower() == "post":
            self._open = Form(given.get("action") or self._path)
            self.found.append(self._open)
        if self._open is None:
            return
        name = given.get("name", "")
        kind = given.get("type", "text") if tag == "input" else tag
        if name and kind in TYPED:
            self._open.typed.append(name)
        elif name and tag in ("input", "button") and kind not in ("file", "checkbox"):
            self._open.fields.setdefault(name, given.get("value", ""))
        self._select = name if tag == "select" else self._select
        if tag == "option" and self._select:
            self._open.fields.setdefault(self._select, given.get("value", ""))

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self._open = None
        if tag == "select":
            self._select = ""


def forms_of(html: str, path: str) -> list[Form]:
    """The forms that are posted from the page at `path`."""
    reader = _Forms(path)
    reader.feed(html)
    return reader.found
