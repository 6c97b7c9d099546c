"""Measure history, dashboard and charts over HTTP on a private PostgreSQL with as many answers as asked for."""

import argparse
import os
import random
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from statistics import quantiles
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ["TEST_DATABASE"] = "postgres"  # its import starts the server

import django  # noqa: E402 - after the environment above

django.setup()

from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from rest_framework.test import APIClient  # noqa: E402
from rich.console import Console  # noqa: E402
from rich.table import Table  # noqa: E402

from accounts.models import User  # noqa: E402
from analytics.charts import CHARTS  # noqa: E402
from benchmarks.analytics_data import fill  # noqa: E402
from pipeline.models import EvaluationRecord  # noqa: E402
from tests.databases import create_database  # noqa: E402

WARM_UP = 10  # requests that are not measured: the connection and the imports
PATHS = (
    "dashboard",
    "history",
    "history?order=score",
    *(f"charts/{name}" for name in CHARTS),
    "charts/score_trend?format=svg",
    "charts/score_trend?format=png",
)


def main() -> None:
    """Fill, measure, print; once for each size."""
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--answers", type=int, nargs="+", default=[10_000, 1_000_000])
    arguments.add_argument("--requests", type=int, default=200, help="for each path and size")
    options = arguments.parse_args()
    for size in options.answers:
        began = time.perf_counter()
        create_database(os.environ["DATABASE_URL"], database_of(size))
        use_database(size)
        call_command("migrate", verbosity=0)
        fill(size)
        made = EvaluationRecord.objects.count()
        show(f"{made:,} answers made in {time.perf_counter() - began:.0f} s")
    doors = [open_door(size) for size in options.answers]
    table = [measure(path, doors, requests=options.requests) for path in PATHS]
    print_table(options.answers, table)
    show(
        f"Load average of the last minutes: {', '.join(f'{load:.1f}' for load in os.getloadavg())}"
    )


def database_of(size: int) -> str:
    """Return the name of the database with this many answers."""
    return f"answers_{size}"


def use_database(size: int) -> None:
    """Let everything that follows happen in that database."""
    if connection.connection is not None:
        connection.close()
    connection.settings_dict["NAME"] = database_of(size)


def show(text: str) -> None:
    """Print a line."""
    Console().print(text)


@dataclass(frozen=True)
class Door:
    """A database that is kept open, and the people in it."""

    connection: Any
    people: list[User]


def open_door(size: int) -> Door:
    """Return the way into the database of that size, with people at random."""
    connection.connection = None  # the one before stays open behind its own door
    use_database(size)
    return Door(people=list(User.objects.order_by("?")[:1000]), connection=connection.connection)


def measure(path: str, doors: Sequence[Door], *, requests: int) -> list[tuple[float, float]]:
    """Return p50 and p95 in milliseconds for each door; they take turns, so that noise meets all alike."""
    client = APIClient(SERVER_NAME="localhost")
    took: list[list[float]] = [[] for _ in doors]
    for _ in range(WARM_UP + requests):
        for times, door in zip(took, doors, strict=True):
            connection.connection = door.connection
            client.force_authenticate(random.choice(door.people))  # noqa: S311 - a sample, no secret
            times.append(time_request(client, path))
    cuts = [quantiles(times[WARM_UP:], n=20) for times in took]
    return [(cut[9], cut[18]) for cut in cuts]


def time_request(client: APIClient, path: str) -> float:
    """Return the milliseconds of one request."""
    began = time.perf_counter()
    response = client.get(f"/api/v1/feedback/{path}")
    took = 1000 * (time.perf_counter() - began)
    assert response.status_code == 200, response.content  # noqa: S101, PLR2004 - a broken run measures nothing
    return took


def print_table(sizes: Sequence[int], rows: Sequence[Sequence[tuple[float, float]]]) -> None:
    """Print p50 and p95 of every path and size, and how much the last p95 is of the first."""
    table = Table("path", *(f"{size:,}: p50 / p95 ms" for size in sizes), "p95 last : first")
    for path, row in zip(PATHS, rows, strict=True):
        cells = [f"{p50:.1f} / {p95:.1f}" for p50, p95 in row]
        table.add_row(path, *cells, f"{row[-1][1] / row[0][1]:.2f}")
    Console(width=120).print(table)


if __name__ == "__main__":
    main()
