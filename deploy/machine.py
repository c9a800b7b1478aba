"""How much of its processors' time this machine got: figures of speed mean little without it.

The kernel counts every tick of every processor, idle ones too. A virtual machine that its host holds back counts
fewer than the clock does.
"""

from __future__ import annotations

import os
import time
from pathlib import Path

_STAT = Path("/proc/stat")


class Meter:
    """Counts from its making."""

    def __init__(self) -> None:
        self._began = time.monotonic()
        self._ticks = _ticks()

    def share(self) -> float:
        """Ticks counted since, over those that the clock would have had; 1.0 is a machine of its own."""
        seconds = (_ticks() - self._ticks) / os.sysconf("SC_CLK_TCK")
        processors = os.sysconf("SC_NPROCESSORS_ONLN")
        return seconds / max(0.01, (time.monotonic() - self._began) * processors)


def _ticks() -> int:
    """user, nice, system, idle, iowait, irq and softirq of all processors, without what was stolen."""
    return sum(int(field) for field in _STAT.read_text().split("\n", 1)[0].split()[1:8])
