"""The base of all stage tasks: claim, work under a heartbeat, and handle each kind of failure."""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

from celery import Task
from celery.exceptions import Ignore, SoftTimeLimitExceeded
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from interview_platform.http.request_id import bind
from pipeline.domain.ports import StageError, TransientError
from pipeline.models import PipelineRun, Stage, StageRun
from pipeline.runs import dispatch, leases, notifications
from pipeline.runs.leases import Claim, ClaimResult, LeaseLost, keep_lease_alive

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

TOO_SLOW: Final = TransientError(
    "time_limit", "Working on this answer took too long. Please try again."
)
TOO_SLOW_AGAIN: Final = TransientError(  # not retried by us; the person may
    TOO_SLOW.code,
    "Working on this took too long, twice. Please try again in an hour, or record a shorter answer.",
)
UNEXPECTED_ERROR: Final = TransientError(
    "internal_error", "Something went wrong on our side. Please try again."
)


if TYPE_CHECKING:
    BaseTask = Task[Any, Any]
else:
    BaseTask = Task  # generic for the type checker only


class StageTask(BaseTask):
    """
    One stage of a run.

    A stage whose work cannot be done now ends with `Ignore`: Celery sends no further link of the
    chain and records no failure. Retries are scheduled in the database (`next_run_at`), never in
    the broker.
    """

    abstract = True

    def run_stage(
        self,
        run_id: object,
        stage: Stage,
        *,
        work: Callable[[PipelineRun], Result],
        keep: Callable[[PipelineRun, Result], None],
    ) -> None:
        """Do the work outside of any transaction; save its result in the one that ends the stage."""
        if not isinstance(run_id, int):
            raise Ignore
        held = leases.claim(run_id=run_id, stage=stage, worker=str(self.request.hostname or ""))
        if held is ClaimResult.ALREADY_DONE:
            return
        if not isinstance(held, Claim):
            raise Ignore
        with bind(held.run.request_id):
            done = _work(held, work=work, keep=keep)
            _notify(held.run, ended=not done or stage == dispatch.ORDER[-1])
        if not done:
            raise Ignore


def _work(
    held: Claim,
    *,
    work: Callable[[PipelineRun], Any],
    keep: Callable[[PipelineRun, Any], None],
) -> bool:
    """Do the work and return whether the stage is done; handle every failure."""
    try:
        with keep_lease_alive(held):
            result = work(held.run)
        leases.finish(held, keep=lambda run: keep(run, result))
    except LeaseLost:
        logger.info("Run %s was claimed by another worker, the result is dropped", held.run.pk)
    except StageError as error:
        logger.info("Run %s: %s", held.run.pk, error)
        (leases.retry if error.retryable else leases.fail)(held, error)
    except SoftTimeLimitExceeded:
        _retry_once(held)
    except (OperationalError, InterfaceError) as error:
        logger.warning("Run %s waits for the database: %s", held.run.pk, error)
        _release(held)
    except Exception:  # a bug, or data that the database refuses: logged, retried a few times
        logger.exception("Run %s: stage %s failed", held.run.pk, held.stage)
        leases.retry(held, UNEXPECTED_ERROR)
    except BaseException:  # a cold shutdown arrives as SystemExit: release the run first
        _release(held)
        raise
    else:
        return True
    return False


def _retry_once(held: Claim) -> None:
    """Try again after the first time limit, and fail after the second: a third would end alike."""
    tries = StageRun.objects.filter(run=held.run, stage=held.stage).order_by("-pk")
    since_start = tries[: held.run.attempts].values_list("error_code", flat=True)
    if TOO_SLOW.code in since_start:
        leases.fail(held, TOO_SLOW_AGAIN)
    else:
        leases.retry(held, TOO_SLOW)


def _release(held: Claim) -> None:
    """Release the run; if even that fails, its lease expires."""
    connection.close()
    with suppress(DatabaseError):
        leases.release(held)


@leases.exit_if_silent("a notification")
def _notify(run: PipelineRun, *, ended: bool) -> None:
    """Wake the clients that wait for the session; enqueue its own run after the last answer."""
    notifications.announce(run.session.uuid)
    if ended and run.question_id is not None:
        dispatch.enqueue_session_run(run.session_id)
