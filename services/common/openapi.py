"""What the OpenAPI document says of every route alike: who may ask, and with which problems it may be refused.

A route declares its permission, its arguments and its good answer; the rest follows from those, so that no route
can forget it and a client can rely on the list.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from http import HTTPStatus
from typing import Any

import marshmallow as ma
from apispec import APISpec, BasePlugin
from apispec.ext.marshmallow import MarshmallowPlugin

from services.common.policy import PUBLIC

PROBLEM_TYPE = "application/problem+json"
BEARER, SERVICE = "bearer", "service"
INTERNAL = "internal: "
"""How the permission of a route for other services begins."""

WITHOUT_NUL = r"^[^\u0000]*$"
"""Of strings that are not told by anything else: PostgreSQL stores every character but this."""

_SCHEMA = {
    "type": "object",
    "required": ["type", "title", "status"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {"type": "string"},
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["pointer", "message", "code"],
                "properties": {
                    "pointer": {"type": "string"},
                    "message": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
    },
}
IF_MATCH = {"description": "The ETag that was read.", "schema": {"type": "string", "pattern": r'^"[!#-~]+"$'}}
_OWN_PARAMETERS = {"IF_MATCH": "IfMatch"}
"""In the place of flask-smorest's, which say less: a version is one tag in quotes."""
_STATUSES = (400, 401, 403, 404, 409, 412, 413, 415, 422, 428, 429, 503)


class Routes(BasePlugin):
    """Completes each operation; `permission_of(endpoint)` is what the view declared."""

    def __init__(self, permission_of: Callable[[str], str]) -> None:
        self._permission_of = permission_of

    def init_spec(self, spec: APISpec) -> None:
        spec.components.schema("Problem", _SCHEMA)
        for status in _STATUSES:
            content = {PROBLEM_TYPE: {"schema": {"$ref": "#/components/schemas/Problem"}}}
            described = {"description": HTTPStatus(status).phrase, "content": content}
            spec.components.response(f"Problem{status}", described, lazy=True)
        spec.components.security_scheme(BEARER, {"type": "http", "scheme": "bearer"})
        spec.components.parameter("IfMatch", "header", IF_MATCH | {"name": "If-Match", "required": True}, lazy=True)
        description = "`<name> <token>` of the service that asks."
        spec.components.security_scheme(
            SERVICE, {"type": "apiKey", "in": "header", "name": "Zhurnal-Service", "description": description}
        )

    def operation_helper(
        self, path: str | None = None, operations: dict[str, Any] | None = None, **more: Any
    ) -> None:
        permission = self._permission_of(more["rule"].endpoint)
        for method, operation in (operations or {}).items():
            named = operation.get("parameters", ())
            operation["parameters"] = [_OWN_PARAMETERS.get(str(parameter), parameter) for parameter in named]
            if permission != PUBLIC:
                operation["security"] = [{SERVICE if permission.startswith(INTERNAL) else BEARER: []}]
            responses = operation["responses"]
            said = {int(status) for status in responses if int(status) >= 400}
            for status in sorted(said | refusals(method, path or "", permission, operation)):
                responses[status] = f"Problem{status}"


def refusals(method: str, path: str, permission: str, operation: Mapping[str, Any]) -> set[int]:
    """Statuses of the problems that may answer an operation, by what it takes and who may ask."""
    found = {429, 503}
    if permission != PUBLIC:
        found |= {401, 403}
    if "{" in path or operation.get("parameters"):
        found |= {404}
    if operation.get("parameters") or "requestBody" in operation:
        found |= {422}
    if "requestBody" in operation:
        found |= {400, 404, 413, 415}
    if method != "get":
        found |= {409}
    return found


def describe_fields(plugin: MarshmallowPlugin) -> None:
    """Says of fields what the library leaves out: bounds of decimals as numbers, decimals as text, tuples; and that
    no text may hold NUL."""
    converter = plugin.converter
    assert converter is not None

    def own(_converter: object, field: ma.fields.Field[Any], ret: Mapping[str, Any], **_: Any) -> dict[str, Any]:
        found: dict[str, Any] = {name: float(value) for name, value in ret.items() if isinstance(value, Decimal)}
        if isinstance(field, ma.fields.Decimal) and field.as_string:
            found |= {"type": "string"}
        if isinstance(field, ma.fields.String) and not ret.keys() & {"format", "pattern", "enum"}:
            found["pattern"] = WITHOUT_NUL
        if isinstance(field, ma.fields.Tuple):
            members = [converter.field2property(member) for member in field.tuple_fields]
            size, alike = len(members), all(member == members[0] for member in members)
            found |= {"type": "array", "items": members[0] if alike else {}, "minItems": size, "maxItems": size}
        return found

    converter.add_attribute_function(own)  # type: ignore[no-untyped-call]
