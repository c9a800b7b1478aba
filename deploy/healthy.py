"""A container's own question whether it works; ends with 0 when it does.

`python deploy/healthy.py /path` asks its web server, `python deploy/healthy.py pulse` looks when the process last
showed that its loop turns (`ZHURNAL_PULSE_FILE`).
"""

from __future__ import annotations

import os
import sys
import time
import urllib.error
import urllib.request

PULSE_SECONDS = 60.0
"""A pulse older than this is none: several times what the slowest loop leaves between two."""


def main(question: str) -> int:
    return 0 if (_pulse() if question == "pulse" else _answers(question)) else 1


def _answers(path: str) -> bool:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:8000{path}", timeout=4) as answer:
            return bool(answer.status == 200)
    except (urllib.error.URLError, OSError):
        return False


def _pulse() -> bool:
    try:
        return time.time() - os.stat(os.environ["ZHURNAL_PULSE_FILE"]).st_mtime < PULSE_SECONDS
    except OSError:
        return False


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
