"""`manage.py sweep`: remove what lies in the storage and belongs to nobody."""

from datetime import timedelta
from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from media.services import ORPHAN_AGE, sweep_orphans


class Command(BaseCommand):
    """Sweeps once, or says what a sweep would remove."""

    help = "Remove recordings without a row and what killed uploads have left in the storage."

    def add_arguments(self, parser: CommandParser) -> None:
        """Add the options."""
        parser.add_argument("--dry-run", action="store_true", help="only say what there is")
        parser.add_argument(
            "--older-than",
            type=_minutes,
            default=ORPHAN_AGE,
            metavar="MINUTES",
            help="leave alone what is younger (default: 60)",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Sweep and report."""
        swept = sweep_orphans(older_than=options["older_than"], dry_run=options["dry_run"])
        for name in (*swept.recordings, *swept.spools):
            self.stdout.write(name)
        verb = "Found" if options["dry_run"] else "Removed"
        self.stdout.write(f"{verb} {swept}.")


def _minutes(text: str) -> timedelta:
    return timedelta(minutes=float(text))
