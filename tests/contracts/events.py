"""Every event that a service publishes, with a sample of its payload as it lies in `events/<type>.json`.

A sample is what consumers were built against. It may gain fields; a field that goes, or changes its kind of value,
needs a new version of the type.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from services.common.config import SERVICES

FOLDER = Path(__file__).parent / "events"


def published() -> Iterator[type[Any]]:
    """The classes of all published events."""
    for service in SERVICES:
        if importlib.util.find_spec(f"services.{service}.events"):
            module = importlib.import_module(f"services.{service}.events")
            for _, found in inspect.getmembers(module, inspect.isclass):
                if found.__module__ == module.__name__ and "type" in vars(found):
                    yield found


def sample(event_type: str) -> dict[str, Any]:
    return dict(json.loads((FOLDER / f"{event_type}.json").read_text(encoding="utf-8")))
