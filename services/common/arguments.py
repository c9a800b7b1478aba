"""What a request may say: bodies in JSON, parameters of the query; nothing that is not known.

An unknown parameter is refused like an unknown field of a body: a filter with a slip in its name would otherwise
answer with everything.
"""

from __future__ import annotations

from typing import Any

import flask
import flask_smorest
import marshmallow as ma
import orjson
import webargs.fields
from webargs.core import missing
from webargs.flaskparser import FlaskParser
from werkzeug.exceptions import BadRequest, UnsupportedMediaType


class Schema(ma.Schema):
    """A schema that refuses what it does not know."""

    class Meta:
        unknown = ma.RAISE


class DigestQuestion(Schema):
    """What a consumer asks that compares its copy: of which school, and of which fields of the payload."""

    school = ma.fields.UUID(required=True)
    fields_ = webargs.fields.DelimitedList(ma.fields.String(), required=True, data_key="fields")


class _Arguments(FlaskParser):
    def load_json(self, req: flask.Request, schema: ma.Schema) -> Any:  # noqa: ARG002 - the library's signature
        """The body; `missing` where there is none. Refuses another media type (415) and what is no JSON (400).

        orjson bounds the depth, where the standard library's parser ends in RecursionError, and knows no NaN.
        """
        body = req.get_data(cache=True)
        if not body:
            return missing
        if not req.is_json:
            raise UnsupportedMediaType("Send the body as JSON, with Content-Type: application/json.")
        try:
            return orjson.loads(body)
        except orjson.JSONDecodeError as error:
            raise BadRequest(f"The body is no JSON: {error}.") from error


class Blueprint(flask_smorest.Blueprint):
    """Routes whose arguments are read as this module says."""

    ARGUMENTS_PARSER = _Arguments(unknown=None)  # as the schema says, in the query, too
