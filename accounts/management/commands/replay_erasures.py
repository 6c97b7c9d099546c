"""`manage.py replay_erasures`: after a restore of a backup, erase again what was erased since."""

import sys
from pathlib import Path
from typing import Any
from uuid import UUID

from django.core.management.base import BaseCommand, CommandError, CommandParser

from accounts.erasure import known_erasures
from accounts.replay import replay_erasures


class Command(BaseCommand):
    """Replays the log of erasures, or prints it for safe keeping."""

    help = "Erase again the accounts that a restored backup has brought back."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        parser.add_argument(
            "--list", action="store_true", help="print the ids, one a line, and do nothing"
        )
        parser.add_argument(
            "--from",
            dest="source",
            metavar="FILE",
            help="ids kept elsewhere, too; - reads them from the input",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Replay and report."""
        if options["list"]:
            for person in sorted(set(known_erasures())):
                self.stdout.write(str(person))
            return
        self.stdout.write(f"{replay_erasures(_read(options['source']))}.")


def _read(source: str | None) -> list[UUID]:
    if source is None:
        return []
    text = sys.stdin.read() if source == "-" else Path(source).read_text("utf-8")
    try:
        return [UUID(line) for line in text.split()]
    except ValueError as error:
        raise CommandError("one id a line is expected, as --list prints them") from error
