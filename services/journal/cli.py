"""`python -m services.journal.cli migrate|parked|compare|restored`: what an operator does with this service."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from services.common.cli import begin, run
from services.journal import subscriptions


def main(arguments: Sequence[str], environ: Mapping[str, str]) -> int:
    """Runs one command; what went wrong is one sentence on stderr."""
    return run("journal", subscriptions, arguments, environ)


if __name__ == "__main__":
    begin(main)
