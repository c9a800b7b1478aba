"""The yardstick: bare Flask and psycopg, the same SQL, and a look-up of the token; nothing checked, nothing built.

Served as our own applications are: `gunicorn -c deploy/gunicorn.conf.py benchmarks.yardstick:application`.
"""

from __future__ import annotations

import hashlib
import os
import threading

import flask
import orjson
import psycopg

from benchmarks.statements import execute, read_plans

_TOKEN = (
    "SELECT account_id, current_school FROM session WHERE token_hash = %s AND ended_at IS NULL AND idle_until > now()"
)

application = flask.Flask(__name__)
_plans = read_plans(os.environ["YARDSTICK_PLANS"])
_mine = threading.local()


def _connection(service: str) -> psycopg.Connection:
    found = getattr(_mine, service, None)
    if found is None:
        found = psycopg.connect(os.environ[f"{service}_DATABASE_URL"], autocommit=True)
        setattr(_mine, service, found)
    return found


@application.route("/<kind>/<int:talk>", methods=["GET", "POST"])
def answer(kind: str, talk: int) -> flask.Response:
    token = flask.request.headers["Authorization"].removeprefix("Bearer ")
    digest = hashlib.sha256(token.encode()).hexdigest()
    if _connection("ACCOUNTS").execute(_TOKEN, [digest]).fetchone() is None:
        return flask.Response(status=401)
    given = orjson.loads(flask.request.get_data()) if flask.request.method == "POST" else {}
    rows = execute(_connection("JOURNAL"), _plans[kind][talk], given)
    return flask.Response(orjson.dumps([tuple(row) for row in rows], default=str), mimetype="application/json")
