"""What all tasks share: claim, work under a heartbeat, and what becomes of each kind of failure."""

import logging
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Any, Final, TypeVar

from celery import Task
from celery.exceptions import Ignore, SoftTimeLimitExceeded
from django.db import DatabaseError, InterfaceError, OperationalError, connection

from interview_platform.http.request_id import bind
from pipeline import chains, events, leases
from pipeline.heartbeats import kept_alive
from pipeline.leases import Claim, Fenced, Verdict
from pipeline.models import PipelineRun, Stage, StageRun
from pipeline.ports import StageError, TransientError

logger = logging.getLogger(__name__)

Result = TypeVar("Result")

TOO_SLOW: Final = TransientError(
    "time_limit", "Working on this answer took too long. Please try again."
)
TOO_SLOW_AGAIN: Final = TransientError(  # a person may try again; we do not
    TOO_SLOW.code,
    "Working on this took too long, twice. Please try again in an hour, or record a shorter answer.",
)
SURPRISE: Final = TransientError(
    "internal_error", "Something went wrong on our side. Please try again."
)


if TYPE_CHECKING:
    BaseTask = Task[Any, Any]
else:
    BaseTask = Task  # generic for the type checker only


class StageTask(BaseTask):
    """
    One stage of a run.

    A stage whose work is not to be done here and now ends with `Ignore`: the rest of the chain is not sent, and nothing is
    noted as a failure. Retries stand in the database (`next_run_at`), never in the broker.
    """

    abstract = True

    def carry_out(
        self,
        run_id: object,
        stage: Stage,
        *,
        work: Callable[[PipelineRun], Result],
        keep: Callable[[PipelineRun, Result], None],
    ) -> None:
        """Do the stage's work outside of any transaction, and keep its result in the one that ends the stage."""
        if not isinstance(run_id, int):
            raise Ignore
        held = _claim(run_id, stage, worker=str(self.request.hostname or ""))
        if held is Verdict.PASSED:
            return
        if not isinstance(held, Claim):
            raise Ignore
        with bind(held.run.request_id):
            done = _carry_out(held, work=work, keep=keep)
            _tell(held.run, ended=not done or stage == chains.ORDER[-1])
        if not done:
            raise Ignore


def _claim(run_id: int, stage: Stage, *, worker: str) -> Claim | Verdict:
    """
    Claim the run; once more where the connection that was kept from an earlier task has gone.

    A look at the connection before each claim would cost as much as half a claim. Where the first claim was carried out and
    only its answer was lost, the second is refused, and the lease runs out.
    """
    try:
        return leases.claim(run_id=run_id, stage=stage, worker=worker)
    except (OperationalError, InterfaceError) as error:
        logger.info("Run %s is claimed over a new connection: %s", run_id, error)
        connection.close()
        return leases.claim(run_id=run_id, stage=stage, worker=worker)


def _carry_out(
    held: Claim,
    *,
    work: Callable[[PipelineRun], Any],
    keep: Callable[[PipelineRun, Any], None],
) -> bool:
    """Return whether the stage is done; everything else that can happen is dealt with here."""
    try:
        with kept_alive(held):
            result = work(held.run)
        leases.finish(held, keep=lambda run: keep(run, result))
    except Fenced:
        logger.info("Run %s was taken over, the result is dropped", held.run.pk)
    except StageError as error:
        logger.info("Run %s: %s", held.run.pk, error)
        (leases.retry if error.retryable else leases.fail)(held, error)
    except SoftTimeLimitExceeded:
        _retry_once(held)
    except (OperationalError, InterfaceError) as error:
        logger.warning("Run %s waits for the database: %s", held.run.pk, error)
        _release(held)
    except Exception:  # a bug, or data that the database refuses: logged, tried again a few times
        logger.exception("Run %s: stage %s failed", held.run.pk, held.stage)
        leases.retry(held, SURPRISE)
    except BaseException:  # a cold shutdown arrives as SystemExit: give the work back, then go
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
    """Give the run back; where even that cannot be, the lease runs out by itself."""
    connection.close()
    with suppress(DatabaseError):
        leases.release(held)


def _tell(run: PipelineRun, *, ended: bool) -> None:
    """Wake who waits for the session, and start what waited for this run."""
    events.announce(run.session.uuid)
    if ended and run.question_id is not None:
        chains.ring_for_session(run.session_id)
