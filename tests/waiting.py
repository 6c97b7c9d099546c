"""Waiting for a condition, never for a time."""

import threading
from collections.abc import Callable

LOOK_SECONDS = 0.02
PATIENCE = 60.0  # seconds after which a condition will not come true any more


def wait_until(condition: Callable[[], object], *, seconds: float = PATIENCE) -> None:
    """Return as soon as the condition holds; fail when it does not in time."""
    pause = threading.Event()
    for _ in range(int(seconds / LOOK_SECONDS)):
        if condition():
            return
        pause.wait(LOOK_SECONDS)
    raise AssertionError(f"the condition did not come true within {seconds} s")
