"""Nobody changes the public surface without saying so: the documents in `docs/api` are what is served."""

from __future__ import annotations

import pytest

from services.common.config import SERVICES
from tests.contracts.openapi import FOLDER, documents, text_of
from tests.support.suite import Suite


@pytest.mark.parametrize("service", SERVICES)
def test_the_surface_is_the_one_that_is_written_down(service: str, suite: Suite) -> None:
    written = (FOLDER / f"{service}.json").read_text(encoding="utf-8")
    assert text_of(documents(suite)[service]) == written, "python -m tests.contracts.openapi writes it anew"
