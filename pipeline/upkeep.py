"""Jobs that the reconciler's leader does now and then. An app registers its own when it is ready."""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Job:
    """Something to be done every so many seconds."""

    name: str
    every_seconds: float
    do: Callable[[], object]
    due_at: float = field(default_factory=time.monotonic)


JOBS: Final[dict[str, Job]] = {}


def register(name: str, *, every_seconds: float, do: Callable[[], object]) -> None:
    """Have this done from now on, in place of an earlier job of that name."""
    JOBS[name] = Job(name, every_seconds, do)


def do_what_is_due() -> list[str]:
    """Do the jobs whose time has come; return their names."""
    now = time.monotonic()
    due = [job for job in JOBS.values() if job.due_at <= now]
    for job in due:
        job.due_at = now + job.every_seconds
        done = job.do()
        logger.log(logging.INFO if done else logging.DEBUG, "Upkeep: %s (%s)", job.name, done)
    return [job.name for job in due]
