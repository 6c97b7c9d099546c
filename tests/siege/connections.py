"""Clients that send slowly, or nothing, in numbers, while somebody wants to work."""

import contextlib
import resource
import socket
import statistics
import time
from collections.abc import Iterator, Sequence
from typing import Final
from urllib.parse import SplitResult, urlsplit

import httpx

from tests.candidate import Candidate
from tests.siege.tally import Tally

SLOWEST: Final = 5.0  # seconds that a normal request may take meanwhile
SLOWER: Final = 20.0  # so many times as long as before, where the machine was slow before
ROUNDS: Final = 20
SPARE: Final = 200  # descriptors of our own
HALVES: Final = {
    "silent": b"",
    "half a head": b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
    "half a body": b'POST /api/v1/users/login HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Type: application/json\r\nContent-Length: 5000\r\n\r\n{"email": ',
    "held lines": b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n",
}


def attack(url: str, *, count: int) -> Iterator[Tally]:
    """Yield a tally for each kind of half-open connection: tried are connections, wrong are normal answers that did not come."""
    place = urlsplit(url)
    room = resource.getrlimit(resource.RLIMIT_NOFILE)[0] - SPARE
    with Candidate(url) as person:
        person.http.timeout = httpx.Timeout(60)
        person.register()
        patience = max(SLOWEST, SLOWER * _quiet_seconds(person))
        for name, half in HALVES.items():
            tally = Tally(f"{min(count, room)} connections, {name}")
            with contextlib.ExitStack() as held:
                clients = list(_open(held, place, half, tally, number=min(count, room)))
                _work_on(person, tally, patience=patience)
                _drip(clients)
                _work_on(person, tally, patience=patience)
            yield tally


def _open(
    held: contextlib.ExitStack, place: SplitResult, half: bytes, tally: Tally, *, number: int
) -> Iterator[socket.socket]:
    for _ in range(number):
        tally.tried += 1
        try:
            client = socket.create_connection((place.hostname or "", place.port or 0), timeout=5)
            held.enter_context(client)
            client.sendall(half)
        except OSError:  # the house is full: a refusal
            tally.rejected += 1
            continue
        yield client


def _drip(clients: Sequence[socket.socket]) -> None:
    """Send one more byte on each, as such clients do to be kept."""
    for client in clients:
        with contextlib.suppress(OSError):
            client.setblocking(False)
            client.send(b"x")


def _quiet_seconds(person: Candidate) -> float:
    """Return what a request takes while nobody attacks."""
    return statistics.median(_ask(person)[1] for _ in range(ROUNDS))


def _work_on(person: Candidate, tally: Tally, *, patience: float) -> None:
    for number in range(ROUNDS):
        try:
            status, seconds = _ask(person)
        except httpx.TransportError as trouble:
            tally.blame(f"request {number}: {trouble!r}")
            continue
        if status != 200 or seconds > patience:
            tally.blame(f"request {number}: {status} after {seconds:.1f} of {patience:.1f} s")


def _ask(person: Candidate) -> tuple[int, float]:
    """Return the status of a request by a connection of its own, and how long it took."""
    began = time.monotonic()
    with httpx.Client(
        base_url=person.http.base_url, headers=person.http.headers, timeout=60
    ) as fresh:
        answer = fresh.get("/api/v1/users/me")
    return answer.status_code, time.monotonic() - began
