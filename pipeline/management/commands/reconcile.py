"""`manage.py reconcile`: look for runs that nobody works on, once or in a loop."""

import threading
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from pipeline.runs.recovery import Reconciler, loop, reconcile


class Command(BaseCommand):
    """Sends again what is due, and fails what was lost too often."""

    help = "Find runs that nobody works on and send them again."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Offer the loop."""
        parser.add_argument(
            "--loop", action="store_true", help="look every RECONCILE_SECONDS, until stopped"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        """Look."""
        if options["loop"]:
            loop(threading.Event(), each=Reconciler().tick)
            return
        if not Reconciler().tick():  # another one may lead: a person who asks wants it done now
            self.stdout.write(f"Sent again: {reconcile()}")
