"""
Jobs that are done now and then. An app registers its own when it is ready.

The reconciler's leader sees to it that they are done: what mends lost work it does itself, as that must need no broker;
everything else it has done on the queue `maint`, where a long sweep holds nobody up.
"""

import logging
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Final

from pipeline.runs import dispatch

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Job:
    """Something to be done every so many seconds."""

    name: str
    every_seconds: float
    do: Callable[[], object]
    is_mending: bool
    due_at: float = field(default_factory=time.monotonic)


TASK: Final = "pipeline.tasks.do_upkeep"
JOBS: Final[dict[str, Job]] = {}


def register(
    name: str, *, every_seconds: float, do: Callable[[], object], is_mending: bool = False
) -> None:
    """Have this done from now on, in place of an earlier job of that name; the leader itself does what is `mending`."""
    JOBS[name] = Job(name, every_seconds, do, is_mending)


def see_to_what_is_due() -> list[str]:
    """Do, or have done, the jobs whose time has come; return the names of those that are seen to."""
    now = time.monotonic()
    due = [job for job in JOBS.values() if job.due_at <= now]
    seen_to = [job for job in due if _see_to(job)]
    for job in seen_to:
        job.due_at = now + job.every_seconds
    return [job.name for job in seen_to]


def do(name: str) -> None:
    """Do the job of that name now; one that this version does not know is another's."""
    job = JOBS.get(name)
    if job is not None:
        done = job.do()
        logger.log(logging.INFO if done else logging.DEBUG, "Upkeep: %s (%s)", name, done)


def _see_to(job: Job) -> bool:
    """Return whether it is done, or on its way; a message that nobody takes in time is not worth more than the next one."""
    if job.is_mending:
        do(job.name)
        return True
    return dispatch.send(TASK, expires=job.every_seconds, name=job.name)
