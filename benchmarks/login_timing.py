"""
Whether the time of a log-in or of a forgotten password tells that somebody has the address: medians for known and unknown.

    python benchmarks/login_timing.py --tries 50

The whole request is timed, with the real password hasher, in a throw-away database; known and unknown take turns. Measured by
the clock, which wants a machine with nothing else to do, and by the processor's time, which does not.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))

ALLOWED = 0.10  # of the median
KNOWN = "known@example.com"
PASSWORD = "correct-horse-9"  # noqa: S105 - of nobody


def main() -> int:
    """Print the medians; return 1 when they differ by more than a tenth."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--tries", type=int, default=50)
    tries = parser.parse_args().tries
    with tempfile.TemporaryDirectory(prefix="interview-timing-") as directory:
        prepare(Path(directory))
        wrong = {"password": "wrong-horse-9"}
        shares = [
            compare("log-in", "/api/v1/users/login", wrong, tries=tries),
            compare("forgotten password", "/api/v1/users/password/reset", {}, tries=tries),
        ]
    return int(max(shares) > ALLOWED)


def prepare(directory: Path) -> None:
    """Set the platform up with counters that stop nobody, and one person."""
    os.environ |= {
        "DJANGO_SETTINGS_MODULE": "interview_platform.settings",
        "DATA_DIR": str(directory),
        "SECRET_KEY": "s" * 50,
        "JWT_SIGNING_KEY": "j" * 50,
        "THROTTLE_LOGIN": "1000000/h",
        "THROTTLE_LOGIN_ADDRESS": "1000000/h",
        "THROTTLE_LOGIN_ACCOUNT": "1000000/h",
        "THROTTLE_MAIL": "1000000/h",
    }
    import django
    from django.conf import settings

    settings.CACHE_URL = "memory://"
    rates: Any = settings.REST_FRAMEWORK["DEFAULT_THROTTLE_RATES"]
    rates["mail_to"] = "1000000/hour"
    settings.ALLOWED_HOSTS = ["testserver"]
    django.setup()
    from django.core.management import call_command

    from accounts import letters
    from accounts.models import User

    call_command("migrate", verbosity=0)
    User.objects.create_user(KNOWN, PASSWORD, full_name="Known")
    letters.ring = lambda: False  # there is no broker here, whose absence would take its own time


def compare(name: str, path: str, body: dict[str, str], *, tries: int) -> float:
    """Print the medians by the clock and of the processor; return by which share the slower is above the quicker one."""
    from rest_framework.test import APIClient

    clock: dict[str, list[float]] = {"known": [], "unknown": []}
    work: dict[str, list[float]] = {"known": [], "unknown": []}
    for number in range(tries + 1):
        people = [("known", KNOWN), ("unknown", f"nobody{number}@example.com")]
        for kind, email in people if number % 2 else reversed(people):
            began, worked = time.perf_counter(), time.process_time()
            APIClient().post(path, {"email": email, **body}, format="json")
            clock[kind].append(time.perf_counter() - began)
            work[kind].append(time.process_time() - worked)
    shares = [told(f"{name}, {by}", times) for by, times in (("clock", clock), ("work", work))]
    return min(
        shares
    )  # a busy machine disturbs the one, and what a request waits for is not in the other


def told(name: str, times: dict[str, list[float]]) -> float:
    """Print both medians, and return the share between them."""
    known, unknown = (statistics.median(times[kind][1:]) for kind in ("known", "unknown"))
    share = max(known, unknown) / min(known, unknown) - 1
    print(  # noqa: T201 - a program for a terminal
        f"{name:26} known {known * 1000:8.2f} ms   unknown {unknown * 1000:8.2f} ms   {share:.1%}"
    )
    return share


if __name__ == "__main__":
    sys.exit(main())
