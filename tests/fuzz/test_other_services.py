"""Accounts, notifications and reports keep their documents' promises: beside journal's, on the second processor."""

from __future__ import annotations

import pytest

from services.common.config import SERVICES
from tests.fuzz.cast import Cast
from tests.fuzz.promises import Record, check_long, check_short

OTHERS = [name for name in SERVICES if name != "journal"]

pytestmark = pytest.mark.timeout(900)  # on a machine that is shared with others


@pytest.mark.timeout(300)
def test_the_other_services_keep_their_promises(cast: Cast, record_property: Record) -> None:
    check_short(cast, OTHERS, record_property)


@pytest.mark.slow
def test_the_other_services_keep_their_promises_at_length(cast: Cast, record_property: Record) -> None:
    check_long(cast, OTHERS, record_property)
