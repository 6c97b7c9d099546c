"""
Leases on runs: claim, renew, finish, retry, fail, release, expire.

Each change is one conditional UPDATE whose row count decides, so it works alike on PostgreSQL and
on SQLite, and a late worker changes nothing. Times are the database's own (`Now()`), because the
clocks of workers may differ.
"""

import logging
import os
import random
import threading
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.models import Case, Exists, F, OuterRef, Q, QuerySet, When
from django.db.models.expressions import CombinedExpression
from django.db.models.functions import Coalesce, Now

from pipeline.domain.ports import PermanentError, StageError
from pipeline.models import PipelineRun, Stage, StageRun
from pipeline.runs import metrics
from pipeline.runs.dispatch import step_after
from sessions.models import InterviewSession

logger = logging.getLogger(__name__)

State = PipelineRun.State
Outcome = StageRun.Outcome

NO_LEASE: Final = {"lease_token": None, "lease_until": None, "heartbeat_at": None}
UNPUBLISHED: Final = {"published_at": None, "publish_count": 0}
RESET_FIELDS: Final = {
    **NO_LEASE,
    **UNPUBLISHED,
    "attempts": 0,
    "lost_count": 0,
    "next_run_at": None,
    "failure_code": "",
    "failure_message": "",
    "failure_retryable": False,
    "finished_at": None,
}
MAX_MESSAGE: Final = 500  # characters, the column's own
SILENT_LEASES: Final = 3  # leases after which a silent database ends the process
SILENT_EXIT: Final = 75  # exit code: EX_TEMPFAIL of sysexits.h
WORKER_LOST: Final = PermanentError(
    "worker_lost",
    "The worker was lost each time it worked on this recording. Please record the answer again.",
)


class ClaimResult(Enum):
    """The reasons why a run cannot be claimed."""

    ALREADY_DONE = "already done"  # the run is past this stage: the chain continues
    UNAVAILABLE = "unavailable"  # another worker has it, it is not due, it ended, or it is gone


class LeaseLost(Exception):  # noqa: N818 - an expected outcome, not an error
    """The lease ended and another worker took the run: the result is dropped."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on one stage of a run while the lease is renewed."""

    run: PipelineRun
    stage: Stage
    token: uuid.UUID


@contextmanager
def exit_if_silent(what: str) -> Iterator[None]:
    """
    End this process if the block takes longer than three leases; only workers may use this.

    A connection whose other end is silent but alive blocks its thread forever: the driver has no
    deadline of its own, and the kernel sees every packet acknowledged. A supervisor, or Celery's
    pool, starts a new process. A database that is down raises errors, and these end the block.
    """
    watchdog = threading.Timer(SILENT_LEASES * settings.LEASE_SECONDS, _exit, (what,))
    watchdog.daemon = True
    watchdog.start()
    try:
        yield
    finally:
        watchdog.cancel()


@exit_if_silent("a claim")
def claim(*, run_id: int, stage: Stage, worker: str) -> Claim | ClaimResult:
    """Lease the run for this stage, or return why it cannot be claimed."""
    token = uuid.uuid4()
    with transaction.atomic():
        lock_session(run_id)
        claimed = _claimable(run_id, stage).update(
            state=State.RUNNING,
            attempts=F("attempts") + 1,
            lost_count=F("lost_count") + Case(When(state=State.RUNNING, then=1), default=0),
            lease_token=token,
            lease_until=_lease_end(),
            heartbeat_at=Now(),
            next_run_at=None,
            started_at=Coalesce("started_at", Now()),
        )
        if not claimed:
            return _reason(run_id, stage)
        runs = PipelineRun.objects.select_related("session", "question", "transcript")
        run = runs.get(pk=run_id)
        lost = _close_tries(run_id, Outcome.LOST) if run.attempts > 1 else 0
        StageRun.objects.create(
            run=run, stage=stage, attempt=run.attempts, token=token, worker=worker, started_at=Now()
        )
    metrics.count("lost", number=lost)
    return Claim(run, stage, token)


@exit_if_silent("a heartbeat")
def renew(held: Claim) -> bool:
    """Renew the lease; return False when it is lost."""
    return bool(_held(held).update(lease_until=_lease_end(), heartbeat_at=Now()))


