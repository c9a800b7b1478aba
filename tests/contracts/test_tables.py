"""What a process of a service imports names every table that another refers to."""

from __future__ import annotations

import subprocess
import sys

import pytest

from services.common.config import SERVICES

_ASK = """
from services.{0} import service, tasks
from services.{0}.base import Base
print(sum(key.column is not None for table in Base.metadata.tables.values() for key in table.foreign_keys))
"""


@pytest.mark.parametrize("service", SERVICES)
def test_a_worker_knows_every_table_that_its_rows_refer_to(service: str) -> None:
    """In a process of its own, as a worker has it: here some other test has imported them all."""
    asked = subprocess.run([sys.executable, "-c", _ASK.format(service)], capture_output=True, text=True, check=False)
    assert asked.returncode == 0, asked.stderr
    assert asked.stdout.strip().isdigit()
