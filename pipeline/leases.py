"""
Who may work on a run: claim, beat, finish, retry, fail, release, reap.

Each is one conditional UPDATE whose row count decides, so that it runs alike on PostgreSQL and on SQLite, and whoever
comes late changes nothing. Times are the database's own (`Now()`): workers' clocks may differ.
"""

import logging
import random
import uuid
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta
from enum import Enum
from typing import Final

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Q, QuerySet
from django.db.models.functions import Now

from pipeline import counters, statements
from pipeline.chains import step_after
from pipeline.models import PipelineRun, Stage, StageRun
from pipeline.ports import PermanentError, StageError
from sessions.models import InterviewSession

logger = logging.getLogger(__name__)

State = PipelineRun.State
Outcome = StageRun.Outcome

FREE: Final = {"lease_token": None, "lease_until": None, "heartbeat_at": None}
UNPUBLISHED: Final = {"published_at": None, "publish_count": 0}
FRESH: Final = {
    **FREE,
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
WORKER_LOST: Final = PermanentError(
    "worker_lost",
    "The worker was lost each time it worked on this recording. Please record the answer again.",
)


class Verdict(Enum):
    """Why there is no claim."""

    PASSED = "passed"  # the run is beyond this stage: the chain may walk on
    NOT_NOW = "not now"  # held by somebody, not due, ended, or gone


class Fenced(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """The lease was over and somebody else has taken the run: what was made is thrown away."""


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on one stage of a run, for as long as the lease is kept alive."""

    run: PipelineRun
    stage: Stage
    token: uuid.UUID


def claim(*, run_id: int, stage: Stage, worker: str) -> Claim | Verdict:
    """Take the run for this stage, or say why not."""
    token = uuid.uuid4()
    run = statements.take_run(run_id=run_id, stage=stage, token=token, worker=worker)
    if run is None:
        return _verdict(run_id, stage)
    if run.attempts > 1:  # before the first there was nobody
        counters.count("lost", number=_close_tries(run_id, Outcome.LOST, but=token))
    return Claim(run, stage, token)


def beat(held: Claim) -> bool:
    """Keep the lease alive; False when it is not ours any more."""
    return bool(
        _held(held).update(
            lease_until=Now() + timedelta(seconds=settings.LEASE_SECONDS), heartbeat_at=Now()
        )
    )


def finish(held: Claim, *, keep: Callable[[PipelineRun], None]) -> None:
    """
    Move the run to its next stage and keep the result, in one transaction; raise `Fenced` when the lease is not ours.

    The session's row is held meanwhile: two answers that finish together take turns. Every change of more than one table
    takes it first, as uploads and deletions do, so that no two of them ever wait for each other.
    """
    following = step_after(held.stage)
    run = held.run
    try:
        with transaction.atomic():
            session = statements.move_on(
                run, stage=held.stage, token=held.token, following=following
            )
            if session is None:
                raise Fenced  # noqa: TRY301 - it rolls the transaction back
            run.session = session
            keep(run)
    except Fenced:
        counters.count("fenced")
        _end_try(held, Outcome.FENCED)
        raise


def retry(held: Claim, error: StageError) -> None:
    """Let the stage be tried again later, unless it was tried often enough: then fail."""
    if held.run.attempts >= settings.MAX_STAGE_ATTEMPTS:
        counters.count("exhausted")
        fail(held, error)
        return
    with transaction.atomic():
        hold_session(held.run.pk)
        moved = _held(held).update(
            **FREE, **UNPUBLISHED, state=State.RETRY_WAIT, next_run_at=Now() + _delay(held.run)
        )
        _end_try(held, Outcome.TRANSIENT if moved else Outcome.FENCED, code=error.code)
    counters.count("retried" if moved else "fenced")


def fail(held: Claim, error: StageError) -> None:
    """Close the run with a reason that a person can read."""
    with transaction.atomic():
        hold_session(held.run.pk)
        moved = _held(held).update(**FREE, **_failure(error))
        outcome = Outcome.TRANSIENT if error.retryable else Outcome.PERMANENT
        _end_try(held, outcome if moved else Outcome.FENCED, code=error.code)
    counters.count("failed" if moved else "fenced")


def release(held: Claim) -> None:
    """Give the run back unharmed: the worker stops, and somebody else shall go on at once."""
    with transaction.atomic():
        hold_session(held.run.pk)
        moved = _held(held).update(
            **FREE, **UNPUBLISHED, state=State.QUEUED, attempts=F("attempts") - 1
        )
        if moved:
            _end_try(held, Outcome.RELEASED)


def expire(*, run_id: int, worker: str) -> bool:
    """End the lease of a child that this worker has just lost, so that nobody waits for it to run out."""
    own = StageRun.objects.filter(run_id=run_id, worker=worker, outcome=Outcome.RUNNING)
    token = own.order_by("-pk").values_list("token", flat=True).first()
    held = PipelineRun.objects.filter(pk=run_id, state=State.RUNNING, lease_token=token)
    return token is not None and bool(held.update(lease_until=Now() - timedelta(seconds=1)))


def reap() -> list[PipelineRun]:
    """Fail the runs whose workers went silent once too often; return them."""
    over = PipelineRun.objects.filter(_is_over(), state=State.RUNNING).filter(
        Q(lost_count__gte=settings.MAX_STAGE_LOSSES) | Q(attempts__gte=settings.MAX_STAGE_ATTEMPTS)
    )
    reaped = []
    for run in over.select_related("session")[:100]:
        with transaction.atomic():
            hold_session(run.pk)
            if over.filter(pk=run.pk).update(**FREE, **_failure(WORKER_LOST)):
                counters.count("lost", number=_close_tries(run.pk, Outcome.LOST))
                counters.count("exhausted")
                reaped.append(run)
    return reaped


def hold_session(run_id: int) -> None:
    """
    Take the row of the run's session, if it is still there, until the end of the transaction.

    Not its key: a row that refers to the session may be written meanwhile, and nobody who commits one has to wait.
    """
    run = PipelineRun.objects.filter(pk=run_id).values("session")
    sessions = InterviewSession.objects.select_for_update(no_key=True)
    sessions.filter(pk__in=run).values_list("pk").first()


def answers_in_work() -> "QuerySet[PipelineRun]":
    """Return the unfinished answers of the outer query's session: its own run waits for them."""
    return PipelineRun.objects.filter(
        session=OuterRef("session"), question__isnull=False, state__in=PipelineRun.UNFINISHED
    )


def _verdict(run_id: int, stage: Stage) -> Verdict:
    row = PipelineRun.objects.filter(pk=run_id).values_list("state", "stage").first()
    if row is None or row[0] not in PipelineRun.UNFINISHED or row[1] == stage:
        return Verdict.NOT_NOW
    stages = list(Stage)
    return Verdict.PASSED if stages.index(Stage(row[1])) > stages.index(stage) else Verdict.NOT_NOW


def _held(held: Claim) -> "QuerySet[PipelineRun]":
    return PipelineRun.objects.filter(
        pk=held.run.pk, stage=held.stage, state=State.RUNNING, lease_token=held.token
    )


def _is_over() -> Q:
    return Q(lease_until__lt=Now())


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
    """Return the wait before the next try: doubled each time, spread so that failed runs do not come back as one."""
    seconds = settings.RETRY_BASE_SECONDS * 2 ** max(0, run.attempts - 1)
    spread = random.uniform(0.8, 1.2)  # noqa: S311 - no secret
    return timedelta(seconds=min(settings.RETRY_MAX_SECONDS, seconds) * spread)


def _close_tries(run_id: int, outcome: Outcome, *, but: uuid.UUID | None = None) -> int:
    """End what earlier workers left open; return how many tries that were."""
    left = StageRun.objects.filter(run_id=run_id, outcome=Outcome.RUNNING)
    if but is not None:
        left = left.exclude(token=but)
    return left.update(outcome=outcome, ended_at=Now())


def _end_try(held: Claim, outcome: Outcome, *, code: str = "") -> None:
    StageRun.objects.filter(token=held.token).update(
        outcome=outcome, ended_at=Now(), error_code=code
    )
