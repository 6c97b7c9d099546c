"""
Small parts of a rate that one process counts in advance, so that most requests need not ask the cache.

A part is a hundredth of the rate, sixteen at most; of a small rate it is one, and every request is counted by itself. What a
process has counted and not used when the window closes is lost: nobody ever gets more than the rate, and with two
processes at worst two hundredths less.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Hashable
from typing import Final

SHARE: Final = 100  # parts of a rate
MOST: Final = 16  # requests in a part
SUBJECTS: Final = 10_000  # that a process remembers; who is forgotten loses a part


def part_of(limit: int) -> int:
    """Return how many requests are counted in advance of a rate of so many."""
    return max(1, min(MOST, limit // SHARE))


class Allowances:
    """What this process may still let pass, by subject."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._left: OrderedDict[Hashable, tuple[int, float]] = OrderedDict()

    def use(self, subject: Hashable) -> bool:
        """Use one that was counted before; False when there is none, or its window is over."""
        with self._lock:
            left, until = self._left.get(subject, (0, 0.0))
            if left and until > time.time():
                self._left[subject] = left - 1, until
                return True
            self._left.pop(subject, None)
            return False

    def keep(self, subject: Hashable, *, number: int, until: float) -> None:
        """Keep so many for later; those of another request that came at the same time stay, too."""
        if number <= 0:
            return
        with self._lock:
            left, was_until = self._left.pop(subject, (0, 0.0))
            self._left[subject] = (left if was_until == until else 0) + number, until
            if len(self._left) > SUBJECTS:
                self._left.popitem(last=False)

    def forget(self) -> None:
        """Count each next request anew."""
        with self._lock:
            self._left.clear()
