"""`python -m tests.deployment COMMAND`: a management command under the settings of a deployment."""

import secrets
import sys
import tempfile

from django.core.management import execute_from_command_line

from tests.environment import enter


def main() -> None:
    """Run the command."""
    with tempfile.TemporaryDirectory(prefix="interview-deployment-") as directory:
        enter(
            DJANGO_SETTINGS_MODULE="interview_platform.settings",
            DATA_DIR=directory,
            SECRET_KEY=secrets.token_urlsafe(48),
            JWT_SIGNING_KEY=secrets.token_urlsafe(48),
            ALLOWED_HOSTS="interviews.example.org",
            HTTPS="yes",
        )
        execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
