"""
Handlers of Celery's worker signals: report that a worker is alive, recover lost work, check
kept connections.

A worker process keeps its connection to PostgreSQL from one task to the next. `CELERY_DB_REUSE_MAX`
keeps Celery from closing it around each task; what Django does with a connection between two
requests is done here between two tasks.
"""

import logging
import os
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any, ClassVar, Final

from billiard.exceptions import TimeLimitExceeded, WorkerLostError
from celery.signals import (
    task_failure,
    task_prerun,
    worker_ready,
    worker_shutdown,
    worker_shutting_down,
)
from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.db.models.functions import Now

from pipeline.models import WorkerHeartbeat
from pipeline.runs import leases, periodic
from pipeline.runs.recovery import Reconciler, lead, loop, resign

logger = logging.getLogger(__name__)

STALE_AFTER: Final = timedelta(days=1)  # a worker that was not seen for so long is gone
STOP_SECONDS: Final = 3.0


class _Recovery:
    """The recovery thread of this process."""

    stop: ClassVar[threading.Event] = threading.Event()
    thread: ClassVar[threading.Thread | None] = None
    name: ClassVar[str] = ""


@worker_ready.connect
def start_recovery(sender: Any, **_: Any) -> None:
    """Start the recovery thread once the worker accepts tasks."""
    _Recovery.name = str(sender.hostname)
    queues = _queues_of(sender)
    concurrency = int(getattr(sender.pool, "num_processes", 1))
    reconciler = Reconciler()

    def recover() -> None:
        with no_forks():
            report_alive(_Recovery.name, queues=queues, concurrency=concurrency)
            reconciler.tick()
            if lead(reconciler.holder):
                periodic.see_to_what_is_due()

    def run() -> None:
        loop(_Recovery.stop, each=recover)
        with no_forks():
            _sign_off(reconciler)

    _Recovery.stop.clear()
    _Recovery.thread = threading.Thread(target=run, name="recovery", daemon=True)
    _Recovery.thread.start()


@worker_shutting_down.connect
def stop_recovery(**_: Any) -> None:
    """Stop the thread, so that the queue shows at once that this worker no longer serves it."""
    _Recovery.stop.set()


@worker_shutdown.connect
def wait_for_recovery(**_: Any) -> None:
    """Give the thread a moment to sign off."""
    if _Recovery.thread is not None:
        _Recovery.thread.join(STOP_SECONDS)


@task_failure.connect
def expire_lost_lease(sender: Any, exception: Any, kwargs: Any, **_: Any) -> None:
    """Expire the lease of a child that was killed or exceeded its hard limit."""
    run_id = kwargs.get("run_id") if isinstance(kwargs, dict) else None
    if not isinstance(exception, (WorkerLostError, TimeLimitExceeded)):
        return
    if not isinstance(run_id, int):
        return
    try:
        leases.expire(run_id=run_id, worker=_Recovery.name)
    except DatabaseError as error:
        logger.warning("The lease of run %s expires by itself: %s", run_id, error)
    finally:
        connection.close()


@task_prerun.connect
def check_connections(sender: Any, **_: Any) -> None:
    """Close broken and old connections; `CONN_HEALTH_CHECKS` tests the others before use."""
    if sender.request.is_eager:  # it runs within its caller's transaction
        return
    with leases.exit_if_silent("the check of a kept connection"):
        for kept in connections.all(initialized_only=True):
            kept.close_if_unusable_or_obsolete()


@contextmanager
def no_forks() -> Iterator[None]:
    """
    Let no child be forked during the block where the database is an SQLite file.

    SQLite keeps its locks in the process's memory. A child that is forked meanwhile believes that
    it holds its parent's locks and takes none of its own: that has damaged a database, and has left
    children that saw it locked forever.
    """
    with _forks:
        try:
            yield
        finally:
            connection.close()


def _hold_forks() -> None:
    if connection.vendor == "sqlite":
        _forks.acquire()


def _release_forks() -> None:
    if connection.vendor == "sqlite":
        _forks.release()


_forks: Final = threading.RLock()
os.register_at_fork(
    before=_hold_forks, after_in_parent=_release_forks, after_in_child=_release_forks
)


def report_alive(name: str, *, queues: list[str], concurrency: int) -> None:
    """Record that this worker is alive."""
    WorkerHeartbeat.objects.update_or_create(
        name=name,
        defaults={"queues": queues, "concurrency": concurrency, "seen_at": Now()},
    )


def delete_stale_workers() -> int:
    """Delete the rows of workers that were not seen for a day; return how many."""
    return WorkerHeartbeat.objects.filter(seen_at__lt=Now() - STALE_AFTER).delete()[0]


def _queues_of(sender: Any) -> list[str]:
    return sorted(str(name) for name in sender.app.amqp.queues.consume_from)


def _sign_off(reconciler: Reconciler) -> None:
    try:
        WorkerHeartbeat.objects.filter(name=_Recovery.name).delete()
        resign(reconciler.holder)
    except DatabaseError as error:
        logger.warning("The worker could not sign off: %s", error)


def seen_within() -> timedelta:
    """Return how recent a worker's report must be to count."""
    return timedelta(seconds=max(15.0, 3 * settings.RECONCILE_SECONDS))
