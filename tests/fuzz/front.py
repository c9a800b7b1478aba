"""One service's application as a stranger's tool sees it: fixed tokens by role, every answer written down."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from typing import Any

import flask
from werkzeug.exceptions import HTTPException

from tests.fuzz.cast import Cast

_SESSION_ENDERS = {("DELETE", "sessions.sign_out"), ("DELETE", "sessions.end"), ("PATCH", "sessions.move")}


class Front:
    """WSGI: `Bearer <role>` becomes that person's present token, so that a run outlives the sessions it ends."""

    def __init__(self, application: flask.Flask, cast: Cast) -> None:
        self._application = application
        self._cast = cast
        self.answers: Counter[tuple[str, str, int]] = Counter()
        """(method, rule, status) -> how often."""
        self._stale: set[str] = set()

    def operations(self) -> set[tuple[str, str]]:
        """(method, rule) of the documented routes."""
        rules = [rule for rule in self._application.url_map.iter_rules() if "." in rule.endpoint]
        return {
            (method, rule.rule)
            for rule in rules
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
            if not rule.endpoint.startswith("api-docs.")
        }

    def __call__(self, environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
        scheme, _, role = environ.get("HTTP_AUTHORIZATION", "").partition(" ")
        known = scheme == "Bearer" and role in self._cast.tokens
        if known:
            if role in self._stale:
                self._stale.discard(role)
                self._cast.renew(role)
            environ["HTTP_AUTHORIZATION"] = f"Bearer {self._cast.tokens[role]}"
        method = environ["REQUEST_METHOD"]
        rule = self._rule(environ)

        def started(status: str, headers: list[tuple[str, str]], *more: Any) -> Any:
            if rule is not None:
                self.answers[method, rule.rule, int(status[:3])] += 1
                if known and (method, rule.endpoint) in _SESSION_ENDERS and status.startswith("2"):
                    # An id may have named anybody's session.
                    self._stale |= set(self._cast.logins)
            return start_response(status, headers, *more)

        return self._application(environ, started)

    def _rule(self, environ: dict[str, Any]) -> Any:
        try:
            rule, _ = self._application.url_map.bind_to_environ(environ).match(return_rule=True)
        except HTTPException:
            return None
        return rule
