"""Who reads of an illness."""

from __future__ import annotations

from tests.rights.cast import Cast
from tests.rights.illness import differences


def test_an_illness_is_told_to_whom_the_table_says_and_veiled_from_the_others(cast: Cast) -> None:
    found = list(differences(cast))
    assert not found, "\n".join(found)
