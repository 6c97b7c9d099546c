"""
What keeps a lease alive while its stage works, until the stage's hard limit: a hung stage must lose its lease.

One thread of the process beats for all of its stages. A thread for each stage would cost more than a short stage itself, and
most stages are over before their first beat is due.
"""

import logging
import os
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection

from pipeline import leases
from pipeline.leases import Claim

logger = logging.getLogger(__name__)


@contextmanager
def kept_alive(held: Claim) -> Iterator[None]:
    """Keep the lease alive for the block."""
    heart = _Process.heart
    heart.take(held)
    try:
        yield
    finally:
        heart.leave(held)


@dataclass(slots=True)
class _Kept:
    held: Claim
    next_beat: float  # on the clock of `time.monotonic`, as the following
    ends: float


class Heart:
    """The thread; it starts with the first stage and sleeps until a beat is due."""

    def __init__(self) -> None:
        self._change = threading.Condition()
        self._kept: dict[UUID, _Kept] = {}
        self._wakes_at = 0.0
        self._thread: threading.Thread | None = None

    def take(self, held: Claim) -> None:
        """Beat for this lease from now on."""
        now = time.monotonic()
        first = now + settings.HEARTBEAT_SECONDS
        with self._change:
            self._kept[held.token] = _Kept(held, first, now + settings.STAGE_LIMITS[held.stage][1])
            if self._thread is None or not self._thread.is_alive():
                self._thread = threading.Thread(target=self._live, name="heart", daemon=True)
                self._thread.start()
            elif first < self._wakes_at:
                self._change.notify()

    def leave(self, held: Claim) -> None:
        """Beat for it no more. A beat that is under way harms nobody: it finds the lease by its token."""
        with self._change:
            self._kept.pop(held.token, None)

    def _live(self) -> None:
        while True:
            for held in self._wait():
                if not _beat(held):
                    self.leave(held)

    def _wait(self) -> list[Claim]:
        """Sleep until beats are due, and return for what; without any lease, a beat's time: the next one finds us asleep."""
        with self._change:
            beats = [kept.next_beat for kept in self._kept.values()]
            self._wakes_at = min(beats, default=time.monotonic() + settings.HEARTBEAT_SECONDS)
            self._change.wait(max(0.0, self._wakes_at - time.monotonic()))
            now = time.monotonic()
            self._kept = {token: kept for token, kept in self._kept.items() if now < kept.ends}
            due = [kept for kept in self._kept.values() if kept.next_beat <= now]
            for kept in due:
                kept.next_beat = now + settings.HEARTBEAT_SECONDS
            return [kept.held for kept in due]


class _Process:
    heart: ClassVar[Heart] = Heart()


def _begin_anew() -> None:
    """Give a child a heart of its own: threads do not outlive a fork."""
    _Process.heart = Heart()


os.register_at_fork(after_in_child=_begin_anew)


def _beat(held: Claim) -> bool:
    """Return whether the lease is still ours, as far as we know."""
    try:
        return leases.beat(held)
    except DatabaseError as error:
        logger.warning("No heartbeat: the database did not answer (%s)", error)
        return True
    finally:
        connection.close()
