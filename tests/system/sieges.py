"""`python -m tests.system.sieges`: sieges of the stream by seed, one after the other, a line of figures for each.

The exit code says whether every event of every siege was applied once and in order.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

from deploy.servers import RedisServer, free_port
from tests.support.databases import own_servers
from tests.support.processes import Processes, environment_of
from tests.support.siege import LEAST, SECONDS, Figures, siege
from tests.support.stream_pair import make_pair


def one(admin_url: str, folder: Path, seed: str, seconds: float) -> Figures:
    """One siege on databases and a Redis of its own."""
    pair = make_pair(admin_url)
    server = RedisServer(folder / "redis", "of-the-siege", free_port(), durable=False)
    processes = Processes(environment_of(pair, server.url, folder, SIEGE_SEED=seed), folder)
    with (folder / "redis.log").open("wb") as log:
        try:
            server.start(log)
            processes.begin()
            return siege(pair, server.url, processes, seed, seconds, least=int(LEAST * seconds / SECONDS))
        finally:
            processes.stop()
            server.stop()
            pair.dispose()


def main(arguments: list[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.system.sieges", description=__doc__)
    parser.add_argument("--runs", type=int, default=10, help="10 unless said")
    parser.add_argument("--first", type=int, default=1, help="seed of the first; each further has the next")
    parser.add_argument("--seconds", type=float, default=SECONDS, help=f"{SECONDS} unless said")
    options = parser.parse_args(arguments)
    print(Figures.HEAD)
    print("|" + "---|" * (Figures.HEAD.count("|") - 1), flush=True)
    good = True
    with own_servers() as servers:
        for seed in range(options.first, options.first + options.runs):
            with tempfile.TemporaryDirectory(prefix="zhurnal-siege-") as folder:
                Path(folder).chmod(0o711)
                figures = one(servers.postgres, Path(folder), str(seed), options.seconds)
            print(figures.line(), flush=True)
            good = good and figures.good()
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
