"""A service whose database has no connection left."""

from __future__ import annotations

import dataclasses

from services.common.db import Database
from services.journal.app import create_app
from tests.support.school import School
from tests.support.suite import Api


def test_who_finds_no_connection_left_is_told_to_come_again(school: School, databases: dict[str, str]) -> None:
    """A pool of two, both taken: 503 after the time that one waits, and all is well when one is given back."""
    whole = school.suite.services["journal"]
    dry = Database(whole.settings.database_url, pool_size=2, pool_wait=0.2)
    journal = Api("journal", create_app(dataclasses.replace(whole, database=dry)), school.admin_token)
    held = [dry.engine.connect() for _ in range(2)]
    answer = journal.get("/classes")
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "1")
    assert answer.json["type"] == "urn:zhurnal:problem:unavailable"
    for connection in held:
        connection.close()
    assert journal.get("/classes").status_code == 200
    dry.dispose()
