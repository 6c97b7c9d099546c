"""Counters of what happened to runs, for `/metrics`: in the events server, so that all processes share them."""

from typing import Final

from pipeline.runs import notifications

NAMES: Final = ("published", "republished", "fenced", "lost", "exhausted", "retried", "failed")
KEY: Final = "counters"


def count(name: str, *, number: int = 1) -> None:
    """Add to a counter; an absent server costs the count and nothing else."""
    if number:
        notifications.tell(lambda server: server.hincrby(notifications.key(KEY), name, number))


def read_counters() -> dict[str, int]:
    """Return every counter; raise `RedisError` when the server is away."""
    kept = notifications.server().hgetall(notifications.key(KEY))
    return {name: int(kept.get(name.encode(), 0)) for name in NAMES}
