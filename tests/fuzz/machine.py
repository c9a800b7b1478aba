"""Schemathesis over one service in this process: what its OpenAPI document allows and forbids, as one role.

The document is the service's own, so that a new route is covered by being there. Ids that exist reach paths, queries
and bodies by the names of their parameters.
"""

from __future__ import annotations

import datetime as dt
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import orjson
import schemathesis
from hypothesis import strategies as st
from schemathesis import engine
from schemathesis.config import SchemathesisConfig
from schemathesis.engine.events import NonFatalError, ScenarioFinished
from schemathesis.transport.wsgi import WSGI_TRANSPORT, WSGITransport
from werkzeug.test import Client

from services.common.arguments import LINE, LINES, TEXT
from tests.fuzz.front import Front
from tests.support.suite import TOKENS

SEED = int(os.environ.get("ZHURNAL_FUZZ_SEED", "1"))
"""Another number finds other requests; a failure says with which it was found."""
REAL = 0.9
"""Of ids so many are of something that exists."""

# Of every length about which a field may be strict; drawn whole, for building each of them up takes half a minute.
_LINES = [
    "Ю",
    "о́",
    "日本",
    "a'b\"c<d>",
    "😀 и слова",
    *("а" * (near + by) for near in (40, 100, 200, 300, 500) for by in (-1, 0, 1)),
]
schemathesis.openapi.format("text", st.sampled_from(["", *_LINES]))
schemathesis.openapi.format("line", st.sampled_from(_LINES))
schemathesis.openapi.format("lines", st.sampled_from([*_LINES, "# Раз\n\n* два\n* три"]))
schemathesis.openapi.format("phone", st.from_regex(r"\+7900[0-9]{7}", fullmatch=True))
schemathesis.openapi.format("email", st.from_regex(r"[a-z]{1,9}@example\.(org|com)", fullmatch=True))
# JSON Schema knows no bounds of dates; those of the fields are years of people's lives and of schools.
schemathesis.openapi.format("date", st.dates(dt.date(2000, 1, 1), dt.date(2099, 12, 31)).map(str))


_SOCKET_SETTINGS = ("max_redirects", "verify", "cert", "proxies")


class _InProcess(WSGITransport):
    """The tool's own way to an application, which forgets to leave out what only sockets have when it probes whether
    a credential is really asked for."""

    def send(self, case: Any, **settings: Any) -> Any:
        return super().send(case, **{name: value for name, value in settings.items() if name not in _SOCKET_SETTINGS})


WSGI_TRANSPORT.__class__ = _InProcess

ALWAYS = (429, 503)
"""Of the fence against loops and of a database that does not answer; no run brings them about on purpose."""

CHECKS = {
    # 428 is what RFC 6585 has for a change without If-Match.
    "missing_required_header": {"expected-statuses": [400, 401, 403, 404, 422, 428]},
    # 412: no made-up version is the present one, and one in the wrong form is none.
    "negative_data_rejection": {"expected-statuses": [400, 401, 403, 404, 409, 412, 415, 422, 428, *ALWAYS]},
    # 412 as above; 428 where one of two headers is needed, which OpenAPI cannot say.
    "positive_data_acceptance": {"expected-statuses": ["2xx", "3xx", 401, 403, 404, 409, 412, 428, *ALWAYS]},
}


@dataclass(frozen=True)
class Finding:
    """A check that failed, with the request that shows it."""

    check: str
    operation: str
    said: str

    def __str__(self) -> str:
        return f"{self.check}: {self.operation}: {self.said}"


@dataclass(frozen=True)
class Wish:
    """Who asks, and how much."""

    role: str
    caller: str
    """The service as which internal routes are asked."""
    phases: Sequence[str]
    """Of Schemathesis."""
    examples: int
    """How many requests are drawn for an operation."""


def explore(service: str, front: Front, ids: Mapping[str, Sequence[Any]], wish: Wish) -> list[Finding]:
    """What is wrong with `service` for whoever asks."""
    path = f"/api/{service}/openapi.json"
    document = Client(front).get(path).json
    config = SchemathesisConfig.from_dict(_config(document, ids, wish))
    schema = schemathesis.openapi.from_wsgi(path, front, config=config)
    schema.config.update(base_url="http://localhost")
    return list(_findings(schema, _texts(document)))


def _config(document: Any, ids: Mapping[str, Sequence[Any]], wish: Wish) -> dict[str, Any]:
    known = {name: list(values) for name, values in ids.items() if values}
    places = {place: name for place, name in _places(document) if name in known}
    return {
        "seed": SEED,
        "continue-on-failure": True,
        "suppress-health-check": ["all"],
        "headers": {
            "Authorization": f"Bearer {wish.role}",
            "Zhurnal-Service": f"{wish.caller} {TOKENS[wish.caller]}",
        },
        "generation": {"deterministic": True, "database": "none", "no-shrink": True, "max-examples": wish.examples},
        "checks": CHECKS,
        "phases": {
            name: {"enabled": name in wish.phases} for name in ("examples", "coverage", "fuzzing", "stateful")
        },
        "dictionaries": {name: {"values": values} for name, values in known.items()},
        "parameters": {place: {"dictionary": name, "probability": REAL} for place, name in places.items()},
    }


