"""Questions to other servers, each with an end: one that hangs holds up nobody."""

import threading
import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from typing import Generic, TypeVar

T = TypeVar("T")


class Bounded(Generic[T]):
    """
    A question that is asked in a thread of its own.

    Who asks while an earlier asking is under way gets that one's answer: however often one asks a server that hangs,
    there is one thread that waits for it.
    """

    def __init__(self, ask: Callable[[], T]) -> None:
        self._ask = ask
        self._lock = threading.Lock()
        self._asking: Future[T] | None = None

    def begin(self) -> "Future[T]":
        """Ask, and return the answer to come."""
        with self._lock:
            if self._asking is None or self._asking.done():
                self._asking = Future()
                threading.Thread(target=self._answer, args=(self._asking,), daemon=True).start()
            return self._asking

    def _answer(self, asking: "Future[T]") -> None:
        try:
            asking.set_result(self._ask())
        except BaseException as trouble:  # noqa: BLE001 - whoever waits gets it, whatever it is
            asking.set_exception(trouble)


def ask_all(questions: Mapping[str, Bounded[T]], *, seconds: float) -> dict[str, T | BaseException]:
    """Ask all at once; return each answer, or what went wrong: `TimeoutError` for one that took too long."""
    asking = {name: question.begin() for name, question in questions.items()}
    deadline = time.monotonic() + seconds
    outcomes: dict[str, T | BaseException] = {}
    for name, future in asking.items():
        try:
            outcomes[name] = future.result(timeout=max(0.0, deadline - time.monotonic()))
        except BaseException as trouble:  # noqa: BLE001 - it is told, whatever it is
            outcomes[name] = trouble
    return outcomes
