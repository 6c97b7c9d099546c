"""Small writes that the database was away for: they are made as soon as it is back."""

import logging
import threading
from collections.abc import Callable
from typing import Final

from django.db import InterfaceError, OperationalError, connection

logger = logging.getLogger(__name__)

AWAY: Final = (OperationalError, InterfaceError)  # what drivers raise when the database is away
PAUSE: Final = 1.0  # seconds between two tries
TRIES: Final = 150

Write = Callable[[], object]


class LateWrites:
    """
    Makes each write now, or else later in a thread of this process.

    It is for writes that nobody waits for and that may be lost with the process, and that may be made twice: whether a
    write was made before its connection broke cannot be known.
    """

    def __init__(self, *, pause: float = PAUSE, tries: int = TRIES) -> None:
        self._pause = pause
        self._tries = tries
        self._lock = threading.Lock()
        self._waiting: list[Write] = []
        self._thread: threading.Thread | None = None

    def make(self, write: Write) -> None:
        """Make the write; when the database is away, do so once it is back."""
        try:
            write()
        except AWAY:
            self.make_later(write)

    def make_later(self, write: Write) -> None:
        """Make a write that has failed once the database is back."""
        with self._lock:
            self._waiting.append(write)
            if self._thread is None:
                self._thread = threading.Thread(
                    target=self._catch_up, name="late writes", daemon=True
                )
                self._thread.start()

    def _catch_up(self) -> None:
        wait = threading.Event().wait
        for _ in range(self._tries):
            wait(self._pause)
            if self._all_are_made():
                return
        with self._lock:
            logger.error("gave up %d late writes", len(self._waiting))
            self._waiting.clear()
            self._thread = None

    def _all_are_made(self) -> bool:
        """Make what waits, as far as the database takes it."""
        try:
            while self._waiting:
                self._waiting[0]()
                self._waiting.pop(0)  # this thread alone takes them out
        except AWAY:
            return False
        finally:
            connection.close()
        with self._lock:
            if self._waiting:
                return False
            self._thread = None
            return True


late_writes: Final = LateWrites()