class Heartbeat:
    """A thread that renews a lease, until the stage's hard limit: one that hangs must lose it."""

    def __init__(self, held: Claim) -> None:
        self._held = held
        self._stop = threading.Event()
        self._thread = threading.Thread(target=self._run, name="heartbeat", daemon=True)

    def start(self) -> None:
        """Start the thread."""
        self._thread.start()

    def stop(self) -> None:
        """Stop the thread and wait for its end."""
        self._stop.set()
        self._thread.join()

    def _run(self) -> None:
        hard_limit = settings.STAGE_LIMITS[self._held.stage][1]
        for _ in range(int(hard_limit / settings.HEARTBEAT_SECONDS)):
            if self._stop.wait(settings.HEARTBEAT_SECONDS) or not self._renew():
                return

    def _renew(self) -> bool:
        """Return whether the lease is still held, as far as is known."""
        try:
            return renew(self._held)
        except DatabaseError as error:
            logger.warning("No heartbeat: the database did not answer (%s)", error)
            return True
        finally:
            connection.close()


@contextmanager
def keep_lease_alive(held: Claim) -> Iterator[None]:
    """Renew the lease regularly during the block."""
    heartbeat = Heartbeat(held)
    heartbeat.start()
    try:
        yield
    finally:
        heartbeat.stop()


@exit_if_silent("the end of a stage")
def finish(held: Claim, *, keep: Callable[[PipelineRun], None]) -> None:
    """
    Advance the run to its next stage and save the result in one transaction, or raise `LeaseLost`.

    The session's row is locked meanwhile: two answers that finish together take turns. Every change
    of more than one table locks it first, as uploads and deletions do, so no two of them deadlock.
    """
    try:
        with transaction.atomic():
            _advance(held)
            keep(held.run)
            _end_try(held, Outcome.OK)
    except LeaseLost:
        metrics.count("fenced")
        _end_try(held, Outcome.FENCED)
        raise


@exit_if_silent("a retry")
def retry(held: Claim, error: StageError) -> None:
    """Let the stage be tried again later; fail the run when it was tried often enough."""
    if held.run.attempts >= settings.MAX_STAGE_ATTEMPTS:
        metrics.count("exhausted")
        fail(held, error)
        return
    with transaction.atomic():
        lock_session(held.run.pk)
        changed = _held(held).update(
            **NO_LEASE, **UNPUBLISHED, state=State.RETRY_WAIT, next_run_at=Now() + _delay(held.run)
        )
        _end_try(held, Outcome.TRANSIENT if changed else Outcome.FENCED, code=error.code)
    metrics.count("retried" if changed else "fenced")


@exit_if_silent("a failure")
def fail(held: Claim, error: StageError) -> None:
    """Fail the run with a reason that a person can read."""
    with transaction.atomic():
        lock_session(held.run.pk)
        changed = _held(held).update(**NO_LEASE, **_failure(error))
        outcome = Outcome.TRANSIENT if error.retryable else Outcome.PERMANENT
        _end_try(held, outcome if changed else Outcome.FENCED, code=error.code)
    metrics.count("failed" if changed else "fenced")


@exit_if_silent("a release")
def release(held: Claim) -> None:
    """Return the run unharmed: the worker stops, and another one can claim it at once."""
    with transaction.atomic():
        lock_session(held.run.pk)
        changed = _held(held).update(
            **NO_LEASE, **UNPUBLISHED, state=State.QUEUED, attempts=F("attempts") - 1
        )
        if changed:
            _end_try(held, Outcome.RELEASED)


@exit_if_silent("the expiry of a lost child's lease")
def expire(*, run_id: int, worker: str) -> bool:
    """Expire the lease of a child process that this worker has just lost."""
    own = StageRun.objects.filter(run_id=run_id, worker=worker, outcome=Outcome.RUNNING)
    token = own.order_by("-pk").values_list("token", flat=True).first()
    held = PipelineRun.objects.filter(pk=run_id, state=State.RUNNING, lease_token=token)
    return token is not None and bool(held.update(lease_until=Now() - timedelta(seconds=1)))


def fail_expired() -> list[PipelineRun]:
    """Fail the runs whose leases expired too often; return them."""
    expired = PipelineRun.objects.filter(state=State.RUNNING, lease_until__lt=Now()).filter(
        Q(lost_count__gte=settings.MAX_STAGE_LOSSES) | Q(attempts__gte=settings.MAX_STAGE_ATTEMPTS)
    )
    failed = []
    for run in expired.select_related("session")[:100]:
        with transaction.atomic():
            lock_session(run.pk)
            if expired.filter(pk=run.pk).update(**NO_LEASE, **_failure(WORKER_LOST)):
                metrics.count("lost", number=_close_tries(run.pk, Outcome.LOST))
                metrics.count("exhausted")
                failed.append(run)
    return failed


