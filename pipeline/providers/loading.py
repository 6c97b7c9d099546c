"""Models that a process loads once, at their first use, and the return of spare memory."""

import ctypes
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from functools import cache
from threading import Lock
from typing import Any, Generic, TypeVar

from celery.exceptions import SoftTimeLimitExceeded

from pipeline.domain.ports import TransientError

Model = TypeVar("Model")


class Lazy(Generic[Model]):
    """
    A model that is loaded at its first use, in a thread of its own.

    Celery raises a soft time limit in the main thread. The load goes on, and the next try finds
    what it has loaded, instead of starting from nothing on a machine that is too busy.
    """

    def __init__(self, load: Callable[[], Model]) -> None:
        self._load = load
        self._lock = Lock()
        self._loading: Future[Model] | None = None

    def get(self) -> Model:
        """
        Return the model, waiting until it is loaded.

        Raise what the load raised; the next call then loads again. Raise `TransientError` where a
        time limit ends the wait: the load must not count as slow work on the answer.
        """
        try:
            return self._start().result()
        except SoftTimeLimitExceeded as error:
            raise TransientError(
                "still_loading", "The judge is still starting. Your answer is tried again soon."
            ) from error

    def _start(self) -> Future[Model]:
        with self._lock:
            loading = self._loading
            if loading is None or (loading.done() and loading.exception() is not None):
                executor = ThreadPoolExecutor(1, thread_name_prefix="load")
                loading = self._loading = executor.submit(self._load)
                executor.shutdown(wait=False)
            return loading


def give_back() -> None:
    """
    Return what is free to the system; where the C library cannot (only glibc's can), do nothing.

    Reading weights takes twice their size for a moment. The allocator keeps that for later, and a worker has no later: its
    models are loaded once.
    """
    trim = _trim()
    if trim is not None:
        trim(0)


@cache
def _trim() -> Any:  # a C function, or None
    try:
        return getattr(ctypes.CDLL(None), "malloc_trim", None)
    except (OSError, TypeError):  # no C library to be had by that name, as on Windows
        return None
