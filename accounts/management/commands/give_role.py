"""`manage.py give_role carol@example.com reviewer`: who of the staff may do what."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import User
from accounts.roles import ROLES, give_roles


class Command(BaseCommand):
    """Makes a person one of the staff, in place of what they were."""

    help = "Give a person these roles among the staff, and no other; without a role, they are no staff any more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        """Take an address and roles."""
        parser.add_argument("email")
        parser.add_argument("roles", nargs="*", choices=(*ROLES, []), metavar="|".join(ROLES))

    def handle(self, *args: Any, **options: Any) -> None:
        """Do it, and say so."""
        try:
            person = User.objects.get_by_natural_key(options["email"])
        except User.DoesNotExist:
            raise CommandError(f"Nobody has the address {options['email']}") from None
        give_roles(person, options["roles"])
        self.stdout.write(f"{person.email}: {', '.join(sorted(options['roles'])) or 'no staff'}")
