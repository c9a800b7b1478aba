"""Journal keeps its document's promises, whoever asks for whatever."""

from __future__ import annotations

import pytest

from tests.fuzz.cast import Cast
from tests.fuzz.promises import Record, check_long, check_short

pytestmark = pytest.mark.timeout(900)  # on a machine that is shared with others


@pytest.mark.timeout(300)
def test_journal_keeps_its_promises(cast: Cast, record_property: Record) -> None:
    check_short(cast, ["journal"], record_property)


@pytest.mark.slow
def test_journal_keeps_its_promises_at_length(cast: Cast, record_property: Record) -> None:
    check_long(cast, ["journal"], record_property)
