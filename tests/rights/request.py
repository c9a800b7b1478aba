"""How one route is asked about one row of the matrix."""

from __future__ import annotations

import hashlib
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from typing import Any

import orjson
from werkzeug.test import TestResponse

from tests.rights.cast import Cast, Viewer


@dataclass(frozen=True, eq=False)
class Request:
    """A valid request.

    `{me}`, `{my_consent}`, `{my_session}`, `{my_school}` are the viewer's own; other names in braces are those of
    `Cast.ids`.
    """

    service: str
    permission: str
    object: str
    method: str
    rule: str
    """As the URL map has it, behind `/api/<service>/v1`."""
    path: str
    body: Any = None
    query: Mapping[str, str] = field(default_factory=dict)
    headers: Mapping[str, str] = field(default_factory=dict)
    form: Callable[[], dict[str, Any]] | None = None
    declared: str = ""
    """The permission that the route declares, where it decides this row by another."""
    writes: bool = True
    """Whether a request that is no GET leaves something behind."""
    setting: Callable[[Cast], AbstractContextManager[None]] = lambda _: nullcontext()

    @property
    def row(self) -> tuple[str, str, str]:
        return self.service, self.permission, self.object

    def send(self, cast: Cast, viewer: Viewer) -> TestResponse:
        """The answer to this viewer."""
        names = cast.ids | {
            "me": viewer.person_id or str(uuid.uuid4()),
            "my_consent": viewer.consent_id,
            "my_session": viewer.session_id,
            "my_school": cast.stranger_school if viewer.name == "stranger" else str(cast.school.id),
        }
        more: dict[str, Any] = {"headers": self.headers}
        if self.query:
            more["query_string"] = {name: value.format(**names) for name, value in self.query.items()}
        if self.form:
            more |= {"data": self.form(), "content_type": "multipart/form-data"}
        api = cast.suite.api(self.service, viewer.token)
        with self.setting(cast):
            return api.call(self.method, self.path.format(**names), _filled(self.body, names), **more)

    def __str__(self) -> str:
        return f"{self.service} {self.method} {self.rule} ({self.permission}, {self.object})"


def _filled(body: Any, names: Mapping[str, str]) -> Any:
    if isinstance(body, str):
        return body.format(**names)
    if isinstance(body, list):
        return [_filled(one, names) for one in body]
    if isinstance(body, dict):
        return {key: _filled(value, names) for key, value in body.items()}
    return body


def shown(version: int) -> dict[str, str]:
    """The precondition of a change to what has this version, as flask-smorest makes tags of versions."""
    digest = hashlib.sha1(orjson.dumps({"version": version})).hexdigest()
    return {"If-Match": f'"{digest}"'}
