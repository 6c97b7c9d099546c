"""`make attack`: besiege a private stack with all that we can think of; wrong is what must be 0."""

import argparse
import os
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")
django.setup()

from tests.databases import create_database, start_postgres  # noqa: E402 - likewise
from tests.running_stack import RunningStack  # noqa: E402 - likewise
from tests.siege import connections, media, messages, schema  # noqa: E402 - likewise
from tests.siege.tally import SHOWN, Tally  # noqa: E402 - likewise

UNBOUND = {  # what a siege is not about
    "ACCESS_TOKEN_MINUTES": "600",
    "THROTTLE_LOGIN": "1000000/h",
    "THROTTLE_LOGIN_ADDRESS": "1000000/h",
    "THROTTLE_LOGIN_ACCOUNT": "1000000/h",
    "THROTTLE_MAIL": "1000000/h",
    "THROTTLE_REGISTER": "1000000/h",
    "THROTTLE_UPLOAD": "1000000/h",
    "THROTTLE_USER": "1000000/m",
    "QUOTA_UPLOADS": "0",
    "QUOTA_BYTES": "0",
    "QUOTA_AUDIO_SECONDS": "0",
    "QUOTA_RUNS": "0",
    "QUOTA_QUESTIONS": "0",
}


def main() -> int:
    """Besiege, print the table, return 1 when something went wrong."""
    options = _options()
    groups: dict[str, Callable[[str], Iterator[Tally]]] = {
        "messages": lambda url: messages.attack(url, seed=options.seed, count=options.count),
        "connections": lambda url: connections.attack(url, count=options.connections),
        "graders": media.attack_graders,
        "schema": lambda url: schema.attack(url, examples=options.examples, only=options.only),
        "files": lambda _: media.attack_files(seed=options.seed, count=options.count),
    }
    chosen = options.groups or list(groups)
    tallies = []
    with tempfile.TemporaryDirectory(prefix="siege-") as folder:
        stack = RunningStack(Path(folder) / "data", DATABASE_URL=_address(options), **UNBOUND)
        stack.start()
        try:
            for name in chosen:
                tallies += list(_shown(groups[name](stack.url)))
            if not stack.is_ready():
                tallies.append(Tally("the stack afterwards", tried=1, wrong=["it is not ready"]))
        finally:
            stack.stop()
    wrong = [f"{tally.name}: {what}" for tally in tallies for what in tally.wrong]
    print("\n".join(wrong[: 10 * SHOWN]))
    print(f"\n{'group':<34} {'tried':>8} {'rejected':>9} {'wrong':>6}")
    print("\n".join(tally.row for tally in tallies))
    print(f"{'all':<34} {sum(one.tried for one in tallies):>8} {'':>9} {len(wrong):>6}")
    return int(bool(wrong))


def _address(options: argparse.Namespace) -> str:
    """Return the address of a database server of our own; "" for SQLite."""
    return create_database(start_postgres(), "siege") if options.database == "postgres" else ""


def _shown(tallies: Iterator[Tally]) -> Iterator[Tally]:
    began = time.monotonic()
    for tally in tallies:
        told = [f"{tally.row}  ({time.monotonic() - began:.0f} s)", *tally.wrong[:SHOWN]]
        print("\n".join(told), file=sys.stderr, flush=True)
        yield tally


def _options() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument(
        "--examples", type=int, default=200, help="of an operation, of each kind"
    )
    arguments.add_argument("--count", type=int, default=2000, help="mutations of bodies and files")
    arguments.add_argument("--connections", type=int, default=10_000)
    arguments.add_argument("--seed", type=int, default=1)
    arguments.add_argument("--database", choices=("sqlite", "postgres"), default="sqlite")
    arguments.add_argument("--only", default="", help="operations with this in their name")
    arguments.add_argument("groups", nargs="*")
    return arguments.parse_args()


if __name__ == "__main__":
    sys.exit(main())
