"""`python deploy/healthy.py <path>`: a container's own question whether it can serve; ends with 0 when it can."""

from __future__ import annotations

import sys
import urllib.error
import urllib.request


def main(path: str) -> int:
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:8000{path}", timeout=4) as answer:
            return 0 if answer.status == 200 else 1
    except (urllib.error.URLError, OSError):
        return 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
