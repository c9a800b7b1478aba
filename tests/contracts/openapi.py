"""The public surface as it is written down in `docs/api`: `python -m tests.contracts.openapi` writes it anew."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from services.common.config import SERVICES
from tests.support.suite import Suite, build_suite

FOLDER = Path(__file__).parents[2] / "docs" / "api"


def documents(suite: Suite) -> dict[str, Any]:
    """By service, the OpenAPI document that it serves, without its address."""
    return {name: suite.api(name).get(f"/api/{name}/openapi.json").json for name in SERVICES}


def text_of(document: Any) -> str:
    return json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


def main() -> None:
    nowhere = dict.fromkeys(SERVICES, "postgresql://nobody:none@127.0.0.1:9/none")
    with tempfile.TemporaryDirectory() as folder:
        suite = build_suite(nowhere, "redis://127.0.0.1:9/0", Path(folder))
        for name, document in documents(suite).items():
            (FOLDER / f"{name}.json").write_text(text_of(document), encoding="utf-8")
        suite.close()


if __name__ == "__main__":
    main()
