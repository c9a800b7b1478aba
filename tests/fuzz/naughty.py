"""Text that has broken software before, and every place of a service's document where text may be said."""

from __future__ import annotations

import copy
import unicodedata
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

MARKUP = "<script>alert(1)</script>"
STRINGS: Mapping[str, str] = {
    "NUL": "a\0b",
    "control characters": "a\x01\x1b[31m\x7fb",
    "line ends": "a\r\nBcc: x@example.org",
    "blank": " \t\u00a0 ",
    "lone surrogate": "a\ud800b",
    "noncharacter": "a\uffffb",
    "unassigned": "a\u0378b",
    "bidirectional": "\u202eabc\u2066\u200f",
    "invisible": "a\u200b\u2060\ufeffb",
    "emoji": "👩‍👩‍👧 и 🏳️‍🌈",
    "decomposed": "и\u0306од е\u0308ж",
    "many marks": "e" + "\u0301" * 30,
    "SQL": "'; DROP TABLE person;--",
    "markup": MARKUP,
    "attribute": "\" onmouseover=\"alert(1)' x='",
    "template": "{{7*7}}{% raw %}${7*7}",
    "formula": '=HYPERLINK("http://example.org";"x")',
    "format": "%s%n%00 {0} \\u0000",
    "path": "../../etc/passwd",
    "word": "null",
    "almost digits": "²³",
    "many digits": "9" * 10_000,
    "ten thousand": "щ" * 10_000,
}

_EMAIL, _PHONE, _DAY = "naughty@example.org", "+79000000000", "2026-11-20"
_FORMATS = {"email": _EMAIL, "phone": _PHONE, "date": _DAY, "line": "Слово", "text": "Слово", "lines": "Слово"}
_SAID_OTHERWISE = ("uuid", "date", "email", "phone", "binary")

_GOES_WITH = {
    "comment": "line_item_id",
    "third_party_name": "third_party_address",
    "third_party_address": "third_party_name",
}
"""A mark's comment needs the mark's place, which the schema leaves to choose; a third party is named whole."""


def tidied(text: str) -> str:
    """As text that people typed is kept: composed, one space between words."""
    return " ".join(unicodedata.normalize("NFC", text).split())


def tidied_lines(text: str) -> str:
    """As text of several lines is kept."""
    composed = unicodedata.normalize("NFC", text).replace("\r\n", "\n")
    return "\n".join(line.rstrip() for line in composed.split("\n")).strip("\n")


@dataclass(frozen=True)
class Place:
    """A text field of the body of an operation."""

    method: str
    path: str
    pointer: str
    body: Any
    """Good as a whole, with some word in the place."""
    long: bool = False
    """Takes texts of several lines, and of any length that these strings have."""

    def with_text(self, text: str) -> Any:
        """The body with `text` in the place."""
        body = copy.deepcopy(self.body)
        target: Any = body
        *before, last = [_key(part) for part in self.pointer.strip("/").split("/")]
        for key in before:
            target = target[key]
        target[last] = text
        return body

    @property
    def name(self) -> str:
        """The field's own name."""
        return next(part for part in reversed(self.pointer.split("/")) if not part.isdigit())

    def __str__(self) -> str:
        return f"{self.method} {self.path} {self.pointer}"


def _key(part: str) -> int | str:
    return int(part) if part.isdigit() else part


def places(document: Any, ids: Mapping[str, Sequence[Any]]) -> Iterator[Place]:
    """Every text field of every JSON body that `document` describes."""
    builder = _Builder(document["components"]["schemas"], ids)
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            if method == "parameters":
                continue
            content = operation.get("requestBody", {}).get("content", {})
            if "application/json" in content:
                schema = content["application/json"]["schema"]
                for pointer, form in builder.texts(schema, ""):
                    body = builder.body(schema, pointer.split("/")[1:])
                    yield Place(method.upper(), path, pointer, body, form == "lines")


class _Builder:
    """Bodies from schemas: what must be said, and what leads to one field."""

    def __init__(self, schemas: Mapping[str, Any], ids: Mapping[str, Sequence[Any]]) -> None:
        self._schemas = schemas
        self._ids = ids

    def texts(self, schema: Any, pointer: str) -> Iterator[tuple[str, str]]:
        """Pointers to all fields that hold text of nobody's choosing, each with its format."""
        schema = self._whole(schema)
        form = schema.get("format", "")
        if "string" in _types(schema) and "enum" not in schema and form not in _SAID_OTHERWISE:
            yield pointer, form
        for name, inner in schema.get("properties", {}).items():
            yield from self.texts(inner, f"{pointer}/{name}")
        if "items" in schema:
            yield from self.texts(schema["items"], f"{pointer}/0")

    def body(self, schema: Any, way: Sequence[str], name: str = "") -> Any:
        """A value that the schema allows, with everything on the way to a field."""
        schema = self._whole(schema)
        types = _types(schema)
        if "object" in types:
            members = schema.get("properties", {})
            besides = [_GOES_WITH[one] for one in way[:1] if _GOES_WITH.get(one) in members]
            wanted = [*schema.get("required", ()), *besides, *way[:1]]
            return {one: self.body(members[one], way[1:] if way[:1] == [one] else [], one) for one in wanted}
        if "array" in types:
            return [self.body(schema.get("items", {}), way[1:], name.removesuffix("s"))]
        if schema.get("format") == "uuid":
            return next(iter(self._ids.get(name, ())), str(uuid.uuid4()))
        if "enum" in schema:
            return schema["enum"][0]
        if "null" in types and not way:
            return None
        if "integer" in types or "number" in types:
            return schema.get("minimum", 1)
        if "boolean" in types:
            return True
        known = next(iter(self._ids.get(name, ())), "слово")
        return _FORMATS.get(schema.get("format", ""), known)

    def _whole(self, schema: Any) -> Any:
        if "$ref" in schema:
            return self._schemas[schema["$ref"].rpartition("/")[2]]
        if "anyOf" in schema:
            return self._whole(schema["anyOf"][0])
        return schema


def _types(schema: Any) -> Sequence[str]:
    said = schema.get("type", ())
    return [said] if isinstance(said, str) else list(said)


def values_of(name: str, answer: Any) -> Iterator[Any]:
    """Everything that an answer says under `name`, however deep."""
    if isinstance(answer, Mapping):
        if name in answer:
            yield answer[name]
        for inner in answer.values():
            yield from values_of(name, inner)
    if isinstance(answer, list):
        for inner in answer:
            yield from values_of(name, inner)