def _places(document: Any) -> Iterator[tuple[str, str]]:
    """Where an operation takes an id, in the tool's words, and which: `query.class` takes a `class_id`."""
    shared = document["components"]
    for operations in document["paths"].values():
        for parameter in [*operations.get("parameters", ()), *_own_parameters(operations)]:
            if "$ref" not in parameter:
                name, place = parameter["name"], parameter["in"]
                yield f"{place}.{name}", name if place == "path" else _id_name(name)
    for name, schema in shared["schemas"].items():
        if name.endswith("Out"):
            continue
        for path, property_name in _members(schema, shared["schemas"], ()):
            yield f"body.{path}", _id_name(property_name)


def _own_parameters(operations: Mapping[str, Any]) -> Iterator[Any]:
    for method, operation in operations.items():
        if method != "parameters":
            yield from operation.get("parameters", ())


def _members(schema: Any, schemas: Mapping[str, Any], above: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    """Paths of the properties of a body, through lists and nested objects, with the names they end in."""
    if "$ref" in schema:
        target = schema["$ref"].rpartition("/")[2]
        yield from _members(schemas[target], schemas, above)
    for name, inner in schema.get("properties", {}).items():
        yield ".".join((*above, name)), name
        yield from _members(inner, schemas, (*above, name))
    if "items" in schema:
        *before, last = above or ("",)
        repeated = (*before, f"{last}[*]")
        if last:
            yield ".".join(repeated), last.removesuffix("s")
            yield from _members(schema["items"], schemas, repeated)


def _id_name(name: str) -> str:
    return name if name.endswith("_id") or name == "work_type" else f"{name}_id"


def _texts(document: Any) -> frozenset[str]:
    """Names of the fields that hold what people type, by the formats that are our own."""
    return frozenset(
        name
        for schema in document["components"]["schemas"].values()
        for name, said in schema.get("properties", {}).items()
        if {said.get("format"), said.get("items", {}).get("format")} & {TEXT, LINE, LINES}
    )


def _findings(schema: Any, texts: frozenset[str]) -> Iterator[Finding]:
    for event in engine.from_schema(schema).execute():
        if isinstance(event, NonFatalError):
            yield Finding("error", event.label, str(event.info.message))
        if isinstance(event, ScenarioFinished):
            yield from _failures(event.recorder, texts)


def _failures(recorder: Any, texts: frozenset[str]) -> Iterator[Finding]:
    for case_id, checks in recorder.checks.items():
        for check in checks:
            interaction = recorder.interactions.get(case_id)
            if check.failure_info is None:
                continue
            failure = check.failure_info.failure
            if not _by_design(check.name, interaction) and not _is_good_text(failure.message, texts):
                said = f"{failure.title}: {failure.message} {_shown(interaction)}"
                yield Finding(check.name, recorder.label, said)


def _is_good_text(said: str, texts: frozenset[str]) -> bool:
    """The tool takes any text for a violation of a format that it does not know, and of nothing else."""
    parts = re.findall(r"violates `(\w+)` at (\S+)", said)
    return bool(parts) and all(what == "format" and set(place.split("/")) & texts for what, place in parts)


def _by_design(check: str, interaction: Any) -> bool:
    if interaction is None:
        return False
    problem = _problem(interaction.response)
    if check == "positive_data_acceptance" and problem.get("status") == 422:
        # What values say together or of what is stored, and what is in a file, no schema tells; a value that is
        # wrong by itself is called `invalid`, and its schema must have said so.
        return all(entry["code"] != "invalid" for entry in problem.get("errors", ()))
    if check == "ensure_resource_availability":
        # A code opens once, and the next one for the same person closes it; a decision is made before its scan, an
        # act before its certificate.
        return str(problem.get("type")).endswith((":code-unknown", ":no-scan", ":not-done"))
    if check == "not_a_server_error" and problem.get("status") == 503:
        # A school of which journal has not heard yet: the asking service tries again.
        return "/internal/" in interaction.request.uri and "retry-after" in interaction.response.headers
    return False


def _problem(response: Any) -> dict[str, Any]:
    return dict(orjson.loads(response.content)) if response.status_code >= 400 else {}


def _shown(interaction: Any) -> str:
    if interaction is None:
        return ""
    request, response = interaction.request, interaction.response
    sent = (request.body or b"")[:300]
    answered = "" if response is None else f"{response.status_code} {response.content[:300]!r}"
    return f"[{request.method} {request.uri[:300]} {sent!r} -> {answered}]"
