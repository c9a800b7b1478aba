"""`deploy/make-secrets`: made once, kept, completed."""

from __future__ import annotations

import hashlib
import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parents[2] / "deploy" / "make-secrets"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    shutil.copy(SCRIPT, tmp_path)
    _make(tmp_path)
    return tmp_path / "secrets"


def _make(place: Path) -> None:
    made = subprocess.run([str(place / "make-secrets")], capture_output=True, text=True)
    assert made.returncode == 0, made.stderr


def _contents(folder: Path) -> dict[str, str]:
    return {path.name: path.read_text() for path in folder.iterdir()}


def test_only_the_owner_enters_and_containers_read(folder: Path) -> None:
    assert folder.stat().st_mode & 0o777 == 0o700
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o444}


def test_what_is_there_stays(folder: Path) -> None:
    before = _contents(folder)
    _make(folder.parent)
    assert _contents(folder) == before


def test_what_is_missing_is_made_and_everybody_is_known(folder: Path) -> None:
    before = _contents(folder)
    (folder / "reports_token").unlink()
    _make(folder.parent)
    after = _contents(folder)
    changed = {name for name in before if before[name] != after[name]}
    assert changed == {"reports_token", "token_digests"}
    digests = dict(pair.split("=") for pair in after["token_digests"].strip().split(","))
    assert set(digests) == {"accounts", "journal", "notifications", "reports", "web"}
    assert all(digests[name] == hashlib.sha256(after[f"{name}_token"].encode()).hexdigest() for name in digests)
    assert len({after[f"{name}_token"] for name in digests}) == len(digests)
