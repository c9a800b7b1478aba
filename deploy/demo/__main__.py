"""`python -m deploy.demo --data D [--today …] [--pupils N]`: builds the demonstration of a data folder.

`./run` calls it at a first start; beside a suite that runs on `D` the settings are that suite's.
"""

from __future__ import annotations

import argparse
import datetime as dt
import functools
import json
import os
import sys
from pathlib import Path

from deploy.demo.making import make
from deploy.demo.starting import LEFT


def main(argv: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.demo", description=__doc__)
    parser.add_argument("--data", type=Path, required=True)
    parser.add_argument("--today", type=dt.date.fromisoformat, help="day around which it is laid (default: today)")
    parser.add_argument("--pupils", type=int, help="size (default: six classes)")
    options = parser.parse_args(argv)
    running = options.data / "running.json"
    kept = json.loads(running.read_text()) if running.exists() else {}
    say = functools.partial(print, flush=True)
    built = make(options.data, {**kept, **os.environ}, options.today, options.pupils, say)
    return 0 if built else LEFT


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
