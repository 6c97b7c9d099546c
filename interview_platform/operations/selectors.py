"""What the database tells about runs and workers, each in one query: numbers only, no names and no texts."""

from collections import Counter
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.conf import settings
from django.db.models import (
    Case,
    CharField,
    Count,
    DurationField,
    ExpressionWrapper,
    F,
    Max,
    Q,
    Sum,
    Value,
    When,
)
from django.db.models.expressions import Combinable
from django.db.models.functions import Now

from pipeline.models import PipelineRun, StageRun, WorkerHeartbeat
from pipeline.progress.estimates import QUEUE_OF
from pipeline.runs.worker_signals import seen_within

RECENT: Final = timedelta(hours=1)
SECOND_BOUNDS: Final = (0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0)
ENDED: Final = tuple(set(StageRun.Outcome.values) - {StageRun.Outcome.RUNNING})


@dataclass(frozen=True, slots=True)
class Backlog:
    """What waits on one queue."""

    depth: int = 0
    oldest_age: float = 0.0  # seconds since the oldest of these runs was made


@dataclass(frozen=True, slots=True)
class Tries:
    """The tries at one stage that ended in one way, of late."""

    stage: str
    outcome: str
    count: int
    seconds: float  # all together
    within: tuple[int, ...]  # for each of `SECOND_BOUNDS`, how many took no longer


def count_live_workers() -> dict[str, int]:
    """Return how many workers of each queue were seen of late."""
    rows = WorkerHeartbeat.objects.filter(seen_at__gte=Now() - seen_within())
    found = Counter(queue for queues in rows.values_list("queues", flat=True) for queue in queues)
    return {queue: found[queue] for queue in settings.QUEUES}


def count_runs() -> dict[str, int]:
    """Return how many runs are in each state."""
    rows = PipelineRun.objects.values_list("state").annotate(Count("pk")).order_by()
    return {**dict.fromkeys(PipelineRun.State.values, 0), **dict(rows)}


def measure_backlogs() -> dict[str, Backlog]:
    """Return, for each queue, the unfinished runs whose next stage nobody has begun."""
    waiting = PipelineRun.objects.filter(
        state__in=(PipelineRun.State.QUEUED, PipelineRun.State.RETRY_WAIT)
    )
    rows = (
        waiting.annotate(queue=_queue())
        .values_list("queue")
        .annotate(depth=Count("pk"), age=Max(_span(Now(), F("created_at"))))
        .order_by()
    )
    found = {queue: Backlog(depth, age.total_seconds()) for queue, depth, age in rows}
    return {queue: found.get(queue, Backlog()) for queue in settings.QUEUES}


def measure_tries() -> list[Tries]:
    """Return how the tries of the last hour (`RECENT`) ended, and how long they took."""
    took = _span(F("ended_at"), F("started_at"))
    within = {
        f"within_{index}": Count("pk", filter=Q(took__lte=timedelta(seconds=bound)))
        for index, bound in enumerate(SECOND_BOUNDS)
    }
    rows = (
        StageRun.objects.filter(stage__in=QUEUE_OF, outcome__in=ENDED, ended_at__gte=Now() - RECENT)
        .annotate(took=took)
        .values("stage", "outcome")
        .annotate(count=Count("pk"), seconds=Sum("took"), **within)
        .order_by("stage", "outcome")
    )
    return [_tries(dict(row)) for row in rows]


def _tries(row: dict[str, Any]) -> Tries:
    return Tries(
        stage=row["stage"],
        outcome=row["outcome"],
        count=row["count"],
        seconds=row["seconds"].total_seconds(),
        within=tuple(row[f"within_{index}"] for index in range(len(SECOND_BOUNDS))),
    )


def _queue() -> Case:
    """Return the queue of a run's next stage."""
    whens = [When(stage=stage, then=Value(queue)) for stage, queue in QUEUE_OF.items()]
    return Case(*whens, default=Value(""), output_field=CharField())


def _span(end: Combinable, start: Combinable) -> "ExpressionWrapper[Any]":
    return ExpressionWrapper(end - start, output_field=DurationField())
