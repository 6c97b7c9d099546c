"""Holding an answer until its result is there (`Prefer: wait`): an ear at the broker, and no loop over the database."""

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, Protocol, TypeVar
from uuid import UUID

from django.conf import settings
from django.db import connection

from pipeline import events
from pipeline.events import Subscription


class Settles(Protocol):
    """Something that is waited for."""

    @property
    def is_settled(self) -> bool: ...


Seen = TypeVar("Seen", bound=Settles)


@dataclass(frozen=True, slots=True)
class Held(Generic[Seen]):
    """What was seen last, and whether it was waited for as wished."""

    seen: Seen
    honoured: bool


class _Places:
    """Counts the requests that this process holds."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken = 0

    @contextmanager
    def take(self) -> Iterator[bool]:
        """Give a place, or False when all of them are taken."""
        with self._lock:
            free = self._taken < settings.WAIT_MAX_REQUESTS
            self._taken += free
        try:
            yield free
        finally:
            with self._lock:
                self._taken -= free


places = _Places()


def hold(look: Callable[[], Seen], *, session_uuid: UUID, seconds: float) -> Held[Seen]:
    """
    Look; while it is not settled wait for news of the session, for so many seconds at most.

    A result that is there already, and a client that does not wait, cost one look. Past the cap, and while the events
    server is away, what is seen is answered at once.
    """
    deadline = time.monotonic() + seconds
    seen = look()
    if seen.is_settled or seconds <= 0:
        return Held(seen, honoured=seconds > 0)
    with places.take() as free:
        if not free:
            return Held(seen, honoured=False)
        with events.subscription(session_uuid) as news:
            return _listen(look, news, deadline=deadline)


def let_go_of_connection() -> None:
    """Close the database connection before something slow, unless a transaction holds it; it opens again by itself."""
    if not connection.in_atomic_block:
        connection.close()


def _listen(look: Callable[[], Seen], news: Subscription, *, deadline: float) -> Held[Seen]:
    """Look again, now that nothing can be missed any more, and after each piece of news."""
    seen = look()
    while not seen.is_settled and news.is_open and (left := deadline - time.monotonic()) > 0:
        let_go_of_connection()
        if news.wait(left) or not news.is_open:
            seen = look()
    return Held(seen, honoured=seen.is_settled or news.is_open)
