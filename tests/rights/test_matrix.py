"""Who may do what, asked over HTTP as everybody and held against the table that was written by hand."""

from __future__ import annotations

import pytest

from tests.rights.asking import differences, one_per_row
from tests.rights.cast import Cast
from tests.rights.matrix import rows
from tests.rights.routes import REQUESTS
from tests.rights.taking_back import Writes

ROWS = rows()
SHORT = one_per_row(REQUESTS)
SERVICES = sorted({request.service for request in REQUESTS})


@pytest.mark.parametrize("service", SERVICES)
def test_each_permission_answers_everybody_as_the_table_says(cast: Cast, writes: Writes, service: str) -> None:
    chosen = [request for request in SHORT if request.service == service]
    found = [str(one) for request in chosen for one in differences(cast, ROWS[request.row], request, writes)]
    assert not found, "\n".join(found)


@pytest.mark.slow
@pytest.mark.parametrize("service", SERVICES)
def test_each_route_answers_everybody_as_the_table_says(cast: Cast, writes: Writes, service: str) -> None:
    chosen = [request for request in REQUESTS if request.service == service and request not in SHORT]
    found = [str(one) for request in chosen for one in differences(cast, ROWS[request.row], request, writes)]
    assert not found, "\n".join(found)
