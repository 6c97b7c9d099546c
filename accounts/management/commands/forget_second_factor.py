"""`manage.py forget_second_factor carol@example.com`: for one of the staff who has lost the device."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts import second_factor
from accounts.selectors import find_by_email


class Command(BaseCommand):
    """Takes a person's one-time codes away."""

    help = "Take the one-time codes of one of the staff away; where they are required, new ones are set up at the next log-in."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take an address."""
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say so."""
        person = find_by_email(options["email"])
        if person is None:
            raise CommandError("Nobody has this address")
        there_was = second_factor.forget(person.pk)
        self.stdout.write("The codes are gone." if there_was else "There were none.")
