"""`manage.py re_evaluate`: have answers that an older scorer judged judged anew, by and by."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from pipeline.runs import reevaluation
from pipeline.scoring.thresholds import SCORER_VERSION


class Command(BaseCommand):
    """Notes the wishes; the workers do the rest, a few answers at a time."""

    help = "Have answers that an older version of the scorer judged judged anew by today's."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Ask for the version, and offer a rehearsal."""
        parser.add_argument(
            "--older-than-version",
            default=SCORER_VERSION,
            metavar="X",
            help=f"answers that a scorer before X judged; by default before today's, {SCORER_VERSION}",
        )
        parser.add_argument("--limit", type=int, help="at most so many, the latest first")
        parser.add_argument("--dry-run", action="store_true", help="only count them")

    def handle(self, *args: Any, **options: Any) -> None:
        """Count, or note."""
        version = options["older_than_version"]
        if not reevaluation.is_version(version):
            raise CommandError(f"{version} is no version: say something like {SCORER_VERSION}")
        found = reevaluation.older_than(version).order_by("-run_id")
        runs = found.values_list("run_id", flat=True)[: options["limit"]]
        if options["dry_run"]:
            self.stdout.write(f"Judged by a scorer before {version}: {runs.count()}")
            return
        number = reevaluation.want(runs.iterator(chunk_size=reevaluation.BATCH))
        self.stdout.write(f"To be judged anew: {number}")
