"""The command line that every service has."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import uuid
from importlib import import_module

import pytest

from services.common.config import SERVICES
from tests.support.school import School


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


def test_what_a_command_logs_is_kept_apart_from_what_it_answers(databases: dict[str, str]) -> None:
    command = [sys.executable, "-m", "services.reports.cli", "parked", "skip", "--school", str(uuid.uuid4())]
    place = ["--source", "accounts", "--epoch", "1:1:1:1:1", "--seq", "9"]
    environment = os.environ | {"REPORTS_DATABASE_URL": databases["reports"]}
    done = subprocess.run([*command, *place], capture_output=True, text=True, env=environment)
    assert (done.returncode, done.stdout) == (1, "no such event\n")
    assert json.loads(done.stderr)["event"] == "event.skipped"


def test_without_its_sources_a_comparison_says_so(
    databases: dict[str, str], school: School, capsys: pytest.CaptureFixture[str]
) -> None:
    environ = {
        "REPORTS_DATABASE_URL": databases["reports"],
        "REPORTS_SERVICE_TOKEN": "none",
        "REDIS_URL": "redis://127.0.0.1:1",
    }
    assert import_module("services.reports.cli").main(["compare", "--school", str(school.id)], environ) == 1
    said = capsys.readouterr().out
    assert said == f"school={school.id} source=accounts kind=school silent missing=0 differing=0 surplus=0\n"
