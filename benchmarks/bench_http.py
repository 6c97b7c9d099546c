"""Rows of the API: uploads and polls, beside bare views under the same server."""

import io
import threading
import wave
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import Final

from benchmarks.load import Connection, Load, Maker, get, hammer, post_file
from benchmarks.rows import Speed
from benchmarks.simulate import keep_measured
from benchmarks.stack import PrivateStack, private_stack

SECONDS: Final = 10.0  # of each load
ROUNDS: Final = 2  # of each kind, in turns
UPLOADERS: Final = 20
POLLERS: Final = 50
RATE: Final = 16_000
MEGABYTE: Final = 1_000_000
QUERIES: Final = 4
PLACE: Final = 44 + 2_000  # in the file, where recordings differ


def measure() -> Iterator[Speed]:
    """Yield the rows."""
    with private_stack(workers=(), waits={}, has_api=True) as stack:
        _, bare = stack.start_beside(
            "benchmarks.bare.asgi:application", options={"lifespan": "off"}
        )
        report = stack.ask({"people": POLLERS})
        people: list[dict[str, str]] = report["people"]
        _await(stack.url)
        _await(bare)
        yield from _polls(stack, bare, people, report["queries"])
        yield _uploads(stack, bare, people[:UPLOADERS])


def _polls(
    stack: PrivateStack, bare: str, people: list[dict[str, str]], queries: Mapping[str, int]
) -> Iterator[Speed]:
    tags = {person["finished"]: _tag(stack.url, person) for person in people}
    kinds: dict[str, tuple[str, Callable[[dict[str, str]], bytes]]] = {
        "bare": (bare, lambda person: get("/poll", token=person["token"])),
        "pending": (stack.url, lambda person: get(person["pending"], token=person["token"])),
        "finished": (stack.url, lambda person: get(person["finished"], token=person["token"])),
        "304": (
            stack.url,
            lambda person: get(
                person["finished"],
                token=person["token"],
                headers={"If-None-Match": tags[person["finished"]]},
            ),
        ),
    }
    loads: dict[str, list[Load]] = {name: [] for name in kinds}
    for _ in range(ROUNDS):
        for name, (url, make) in kinds.items():
            clients = [_same(make(person)) for person in people]
            loads[name].append(hammer(url, clients, seconds=SECONDS / ROUNDS))
    _refuse_surprises(loads, {"bare": 200, "pending": 202, "finished": 200, "304": 304})
    rates = {name: _rate(found) for name, found in loads.items()}
    keep_measured(poll=2.0 / rates["pending"])
    for name, goal in (("pending", 0.7), ("finished", 0.7), ("304", 0.85)):
        yield Speed(
            f"polls a second, JWT, {POLLERS} clients: {name}",
            rates[name],
            "/s",
            goal,
            ">=",
            "bare DRF view, the same JWT check, a constant",
            rates["bare"],
        )
    for name, count in queries.items():
        yield Speed(f"queries of a poll: {name}", float(count), "", QUERIES, "<=")


def _uploads(stack: PrivateStack, bare: str, people: list[dict[str, str]]) -> Speed:
    recordings = [_recording(number) for number in range(len(people))]
    ours = [
        _changing(partial(_to_question, person), recording)
        for person, recording in zip(people, recordings, strict=True)
    ]
    theirs = [_changing(partial(post_file, "/upload"), recording) for recording in recordings]
    loads: dict[str, list[Load]] = {"ours": [], "bare": []}
    for _ in range(ROUNDS):
        loads["ours"].append(hammer(stack.url, ours, seconds=SECONDS / ROUNDS))
        loads["bare"].append(hammer(bare, theirs, seconds=SECONDS / ROUNDS))
    _refuse_surprises(loads, {"ours": 201, "bare": 201})
    keep_measured(upload=2.0 / _rate(loads["ours"]))
    return Speed(
        f"uploads of 1 MB a second, {UPLOADERS} clients",
        _rate(loads["ours"]),
        "/s",
        0.6,
        ">=",
        "bare Django view that saves the file and one row",
        _rate(loads["bare"]),
    )


def _to_question(person: dict[str, str], content: bytes) -> bytes:
    return post_file(person["upload"], content, token=person["token"])


def _rate(loads: list[Load]) -> float:
    return sum(len(load.times) for load in loads) / sum(load.seconds for load in loads)


def _refuse_surprises(loads: Mapping[str, list[Load]], wanted: Mapping[str, int]) -> None:
    for name, found in loads.items():
        if {status for load in found for status in load.statuses} != {wanted[name]}:
            raise RuntimeError(f"{name}: {[load.statuses for load in found]}")


def _same(request: bytes) -> Maker:
    return lambda _number: request


def _changing(make: Callable[[bytes], bytes], recording: bytes) -> Maker:
    """Return what makes an upload whose bytes are no other's: equal ones are one recording."""

    def made(number: int) -> bytes:
        mark = number.to_bytes(4, "little")
        return make(recording[:PLACE] + mark + recording[PLACE + len(mark) :])

    return made


def _recording(number: int) -> bytes:
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(
            bytes((number * 7 + place) % 251 for place in range(1000)) * (MEGABYTE // 1000)
        )
    return target.getvalue()


def _tag(url: str, person: dict[str, str]) -> str:
    with Connection(url) as connection:
        status, headers, body = connection.ask(get(person["finished"], token=person["token"]))
    if "etag" not in headers:
        raise RuntimeError(f"{status}: {body[:300]!r}")
    return headers["etag"]


def _await(url: str) -> None:
    """Return when a server takes connections, and has answered."""
    for _ in range(1200):
        try:
            with Connection(url) as connection:
                connection.ask(get("/health/live"))
        except OSError:
            threading.Event().wait(0.1)
        else:
            return
    raise TimeoutError(url)
