"""Rows of the real thing: polls while it transcribes, beside a view that transcribes in the request; and its memory."""

import threading
from collections.abc import Iterator, Sequence
from typing import Any, Final

import psutil

from benchmarks.answers import Spoken, spoken_answers
from benchmarks.bench_http import _await as wait_for
from benchmarks.load import Connection, Load, get, hammer, post_file
from benchmarks.rows import Speed
from benchmarks.stack import PrivateStack, Workers, private_stack

ANSWERS: Final = 4
POLLERS: Final = 4
LONGEST: Final = 240.0  # seconds that four answers may take
MEGABYTE: Final = 2**20
GOALS: Final = {"API process": 150, "cpu worker": 600, "transcribe worker, base int8": 800}


def measure() -> Iterator[Speed]:
    """Yield the rows."""
    workers = (Workers("gpu", processes=2), Workers("cpu,maint"))
    with spoken_answers(ANSWERS) as answers, private_stack(workers=workers, has_api=True) as stack:
        people = stack.ask({"people": POLLERS + ANSWERS, "workers": {"gpu": 1, "cpu": 1}})["people"]
        wait_for(stack.url)
        ours = _while_transcribing(stack, people, answers)
        memory = {name: _weigh(stack, place) for name, place in zip(GOALS, (0, 2, 1), strict=True)}
        _, sync = stack.start_beside(
            "benchmarks.bare.asgi:one_at_a_time", options={"lifespan": "off"}
        )
        wait_for(sync)
        theirs = _while_blocked(sync, people, answers)
    yield Speed(
        f"poll while {ANSWERS} answers are transcribed, p95",
        1000 * ours.slow,
        "ms",
        20,
        ">=",
        "a view that transcribes in the request, two processes of one request each",
        1000 * theirs.slow,
        turned=True,
        note=f"{len(ours.times)} polls, theirs {len(theirs.times)}",
    )
    for name, (resident, own) in memory.items():
        yield Speed(
            f"memory, {name}", resident, "MB", GOALS[name], "<=", note=f"its own alone {own:.0f} MB"
        )


def _while_transcribing(
    stack: PrivateStack, people: Sequence[dict[str, str]], answers: Sequence[Spoken]
) -> Load:
    """Upload the answers, and poll somebody else's pending result until they are judged."""
    speakers = people[POLLERS:]
    with Connection(stack.url) as connection:
        for speaker, answer in zip(speakers, answers, strict=True):
            connection.ask(
                post_file(speaker["upload"], answer.path.read_bytes(), token=speaker["token"])
            )

    def are_judged() -> bool:
        with Connection(stack.url) as connection:
            return all(
                connection.ask(get(one["result"], token=one["token"]))[0] != 202  # noqa: PLR2004 - accepted
                for one in speakers
            )

    polls = [_patient(get(person["pending"], token=person["token"])) for person in people[:POLLERS]]
    return hammer(stack.url, polls, seconds=LONGEST, until=are_judged)


def _while_blocked(url: str, people: Sequence[dict[str, str]], answers: Sequence[Spoken]) -> Load:
    """Let clients send the same answers to the view that transcribes them, and others poll beside."""

    def send(answer: Spoken) -> None:
        with Connection(url) as connection:
            connection.ask(post_file("/transcribe", answer.path.read_bytes()))

    senders = [threading.Thread(target=send, args=(answer,)) for answer in answers]
    for sender in senders:
        sender.start()
    polls = [_patient(get("/poll", token=person["token"])) for person in people[:POLLERS]]
    load = hammer(
        url, polls, seconds=LONGEST, until=lambda: not any(one.is_alive() for one in senders)
    )
    for sender in senders:
        sender.join()
    return load


def _patient(request: bytes) -> Any:
    """Return a client that asks ten times a second, on average."""

    def make(_number: int) -> bytes:
        threading.Event().wait(0.1)
        return request

    return make


def _weigh(stack: PrivateStack, place: int) -> tuple[float, float]:
    """Return resident and own memory of the largest process that does the work of a part, in MB."""
    parent = psutil.Process(stack.running[place].pid or 0)
    weights = [child.memory_full_info() for child in parent.children()]
    heaviest = max(weights, key=lambda info: info.rss)
    return heaviest.rss / MEGABYTE, heaviest.uss / MEGABYTE