def lock_session(run_id: int) -> InterviewSession | None:
    """
    Lock the run's session until the end of the transaction and return it; None when it is gone.

    Its key stays unlocked (`no_key`): rows that refer to the session can be written meanwhile.
    """
    run = PipelineRun.objects.filter(pk=run_id).values("session")
    return InterviewSession.objects.select_for_update(no_key=True).filter(pk__in=run).first()


def answers_in_work() -> "QuerySet[PipelineRun]":
    """Return the unfinished answers of the outer query's session: its own run waits for them."""
    return PipelineRun.objects.filter(
        session=OuterRef("session"), question__isnull=False, state__in=PipelineRun.UNFINISHED
    )


def _advance(held: Claim) -> None:
    """Lock the session and move the run to its next stage, or raise `LeaseLost`."""
    following = step_after(held.stage)
    is_last = following == Stage.DONE
    session = lock_session(held.run.pk)
    moved = _held(held).update(
        **{**NO_LEASE, "attempts": 0, "lost_count": 0, "publish_count": 1},
        stage=following,
        state=State.COMPLETED if is_last else State.QUEUED,
        published_at=Now(),  # Celery sends the next link of the chain
        finished_at=Now() if is_last else None,
    )
    if session is None or not moved:
        raise LeaseLost
    held.run.session = session


def _claimable(run_id: int, stage: Stage) -> "QuerySet[PipelineRun]":
    return PipelineRun.objects.filter(
        Q(lease_until__isnull=True) | Q(lease_until__lt=Now()),
        Q(next_run_at__isnull=True) | Q(next_run_at__lte=Now()),
        Q(question__isnull=False) | ~Exists(answers_in_work()),
        pk=run_id,
        stage=stage,
        state__in=PipelineRun.UNFINISHED,
        attempts__lt=settings.MAX_STAGE_ATTEMPTS,
        lost_count__lt=settings.MAX_STAGE_LOSSES,
    )


def _reason(run_id: int, stage: Stage) -> ClaimResult:
    row = PipelineRun.objects.filter(pk=run_id).values_list("state", "stage").first()
    if row is None or row[0] not in PipelineRun.UNFINISHED:
        return ClaimResult.UNAVAILABLE
    stages = list(Stage)
    is_past = stages.index(Stage(row[1])) > stages.index(stage)
    return ClaimResult.ALREADY_DONE if is_past else ClaimResult.UNAVAILABLE


def _held(held: Claim) -> "QuerySet[PipelineRun]":
    return PipelineRun.objects.filter(
        pk=held.run.pk, stage=held.stage, state=State.RUNNING, lease_token=held.token
    )


def _lease_end() -> CombinedExpression:
    return Now() + timedelta(seconds=settings.LEASE_SECONDS)


def _failure(error: StageError) -> dict[str, object]:
    return {
        "state": State.FAILED,
        "failure_code": error.code,
        "failure_message": error.message[:MAX_MESSAGE],
        "failure_retryable": error.retryable,
        "next_run_at": None,
        "finished_at": Now(),
    }


def _delay(run: PipelineRun) -> timedelta:
    """Return the wait before the next try: doubled each time, with jitter."""
    seconds = settings.RETRY_BASE_SECONDS * 2 ** max(0, run.attempts - 1)
    jitter = random.uniform(0.8, 1.2)  # noqa: S311 - no secret
    return timedelta(seconds=min(settings.RETRY_MAX_SECONDS, seconds) * jitter)


def _close_tries(run_id: int, outcome: Outcome) -> int:
    """End the tries that earlier workers left open; return how many."""
    left = StageRun.objects.filter(run_id=run_id, outcome=Outcome.RUNNING)
    return left.update(outcome=outcome, ended_at=Now())


def _end_try(held: Claim, outcome: Outcome, *, code: str = "") -> None:
    StageRun.objects.filter(token=held.token).update(
        outcome=outcome, ended_at=Now(), error_code=code
    )


def _exit(what: str) -> None:
    logger.critical(
        "The database has been silent for %s leases during %s: this process exits.",
        SILENT_LEASES,
        what,
    )
    os._exit(SILENT_EXIT)
