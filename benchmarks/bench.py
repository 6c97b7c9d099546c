"""
`make bench`: one table of what the platform does a second, each row beside what it is compared with in the same run.

`python -m benchmarks.bench [speech judge flow http mixed]`: all of it, or some groups of rows. Needs the machine for itself, and
15 minutes of two cores. What a row costs is also written to `benchmarks/measured.json`, from which `make simulate` reckons.
"""

import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from typing import Final

from benchmarks.rows import Speed, header
from tests.environment import enter

GROUPS: Final = ("speech", "judge", "flow", "http", "mixed")


def main(arguments: Sequence[str]) -> int:
    """Print the rows as they come; return 1 where a goal is missed."""
    began = time.monotonic()
    print(f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {os.cpu_count()} cores, load {_load()}\n")  # noqa: T201 - a program for people
    print(header())  # noqa: T201 - likewise
    rows = []
    with tempfile.TemporaryDirectory(prefix="interview-bench-") as directory:
        _enter(Path(directory))
        for group in arguments or GROUPS:
            for row in _measure(group):
                print(row.line(), flush=True)  # noqa: T201 - likewise
                rows.append(row)
    missed = sum(not row.is_met for row in rows)
    print(  # noqa: T201 - likewise
        f"\n{len(rows)} rows, {missed} missed; {time.monotonic() - began:.0f} s; load at the end {_load()}"
    )
    return 1 if missed else 0


def _measure(group: str) -> Iterator[Speed]:
    measure: Callable[[], Iterator[Speed]] = import_module(f"benchmarks.bench_{group}").measure
    yield from measure()


def _enter(directory: Path) -> None:
    """Give this process settings of its own: no operator's `.env` is to decide what is measured."""
    enter(
        DATA_DIR=str(directory),
        DJANGO_SETTINGS_MODULE="interview_platform.settings",
        SECRET_KEY="x" * 50,
        JWT_SIGNING_KEY="y" * 50,
    )


def _load() -> str:
    return " ".join(f"{value:.1f}" for value in os.getloadavg())


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
