"""The command line that every service has."""

from __future__ import annotations

import uuid
from importlib import import_module

import pytest

from services.common.config import SERVICES


@pytest.mark.parametrize("service", SERVICES)
def test_parked_events_are_shown_and_skipped_by_command(
    service: str, databases: dict[str, str], capsys: pytest.CaptureFixture[str]
) -> None:
    main = import_module(f"services.{service}.cli").main
    environ = {f"{service.upper()}_DATABASE_URL": databases[service]}
    assert main(["parked", "show"], environ) == 0
    place = ["--school", str(uuid.uuid4()), "--source", "journal", "--epoch", "1:1:1:1:1", "--seq", "9"]
    assert main(["parked", "skip", *place], environ) == 1
    assert "no such event" in capsys.readouterr().out


@pytest.mark.parametrize("service", SERVICES)
def test_a_missing_setting_is_one_sentence(service: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert import_module(f"services.{service}.cli").main(["parked", "show"], {}) == 1
    said = capsys.readouterr().err
    assert said.count("\n") == 1
    assert f"{service.upper()}_DATABASE_URL" in said
