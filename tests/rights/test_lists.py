"""Lists show what can be opened, and nothing else."""

from __future__ import annotations

import pytest

from tests.rights.cast import Cast
from tests.rights.lists import KINDS, differences


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_a_list_names_exactly_what_its_reader_may_open(cast: Cast, kind: str) -> None:
    found = list(differences(cast, kind))
    assert not found, "\n".join(found)
