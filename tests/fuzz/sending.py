"""Sends one text into one place of a body."""

from __future__ import annotations

import json

from werkzeug.test import Client, TestResponse

from tests.fuzz.cast import Cast
from tests.fuzz.naughty import Place
from tests.support.suite import TOKENS

ASKERS = ("administrator", "teacher", "class_teacher", "guardian")


def send(cast: Cast, service: str, place: Place, text: str) -> TestResponse:
    """The answer to the first who is not forbidden to say it."""
    path = place.path
    for name, values in cast.ids.items():
        path = path.replace("{" + name + "}", str(values[0]))
    client = Client(cast.school.suite.applications[service])
    query = {"period": cast.ids["period_id"][1]} if path.endswith("/period-marks") else {}
    # Escapes as in JSON by hand: a lone surrogate has no bytes of its own.
    body = json.dumps(place.with_text(text), ensure_ascii=True)
    for role in ASKERS:
        headers = {"Authorization": f"Bearer {cast.tokens[role]}", "Zhurnal-Service": f"journal {TOKENS['journal']}"}
        version = client.get(path, headers=headers).headers.get("ETag") if place.method == "PATCH" else None
        shown = headers | ({"If-Match": version} if version else {})
        answer = client.open(
            path, method=place.method, headers=shown, data=body, query_string=query, content_type="application/json"
        )
        if answer.status_code not in (401, 403, 404):
            break
    return answer
