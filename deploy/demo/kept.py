"""The demonstration as every start after the first finds it: described in one file of the data folder."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from deploy.suite import write_private

DESCRIPTION = "demo.json"
"""Address and sign-ins, for scripts; mode 0600."""


def renew_address(data: Path, url: str) -> bool:
    """Writes the address of this start into the description, if there is one; whether there is."""
    path = data / DESCRIPTION
    if not path.exists():
        return False
    told = json.loads(path.read_text(encoding="utf-8"))
    if told["url"] != url:
        write_private(path, json.dumps(told | {"url": url}, ensure_ascii=False, indent=1))
    return True


def greeting(data: Path) -> list[str]:
    """What is shown when the suite is ready; nothing where there is no demonstration."""
    path = data / DESCRIPTION
    if not path.exists():
        return []
    told: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    width = max(len(one["login"]) for one in told["people"])
    lines = ["", f"The demonstration school is at {told['url']}. Sign in as:", ""]
    lines += [f"  {one['login']:<{width}}  {one['password']}  {_hint(one)}" for one in told["people"]]
    return [
        *lines,
        "",
        "What to try first:",
        "  1. Sign in as teacher, open the first journal (8А) and type 5 into a cell of the last lesson day.",
        "  2. Sign in as guardian (another browser window): the mark stands in the diary of the child in 8А.",
        "  3. Mark the child of guardianrefused too: no letter goes, the diary stays closed.",
        "  4. Sign in as administrator and open /demo/mail: the letters that families got.",
        f"  Sign-ins for scripts: {path}. A school of your own: ./run --empty --data <another folder>",
        "",
    ]


def _hint(person: Mapping[str, Any]) -> str:
    consents = {child["consent"] for child in person["children"]}
    said = {"given": "agreed", "refused": "refused", "missing": "has not decided"}
    more = f" ({', '.join(said[consent] for consent in sorted(consents))})" if consents else ""
    return f"{person['role'].replace('_', ' ')}{more}: {person['name']}"
