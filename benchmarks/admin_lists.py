"""Measure the admin's lists, the overview and the agreement on a private PostgreSQL with as many answers as asked for."""

import argparse
import os
import sys
import time
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ["TEST_DATABASE"] = "postgres"  # its import starts the server

import django  # noqa: E402 - after the environment above

django.setup()

from django.core.management import call_command  # noqa: E402 - likewise
from django.db import connection  # noqa: E402 - likewise
from django.test import Client  # noqa: E402 - likewise
from django.test.utils import CaptureQueriesContext  # noqa: E402 - likewise
from rich.console import Console  # noqa: E402 - likewise
from rich.table import Table  # noqa: E402 - likewise

from accounts.models import User  # noqa: E402 - likewise
from benchmarks.analytics_data import fill  # noqa: E402 - likewise
from pipeline.models import PipelineRun  # noqa: E402 - likewise
from tests.databases import create_database  # noqa: E402 - likewise

DATABASE = "lists"
CHIEF = 2_000_000_000  # an id beyond those of the people who are made
SHOWN_QUERY = 300  # characters of the slowest query
PAGES = (
    "interview_sessions/interviewsession/",
    "interview_sessions/interviewsession/?status__exact=completed",
    "interview_sessions/interviewsession/?q=person77",
    "media/audioanswer/",
    "media/audioanswer/?p=100",
    "media/audioanswer/?q=person77",
    "pipeline/pipelinerun/",
    "pipeline/pipelinerun/?state__exact=failed",
    "pipeline/pipelinerun/?state__exact=completed",
    "pipeline/pipelinerun/?q=person77",
    "pipeline/pipelinerun/?q={uuid}",
    "pipeline/evaluationrecord/",
    "pipeline/evaluationrecord/?scorer_version=1",
    "pipeline/evaluationrecord/?scorable__exact=0",
    "overview?period=week",
    "overview?period=month",
    "overview?period=year",
    "agreement",
)


def main() -> None:
    """Fill, measure, print."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--answers", type=int, default=1_000_000)
    arguments.add_argument("--requests", type=int, default=20, help="for each page")
    arguments.add_argument("--pages", nargs="+", default=PAGES)
    options = arguments.parse_args()
    create_database(os.environ["DATABASE_URL"], DATABASE)
    connection.close()
    connection.settings_dict["NAME"] = DATABASE
    call_command("migrate", verbosity=0)
    fill(options.answers)
    client = Client(SERVER_NAME="localhost")
    client.force_login(
        User.objects.create_superuser("chief@example.com", "correct-horse-9", pk=CHIEF)
    )
    uuid = str(PipelineRun.objects.only("uuid")[1000].uuid)
    table = Table("page", "queries", "p50 ms", "max ms", "own CPU ms", "slowest query ms")
    for page in options.pages:
        table.add_row(page, *measure(client, page.format(uuid=uuid), requests=options.requests))
    Console(width=120).print(table)
    Console().print(f"Load average: {', '.join(f'{load:.1f}' for load in os.getloadavg())}")


def measure(client: Client, page: str, *, requests: int) -> list[str]:
    """Return how many queries the page takes, its median and longest time, what of it is our own CPU, and its slowest query."""
    with CaptureQueriesContext(connection) as caught:
        answer = client.get(f"/admin/{page}")
    assert answer.status_code == 200, (page, answer.status_code)  # noqa: S101, PLR2004 - a broken run measures nothing
    number = len(caught)
    slowest = max(caught.captured_queries, key=lambda query: float(query["time"]))
    if float(slowest["time"]) > 0.1:  # noqa: PLR2004 - seconds that are worth a look
        Console(width=160).print(f"{page}: {slowest['time']} s, {slowest['sql'][:SHOWN_QUERY]}")
    times, own = [], []
    for _ in range(requests):
        began, began_own = time.perf_counter(), time.process_time()
        client.get(f"/admin/{page}")
        times.append(1000 * (time.perf_counter() - began))
        own.append(1000 * (time.process_time() - began_own))
    return [
        str(number),
        f"{median(times):.0f}",
        f"{max(times):.0f}",
        f"{median(own):.0f}",
        f"{1000 * float(slowest['time']):.0f}",
    ]


if __name__ == "__main__":
    main()
