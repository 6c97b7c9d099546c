"""Rows of the pipeline itself: what it adds to the stages' own work, what it takes, and whether more workers do more."""

import time
from collections.abc import Iterator
from http import HTTPStatus
from statistics import median
from typing import Any, Final

from benchmarks.capacity import p95
from benchmarks.load import Connection, get, post_file
from benchmarks.rows import Speed
from benchmarks.simulate import keep_measured
from benchmarks.stack import PrivateStack, Workers, private_stack
from tests.chaos.recordings import Kind, Marked, make_recording

UPLOADS: Final = 30  # one after the other, each by somebody else
BURST: Final = 300  # answers at once
MANY: Final = 8
WAIT: Final = 0.1  # seconds, of each of the four stages
TURNS: Final = 16  # answers for each worker
STAGES: Final = ("transcribe", "evaluate", "score", "feedback")
ONE: Final = {"gpu": 1, "cpu": 1}


def measure() -> Iterator[Speed]:
    """Yield the rows."""
    two = (Workers("gpu", processes=2), Workers("cpu,maint", processes=2))
    with private_stack(workers=two, waits={}, has_api=True) as stack:
        yield from _idle(stack)
        yield _burst(stack)
    waits = dict.fromkeys(STAGES, WAIT)
    with private_stack(workers=(Workers("gpu,cpu"),), waits=waits) as stack:
        yield _more_workers(stack)


def _idle(stack: PrivateStack) -> Iterator[Speed]:
    people = stack.ask({"people": UPLOADS + 2, "workers": ONE})["people"]
    with Connection(stack.url) as connection:
        times = [_feedback_of(connection, person, n) for n, person in enumerate(people)][2:]
    yield Speed(
        "from 201 to feedback, stages of 0 s, idle, p50", 1000 * median(times), "ms", 150, "<="
    )
    yield Speed("the same, p95", 1000 * p95(times), "ms", 400, "<=")


def _feedback_of(connection: Connection, person: dict[str, str], number: int) -> float:
    """Return the seconds from a recording's 201 to its feedback, as the client sees them."""
    recording = make_recording(Marked(number, Kind.GOOD))
    status, _, body = connection.ask(post_file(person["upload"], recording, token=person["token"]))
    if status != HTTPStatus.CREATED:
        raise RuntimeError(f"{status}: {body[:300]!r}")
    begin = time.perf_counter()
    asked = get(person["feedback"], token=person["token"], headers={"Prefer": "wait=10"})
    while (status := connection.ask(asked)[0]) == HTTPStatus.ACCEPTED:
        pass
    if status != HTTPStatus.OK:
        raise RuntimeError(f"feedback: {status}")
    return time.perf_counter() - begin


def _burst(stack: PrivateStack) -> Speed:
    """Let many answers lie there before the workers begin."""
    report = _gated(stack, BURST, workers=ONE)
    spaced = [0.4 * number for number in range(10)]
    calm = stack.ask({"workers": ONE, "answers": len(spaced), "arrivals": spaced})
    keep_measured(
        commits=report["commits"] / BURST,
        rows=report["rows_written"] / BURST,
        database_bytes=report["bytes"] / BURST,
        hop=median(_hops(calm)),
    )
    return Speed(
        f"answers a second through all four stages of 0 s, PostgreSQL, {BURST} answers",
        _rate(report),
        "/s",
        60,
        ">=",
    )


def _more_workers(stack: PrivateStack) -> Speed:
    one = _rate(_gated(stack, TURNS, workers={"gpu": 1}))
    keep_measured(task=max(0.0, 1.0 / one / len(STAGES) - WAIT))
    stack.add(Workers("gpu,cpu", count=MANY - 1))
    many = _rate(_gated(stack, TURNS * MANY, workers={"gpu": MANY}))
    return Speed(
        f"answers a second by {MANY} workers, stages that wait {1000 * WAIT:.0f} ms",
        many,
        "/s",
        0.9,
        ">=",
        f"{MANY} times that of one",
        MANY * one,
    )


def _gated(stack: PrivateStack, count: int, *, workers: dict[str, int]) -> dict[str, Any]:
    stack.gate.touch()
    return stack.ask({"workers": workers, "answers": count, "gate": str(stack.gate)})


def _rate(report: dict[str, Any]) -> float:
    """Return answers a second, from the opening of the gate to the last result."""
    end = max(run["finished"] for run in report["runs"])
    return len(report["runs"]) / float(end - report["begin"])


def _hops(report: dict[str, Any]) -> list[float]:
    stages = [run["stages"] for run in report["runs"]]
    return [stage["evaluate"][0] - stage["transcribe"][1] for stage in stages]
