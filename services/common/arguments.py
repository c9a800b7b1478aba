"""What a request may say: bodies in JSON, parameters of the query; nothing that is not known.

An unknown parameter is refused like an unknown field of a body: a filter with a slip in its name would otherwise
answer with everything.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from typing import Any

import flask
import flask_smorest
import marshmallow as ma
import orjson
from webargs.core import missing
from webargs.flaskparser import FlaskParser
from webargs.multidictproxy import MultiDictProxy
from werkzeug.datastructures import MultiDict
from werkzeug.exceptions import BadRequest, UnsupportedMediaType

from services.common.problems import UnprocessableError, pointer_to
from services.common.text import tidy, tidy_lines

TEXT, LINE, LINES = "text", "line", "lines"
"""Formats of strings in the OpenAPI document: what people typed, the same when it may not be blank, and in several
lines."""

_DIGITS = re.compile(r"-?[0-9]{1,18}")


class Integer(ma.fields.Integer):
    """A whole number: in JSON a number, 1.0 as good as 1, in a query its digits; never a truth, never text."""

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> int:
        in_query = isinstance(data, MultiDictProxy)
        if not (_DIGITS.fullmatch(value) if in_query else _is_whole(value)):
            raise self.make_error("invalid", input=value)
        return super()._deserialize(value, attr, data, **options)


def _is_whole(value: Any) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, float) and value.is_integer()
    )


class Boolean(ma.fields.Boolean):
    """True or false; the library takes 1, "yes" and "off", too."""

    def _deserialize(self, value: Any, *_: Any, **__: Any) -> bool:
        if not isinstance(value, bool):
            raise self.make_error("invalid", input=value)
        return value


class Text(ma.fields.String):
    """Text that people typed: composed, one space between words, no control characters."""

    def __init__(self, longest: int = 200, *, empty: bool = False, **options: Any) -> None:
        self._empty = empty
        # The format says what no pattern can: at least one sign to see, none that cannot be typed.
        super().__init__(
            validate=ma.validate.Length(max=longest), metadata={"format": TEXT if empty else LINE}, **options
        )

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        text = super()._deserialize(value, attr, data, **options)
        try:
            text = tidy(text)
        except ValueError as error:
            raise ma.ValidationError("Contains characters that cannot be typed.") from error
        if not text and not self._empty:
            raise ma.ValidationError("May not be empty.")
        return text


class Lines(ma.fields.String):
    """Text that people typed in several lines: composed, no other control characters, not empty."""

    def __init__(self, longest: int, **options: Any) -> None:
        super().__init__(validate=ma.validate.Length(min=1, max=longest), metadata={"format": LINES}, **options)

    def _deserialize(self, value: Any, attr: str | None, data: Any, **options: Any) -> str:
        try:
            text = tidy_lines(super()._deserialize(value, attr, data, **options))
        except ValueError as error:
            raise ma.ValidationError("Contains characters that cannot be typed.") from error
        if not text:
            raise ma.ValidationError("May not be empty.")
        return text


class Schema(ma.Schema):
    """A schema that refuses what it does not know."""

    class Meta:
        unknown = ma.RAISE


def _refuse_nul(said: Any) -> None:
    """No text may hold the character NUL: PostgreSQL cannot store it. Raises UnprocessableError that says where."""
    found = [
        {"pointer": pointer, "message": "Contains a character that cannot be stored.", "code": "invalid"}
        for pointer in _places_of_nul(said, "")
    ]
    if found:
        raise UnprocessableError(errors=found)


def _places_of_nul(said: Any, pointer: str) -> Iterator[str]:
    if isinstance(said, str) and "\0" in said:
        yield pointer
    elif isinstance(said, Mapping):
        for name, value in said.items():
            yield from _places_of_nul(value, pointer_to(pointer, name))
    elif isinstance(said, list):
        for index, value in enumerate(said):
            yield from _places_of_nul(value, pointer_to(pointer, index))


class _Arguments(FlaskParser):
    def load_json(self, req: flask.Request, schema: ma.Schema) -> Any:
        """The body; `missing` where there is none. Refuses another media type (415) and what is no JSON (400).

        orjson bounds the depth, where the standard library's parser ends in RecursionError, and knows no NaN.
        """
        body = req.get_data(cache=True)
        if not body:
            if schema.fields and not any(field.required for field in schema.fields.values()):
                raise BadRequest("Send what is to change, or {}.")
            return missing
        if not req.is_json:
            raise UnsupportedMediaType("Send the body as JSON, with Content-Type: application/json.")
        try:
            said = orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise BadRequest(f"The body is no JSON: {error}.") from error
        if b"\\u0000" in body:
            _refuse_nul(said)
        return said

    def load_querystring(self, req: flask.Request, schema: ma.Schema) -> Any:
        """The parameters behind the question mark."""
        _refuse_nul(req.args)
        return super().load_querystring(req, schema)

    def load_upload(self, req: flask.Request, schema: ma.Schema) -> Any:
        """A form with files in it, as one set of fields."""
        _refuse_nul(req.form)
        return MultiDictProxy(MultiDict([*req.form.items(multi=True), *req.files.items(multi=True)]), schema)

    __location_map__ = FlaskParser.__location_map__ | {"upload": "load_upload"}


class Blueprint(flask_smorest.Blueprint):
    """Routes whose arguments are read as this module says."""

    ARGUMENTS_PARSER = _Arguments(unknown=None)  # as the schema says, in the query, too
    # The library knows forms and files only apart, and describes both together as what OpenAPI has no word for.
    DEFAULT_LOCATION_CONTENT_TYPE_MAPPING = {"json": "application/json", "upload": "multipart/form-data"}
