"""
The order of the steps (read this first), and how they are sent to the workers.

A chain carries nothing but the run's id: what a step makes lies in the database, where the next one finds it. In good
weather Celery sends each link as soon as the one before has succeeded; in bad weather the reconciler sends the rest of
the chain again. Tasks are named and not imported, so that both sides of the queue may import this module.
"""

import logging
import time
from typing import Any, ClassVar, Final

from celery import chain, signature
from celery.canvas import Signature
from django.conf import settings
from django.db.models import F
from django.db.models.functions import Now
from kombu.exceptions import KombuError

from pipeline.models import PipelineRun, Stage
from pipeline.runs import metrics, notifications

logger = logging.getLogger(__name__)

ORDER: Final = (Stage.TRANSCRIBE, Stage.EVALUATE, Stage.SCORE, Stage.FEEDBACK)
TASKS: Final = {
    Stage.TRANSCRIBE: "pipeline.tasks.transcribe_answer",
    Stage.EVALUATE: "pipeline.tasks.evaluate_answer",
    Stage.SCORE: "pipeline.tasks.score_session",
    Stage.FEEDBACK: "pipeline.tasks.write_feedback",
}
REST_SECONDS: Final = (
    5.0  # an absent broker is not asked again for so long: its time-out would slow each upload
)


def steps_from(stage: Stage) -> tuple[Stage, ...]:
    """Return this step and those after it."""
    return ORDER[ORDER.index(stage) :]


def step_after(stage: Stage) -> Stage:
    """Return the next step, `DONE` after the last."""
    return (*ORDER, Stage.DONE)[ORDER.index(stage) + 1]


def run_chain(run_id: int, *, stage: Stage) -> "Signature[Any]":
    """Return a run's way from `stage` on. Only the run's id travels."""
    links = [
        signature(TASKS[step], kwargs={"run_id": run_id}, immutable=True)
        for step in steps_from(stage)
    ]
    return chain(*links) if len(links) > 1 else links[0]


class _Rest:
    """Remembers, for one process, that the broker was away a moment ago."""

    until: ClassVar[float] = 0.0


def enqueue_run(run_id: int, *, impatient: bool = True) -> bool:
    """
    Enqueue the rest of the run's chain; return whether the broker accepted it.

    Never raise for an unreachable broker: the row says what is to be done, and the reconciler
    enqueues it later. `impatient` callers, which hold up a client, do not even try while the broker
    is known to be down.
    """
    if impatient and time.monotonic() < _Rest.until:
        return False
    run = PipelineRun.objects.only("stage", "state", "publish_count").filter(pk=run_id).first()
    if run is None or run.state not in PipelineRun.UNFINISHED:
        return False
    return _send_rest(run)


def enqueue_new_run(run: PipelineRun) -> bool:
    """Enqueue a run that was just created, unless the broker is known to be down."""
    return time.monotonic() >= _Rest.until and _send_rest(run)


def send(task: str, *, expires: float | None = None, **arguments: int | str) -> bool:
    """
    Send a task that is no step of a run; return whether the broker took it, and never raise for an absent one.

    After `expires` seconds a message that nobody has taken is worth nothing.
    """
    if time.monotonic() < _Rest.until:
        return False
    options = {} if expires is None else {"expires": expires}
    return _send(signature(task, kwargs=arguments, immutable=True, options=options))


def enqueue_session_run(session_id: int) -> None:
    """Enqueue the session's own run once none of its answers is in work."""
    unfinished = list(
        PipelineRun.objects.filter(session_id=session_id, state__in=PipelineRun.UNFINISHED)[:2]
    )
    if len(unfinished) == 1 and unfinished[0].question_id is None:
        enqueue_run(unfinished[0].pk)


def _send_rest(run: PipelineRun) -> bool:
    if not _send(run_chain(run.pk, stage=Stage(run.stage))):
        return False
    _note_published(run)
    return True


def _send(work: "Signature[Any]") -> bool:
    try:
        work.apply_async()
    except (KombuError, OSError) as error:
        _Rest.until = time.monotonic() + REST_SECONDS
        notifications.note_absence(settings.BROKER_URL)
        logger.warning("The broker is away, %s waits: %s", work, type(error).__name__)
        return False
    _Rest.until = 0.0
    return True


def _note_published(run: PipelineRun) -> None:
    metrics.count("republished" if run.publish_count else "published")
    same_stage = PipelineRun.objects.filter(pk=run.pk, stage=run.stage)  # else it has moved on
    same_stage.update(published_at=Now(), publish_count=F("publish_count") + 1)
