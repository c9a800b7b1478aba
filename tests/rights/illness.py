"""What each reader is told of a pupil who was ill: `illness.csv`, written by hand as the matrix is.

An illness is health: the class teacher, the medic, the head, the deputies and the family read of it; everybody else
who sees the absence reads that there was a valid reason. `-` sees no absence.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator

from werkzeug.test import TestResponse

from tests.rights.cast import Cast
from tests.rights.matrix import FOLDER

WORDS = {"ill": ('"Б"', '"ill"'), "valid": ('"УП"', '"valid"')}
"""How an answer says it: as the letter of the journal or as the ground of an excuse."""


def differences(cast: Cast) -> Iterator[str]:
    """Cells of the table that are found otherwise."""
    paths = {
        "excuses": f"/excuses?student={cast.pupil}",
        "page": f"/courses/{cast.course}/page",
        "diary": f"/diary?student={cast.pupil}&from=2026-11-16&to=2026-11-22",
    }
    with (FOLDER / "illness.csv").open(encoding="utf-8", newline="") as file:
        for line in csv.DictReader(file):
            place = line.pop("place")
            for viewer, expected in line.items():
                found = _told(cast.api("journal", viewer).get(paths[place]))
                if found != expected:
                    yield f"{place}: {viewer} reads {found} instead of {expected}"


def _told(answer: TestResponse) -> str:
    if answer.status_code != 200:
        return "-"
    text = answer.get_data(as_text=True)
    told = [name for name, words in WORDS.items() if any(word in text for word in words)]
    return ", ".join(told) or "nothing"
