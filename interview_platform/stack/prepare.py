"""What must be there before the workers start: the tables and the speech model. One process, one Django."""

import os
import sys

from django.core.exceptions import ImproperlyConfigured
from django.core.management import CommandError, call_command
from django.db.utils import OperationalError

from interview_platform.stack.troubles import CannotStart


def main() -> int:
    """Prepare; when it cannot be, the last line says why in one sentence."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_platform.settings")
    try:
        prepare()
    except CannotStart as reason:
        print(reason)
        return 1
    return 0


def prepare() -> None:
    """Bring the tables up to date and put the speech model in place."""
    import django

    try:
        django.setup()
        call_command("check", fail_level="ERROR")
        call_command("migrate", interactive=False, verbosity=1)
        call_command("prepare_models")
    except ImproperlyConfigured as trouble:
        raise CannotStart(f"A setting is wrong: {trouble}.") from trouble
    except CommandError as trouble:  # SystemCheckError is one too
        raise CannotStart(" ".join(str(trouble).split())) from trouble
    except OperationalError as trouble:
        raise CannotStart(_about_the_database(trouble)) from trouble


def _about_the_database(trouble: OperationalError) -> str:
    reason = " ".join(str(trouble).split())
    return f"The database of DATABASE_URL does not answer: {reason}"


if __name__ == "__main__":
    sys.exit(main())
