"""The answer of `GET /permissions`, the same in every service: it only draws navigation."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping

import flask
import marshmallow as ma
import orjson

from services.common.arguments import Schema


class PermissionsOut(Schema):
    permissions = ma.fields.Dict(
        keys=ma.fields.String(), values=ma.fields.String(validate=ma.validate.OneOf(["all", "some"]))
    )
    version = ma.fields.String()


def permissions_answer(found: Mapping[str, str]) -> flask.Response:
    """`{"permissions", "version"}` with an ETag; 304 to who knows this version already."""
    version = hashlib.sha256(orjson.dumps(dict(found), option=orjson.OPT_SORT_KEYS)).hexdigest()[:16]
    response = flask.Response(
        orjson.dumps({"permissions": dict(found), "version": version}), mimetype="application/json"
    )
    response.set_etag(version)
    response.headers["Cache-Control"] = "private, no-cache"
    response.make_conditional(flask.request)
    return response
