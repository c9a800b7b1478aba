"""A diary that a guardian may not read: why, what happens now, and the decision itself where it is still owed."""

from __future__ import annotations

import flask

from services.web.forms import Errors
from services.web.pages.consent.words import UNDECIDED, method_titles, term_titles
from services.web.person import Child, ask

_OPENS_AFTER = 2
"""Seconds: what journal knows of who it has just refused is a second old at most."""


def closed_diary(child: Child, errors: Errors, status: int = 403) -> flask.Response:
    """The page instead of the diary. Asks two questions: what is kept of a person may be a minute old."""
    lines = ask("accounts", "GET", "/consents")["items"]
    own = (line for line in lines if line["student_id"] == child.id and line["purpose"] == "diary")
    line = next(own, None)
    state = line["state"] if line else ""
    in_force = ask("accounts", "GET", "/consent-forms")["items"] if state in UNDECIDED else []
    opening = state == "given" and flask.request.args.get("decided") == "1"
    body = flask.render_template(
        "pages/diary/closed.html",
        section="diary",
        child=child,
        line=line,
        state=state,
        undecided=state in UNDECIDED,
        form=next((one for one in in_force if one["purpose"] == "diary"), None),
        opening=opening,
        methods=method_titles(),
        terms=term_titles(),
        errors=errors,
    )
    response = flask.make_response(body, 200 if opening else status)
    if opening:
        response.headers["Refresh"] = f"{_OPENS_AFTER}; url=/diary/{child.id}"
    return response
