"""What a worker's main process does beside its tasks: it shows that it lives, and looks for lost work."""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, ClassVar, Final

from billiard.exceptions import TimeLimitExceeded, WorkerLostError
from celery.signals import task_failure, worker_ready, worker_shutdown, worker_shutting_down
from django.conf import settings
from django.db import DatabaseError, connection
from django.db.models.functions import Now

from pipeline import leases, upkeep
from pipeline.models import WorkerHeartbeat
from pipeline.reconciler import Reconciler, lead, loop, resign

logger = logging.getLogger(__name__)

FORGET_AFTER: Final = timedelta(
    days=1
)  # a worker that was not seen for so long is no worker any more
STOP_SECONDS: Final = 3.0


class _Life:
    """The thread of this process."""

    stop: ClassVar[threading.Event] = threading.Event()
    thread: ClassVar[threading.Thread | None] = None
    name: ClassVar[str] = ""


@worker_ready.connect
def begin(sender: Any, **_: Any) -> None:
    """Start the thread once the worker takes work."""
    _Life.name = str(sender.hostname)
    queues = _queues_of(sender)
    concurrency = int(getattr(sender.pool, "num_processes", 1))
    reconciler = Reconciler()

    def look() -> None:
        with childless():
            show_life(_Life.name, queues=queues, concurrency=concurrency)
            reconciler.tick()
            if lead(reconciler.holder):
                upkeep.see_to_what_is_due()

    def live() -> None:
        loop(_Life.stop, each=look)
        with childless():
            _leave(reconciler)

    _Life.stop.clear()
    _Life.thread = threading.Thread(target=live, name="worker-life", daemon=True)
    _Life.thread.start()


@worker_shutting_down.connect
def end(**_: Any) -> None:
    """Let the thread take its leave: the queue shows at once that nobody serves it."""
    _Life.stop.set()


@worker_shutdown.connect
def wait_for_the_end(**_: Any) -> None:
    """Give the thread a moment to take its leave."""
    if _Life.thread is not None:
        _Life.thread.join(STOP_SECONDS)


@task_failure.connect
def free_what_a_child_held(sender: Any, exception: Any, kwargs: Any, **_: Any) -> None:
    """Let the run of a child that was killed, or ran over its hard limit, be taken at once and not when its lease ends."""
    run_id = kwargs.get("run_id") if isinstance(kwargs, dict) else None
    if not isinstance(exception, (WorkerLostError, TimeLimitExceeded)):
        return
    if not isinstance(run_id, int):
        return
    try:
        leases.expire(run_id=run_id, worker=_Life.name)
    except DatabaseError as error:
        logger.warning("The lease of run %s runs out by itself: %s", run_id, error)
    finally:
        connection.close()


@contextmanager
def childless() -> Iterator[None]:
    """
    Have no child made while this thread is at the database, where the database is a file of ours.

    SQLite keeps its locks in the process's memory. A child that is forked meanwhile believes that it holds what its parent
    holds, and takes no lock of its own: that has damaged a database, and has left children that saw it locked for ever.
    """
    with _forks:
        try:
            yield
        finally:
            connection.close()


def _wait_until_childless() -> None:
    if connection.vendor == "sqlite":
        _forks.acquire()


def _go_on() -> None:
    if connection.vendor == "sqlite":
        _forks.release()


_forks: Final = threading.RLock()
os.register_at_fork(before=_wait_until_childless, after_in_parent=_go_on, after_in_child=_go_on)


def show_life(name: str, *, queues: list[str], concurrency: int) -> None:
    """Write down that this worker lives."""
    WorkerHeartbeat.objects.update_or_create(
        name=name,
        defaults={"queues": queues, "concurrency": concurrency, "seen_at": Now()},
    )


def forget_the_dead() -> int:
    """Remove workers that were not seen for long; return how many."""
    return WorkerHeartbeat.objects.filter(seen_at__lt=Now() - FORGET_AFTER).delete()[0]


def _queues_of(sender: Any) -> list[str]:
    return sorted(str(name) for name in sender.app.amqp.queues.consume_from)


def _leave(reconciler: Reconciler) -> None:
    try:
        WorkerHeartbeat.objects.filter(name=_Life.name).delete()
        resign(reconciler.holder)
    except DatabaseError as error:
        logger.warning("The worker leaves unannounced: %s", error)


def seen_within() -> timedelta:
    """Return how fresh a sign of life must be to count."""
    return timedelta(seconds=max(15.0, 3 * settings.RECONCILE_SECONDS))
