"""Files that a service made, handed on by a page."""

from __future__ import annotations

import flask

from services.web.clients import Answer


def passed_on(answer: Answer) -> flask.Response:
    """The file of this one answer, under the name that the service gave it."""
    response = flask.Response(answer.content, mimetype=answer.headers["Content-Type"])
    if "Content-Disposition" in answer.headers:
        response.headers["Content-Disposition"] = answer.headers["Content-Disposition"]
    return response
