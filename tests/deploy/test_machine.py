"""How much of its processors' time a machine got."""

from __future__ import annotations

import time
from pathlib import Path
from types import SimpleNamespace

import pytest

from deploy import machine


def test_a_machine_that_is_held_back_counts_fewer_ticks(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    stat = tmp_path / "stat"
    monkeypatch.setattr(machine, "_STAT", stat)
    clock = iter([50.0, 60.0])
    # In the module alone: threads of other tests' relays go by the true clock and number of processors.
    counts = {"SC_CLK_TCK": 100, "SC_NPROCESSORS_ONLN": 2}
    monkeypatch.setattr(machine, "os", SimpleNamespace(sysconf=counts.__getitem__))
    monkeypatch.setattr(machine, "time", SimpleNamespace(monotonic=lambda: next(clock)))
    stat.write_text("cpu  1000 0 500 5000 0 0 0 700 0 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n")
    meter = machine.Meter()
    # Of 2,000 ticks in ten seconds 900 were counted and 600 stolen.
    stat.write_text("cpu  1600 0 600 5150 0 20 30 1300 0 0\ncpu0 1 1 1 1 1 1 1 1 1 1\n")
    assert meter.share() == pytest.approx(0.45)


def test_this_machine_counts_some_and_not_more_than_all() -> None:
    meter = machine.Meter()
    time.sleep(0.3)
    assert 0 < meter.share() < 1.3
