"""The growth of processor time when a text doubles."""

import gc
import signal
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from types import FrameType
from typing import Final

from tests.costs.shapes import Shape

LENGTH: Final = 6_000  # characters; a text may have 20,000, an answer of two minutes has 1,800
MOST: Final = 3.0  # times as long; linear cost takes 2, quadratic 4
FLOOR: Final = 0.01  # seconds; shorter times are noise, and no danger
LIMIT: Final = 20.0  # seconds of processor time; nothing that is linear comes near
REPEATS: Final = 5


class TooSlowError(Exception):
    """The work took more processor time than `LIMIT`."""


def find_growth(
    work: Callable[[str], object], shapes: Mapping[str, Shape], *, length: int = LENGTH
) -> dict[str, str]:
    """Return the shapes whose cost grows more than `MOST` times when the text doubles, and how."""
    return {
        name: growth for name, make in shapes.items() if (growth := _growth(work, make, length))
    }


def _growth(work: Callable[[str], object], make: Shape, length: int) -> str:
    """
    Return how the time grows from `length` to twice that; an empty text when it is little enough.

    The shortest time of several repeats counts; they end as soon as the growth is small enough. Each has a length of its
    own, so that nothing is remembered from the one before.
    """
    short = long = float("inf")
    try:
        for number in range(REPEATS):
            long = min(long, _seconds(work, make(2 * length - number)))
            if long <= MOST * FLOOR:
                return ""
            short = min(short, _seconds(work, make(length - number)))
            if long <= MOST * max(short, FLOOR):
                return ""
    except TooSlowError:
        return f"over {LIMIT:.0f} s"
    return f"{short:.3f} s, and {long:.3f} s for twice as much"


def _seconds(work: Callable[[str], object], text: str) -> float:
    gc.disable()
    try:
        with _limited():
            began = time.process_time()
            work(text)
            return time.process_time() - began
    finally:
        gc.enable()


@contextmanager
def _limited() -> Iterator[None]:
    """Stop the work after `LIMIT` seconds of processor time; patterns look for signals, too."""
    before = signal.signal(signal.SIGVTALRM, _stop)
    signal.setitimer(signal.ITIMER_VIRTUAL, LIMIT)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_VIRTUAL, 0)
        signal.signal(signal.SIGVTALRM, before)


def _stop(number: int, frame: FrameType | None) -> None:
    raise TooSlowError
