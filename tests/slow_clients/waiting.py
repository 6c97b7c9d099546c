"""
Measure what waiting clients cost: `python -m tests.slow_clients.waiting`.

One API process on PostgreSQL; polls of other people are timed with and without the waiting clients, in turns.
"""

import argparse
import asyncio
import os
import statistics
import sys
import tempfile
import time
from pathlib import Path
from typing import Final

import django
import httpx
import psycopg

os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
os.environ["TEST_DATABASE"] = "postgres"
django.setup()

from interview_platform.stack.broker import free_port  # noqa: E402 - likewise
from tests.databases import create_database  # noqa: E402 - once Django is set up
from tests.integration.media.api_server import Answering, ApiServer  # noqa: E402 - likewise
from tests.private_broker import PrivateBroker  # noqa: E402 - likewise
from tests.recordings import wave_bytes  # noqa: E402 - likewise

SETTINGS: Final = {"THROTTLE_REGISTER": "100000/h", "THROTTLE_USER": "100000/m"}
PER_PERSON: Final = 40  # below the limit of one user
POLLS: Final = 100  # of each turn
LOOK = """
SELECT count(*), count(*) FILTER (WHERE state <> 'idle') FROM pg_stat_activity
WHERE datname = current_database() AND pid <> pg_backend_pid()
"""


def main() -> int:
    """Measure, print, return 1 when waiting costs others too much."""
    options = _options()
    with tempfile.TemporaryDirectory(prefix="waiting-") as folder:
        database = create_database(os.environ["DATABASE_URL"], "waiting")
        broker = PrivateBroker(
            url=f"redis://:waiting@127.0.0.1:{free_port()}/0", directory=Path(folder)
        )
        broker.ensure_running()
        own = {**SETTINGS, "BROKER_URL": broker.url}
        server = ApiServer(
            Path(folder) / "data",
            database_url=database,
            environment=own,
            processes=1,
        )
        server.start()
        try:
            return asyncio.run(
                _measure(server, database, clients=options.clients, turns=options.turns)
            )
        finally:
            server.stop()
            broker.stop()


async def _measure(server: ApiServer, database: str, *, clients: int, turns: int) -> int:
    people = [_somebody(server) for _ in range(-(-clients // PER_PERSON))]
    other = _somebody(server)
    alone: list[float] = []
    beside: list[float] = []
    held = waited = 0
    for _ in range(turns):
        alone += await _poll(other)
        async with httpx.AsyncClient(
            base_url=server.url, timeout=90, limits=httpx.Limits(max_connections=None)
        ) as http:
            requests = [
                asyncio.create_task(_wait(http, people[number // PER_PERSON]))
                for number in range(clients)
            ]
            await _until_all_wait(requests, database)
            beside += await _poll(other)
            held = max(held, _connections(database)[1])
            print(f"connections of the API while {clients} wait: {_connections(database)}")
            waited += sum(
                [
                    response.headers.get("Preference-Applied") == "wait=30"
                    for response in await asyncio.gather(*requests)
                ]
            )
    slow_alone, slow_beside = _p95(alone), _p95(beside)
    memory = server.peak_megabytes()
    print(f"waited as wished      {waited} of {clients * turns}")
    print(f"connections at work   {held} (of the last look, while nobody polls)")
    print(f"p95 of polls, alone   {1000 * slow_alone:.1f} ms ({len(alone)} polls)")
    print(f"p95 of polls, beside  {1000 * slow_beside:.1f} ms ({slow_beside / slow_alone:.2f} x)")
    print(f"memory, most          {memory:.0f} MB")
    return int(held > 0 or slow_beside > 1.2 * slow_alone or waited < clients * turns)


def _somebody(server: ApiServer) -> Answering:
    """Return a person with an answer that nobody works on."""
    person = Answering(server)
    person.send(wave_bytes()).raise_for_status()
    return person


async def _wait(http: httpx.AsyncClient, person: Answering) -> httpx.Response:
    headers = {"Authorization": person.http.headers["Authorization"], "Prefer": "wait=30"}
    return await http.get(person.path.replace("/audio", "/transcript"), headers=headers)


async def _until_all_wait(requests: "list[asyncio.Task[httpx.Response]]", database: str) -> None:
    """Return when the API is quiet again: every request has had its first look."""
    quiet = 0
    while quiet < 10:
        await asyncio.sleep(0.1)
        quiet = quiet + 1 if _connections(database)[1] == 0 else 0
    assert not any(request.done() for request in requests)


async def _poll(person: Answering) -> list[float]:
    """Return the seconds of some polls, one after the other."""
    times = []
    headers = {"Authorization": person.http.headers["Authorization"]}
    async with httpx.AsyncClient(base_url=person.server.url, timeout=30) as http:
        for _ in range(POLLS):
            began = time.perf_counter()
            answer = await http.get(person.path.replace("/audio", "/transcript"), headers=headers)
            times.append(time.perf_counter() - began)
            answer.raise_for_status()
    return times


def _connections(database: str) -> tuple[int, int]:
    """Return how many connections the API has to the database, and how many of them are at work."""
    with psycopg.connect(database) as connection:
        row = connection.execute(LOOK).fetchone()
    assert row is not None
    return int(row[0]), int(row[1])


def _p95(times: list[float]) -> float:
    return statistics.quantiles(times, n=20)[-1]


def _options() -> argparse.Namespace:
    arguments = argparse.ArgumentParser(description=__doc__)
    arguments.add_argument("--clients", type=int, default=1000)
    arguments.add_argument("--turns", type=int, default=3)
    return arguments.parse_args()


if __name__ == "__main__":
    sys.exit(main())
