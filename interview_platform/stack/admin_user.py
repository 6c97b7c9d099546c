"""`make admin-user`: make an administrator, or give one a new password."""

import getpass
import os
import sys

from django.core.exceptions import ValidationError

from interview_platform.env import env_text
from interview_platform.stack.troubles import CannotStart


def main() -> int:
    """Make the account from ADMIN_EMAIL and ADMIN_PASSWORD, or from what is typed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_platform.settings")
    import django

    django.setup()
    try:
        email = env_text("ADMIN_EMAIL") or input("E-mail address: ")
        print(make_admin(email=email, password=env_text("ADMIN_PASSWORD") or _ask_password()))
    except CannotStart as reason:
        print(reason, file=sys.stderr)
        return 1
    except (EOFError, KeyboardInterrupt):
        return 130
    return 0


def make_admin(*, email: str, password: str) -> str:
    """Make the account, or change the one that has the address; return what was done."""
    from django.contrib.auth.password_validation import validate_password

    from accounts.models import User

    user = User.objects.filter(email__iexact=email.strip()).first() or User(
        email=email.strip().lower(), full_name="Administrator"
    )
    is_new = user.pk is None
    user.is_staff = user.is_superuser = True
    user.set_password(password)
    try:
        validate_password(password, user)
        user.full_clean(exclude=("password",))
    except ValidationError as trouble:
        raise CannotStart(" ".join(trouble.messages)) from trouble
    user.token_version += 1  # whoever was logged in with the old password is not any more
    user.save()
    return f"{user.email} {'is an administrator now' if is_new else 'is an administrator, with a new password'}."


def _ask_password() -> str:
    password = getpass.getpass("Password: ")
    if getpass.getpass("Password again: ") != password:
        raise CannotStart("The two passwords differ.")
    return password


if __name__ == "__main__":
    sys.exit(main())
