"""What the overview is made from: one query for each of its parts, however much there is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Final

from django.conf import settings
from django.db.models import Count, F, Min, Q, Sum
from django.db.models.functions import TruncDate
from django.utils import timezone

from accounts.models import User
from analytics.overview import (
    PERIODS,
    Day,
    Failure,
    ModelUse,
    StageTime,
    Waiting,
    Worker,
    every_day,
    summarise_times,
)
from media.models import AudioAnswer
from pipeline.models import (
    LanguageModelCall,
    PipelineRun,
    StageRun,
    WantedEvaluation,
    WorkerHeartbeat,
)
from pipeline.progress.estimates import QUEUE_OF
from pipeline.runs.worker_signals import seen_within
from sessions.models import InterviewSession

State = PipelineRun.State

MOST_FAILURES: Final = 12  # reasons that are shown
MOST_USES: Final = 20  # of language models
TRIES: Final = 1_000  # of each stage, the latest, that its times are made from


@dataclass(frozen=True, slots=True)
class Overview:
    """How the platform does."""

    period: str
    days: Sequence[Day]
    people: int  # who began an interview in the period
    accounts: int
    stored_bytes: int  # of all recordings there are
    recordings: int
    waiting: Sequence[Waiting]
    wanted: int  # answers that staff want judged anew
    failures: Sequence[Failure]
    times: Sequence[StageTime]
    models: Sequence[ModelUse]
    workers: Sequence[Worker]


def read_overview(period: str) -> Overview:
    """Return how the platform does now, and did in the period that ends with today (UTC). Eleven queries."""
    now = timezone.now()
    number = PERIODS[period]
    first = now.date() - timedelta(days=number - 1)
    since = datetime.combine(first, datetime.min.time(), tzinfo=now.tzinfo)
    stored = AudioAnswer.objects.aggregate(bytes=Sum("size_bytes", default=0), number=Count("pk"))
    begun = InterviewSession.objects.filter(started_at__gte=since)
    workers = _workers(now)
    return Overview(
        period=period,
        days=every_day(_days(since), last=now.date(), number=number),
        people=begun.aggregate(n=Count("owner", distinct=True))["n"],
        accounts=User.objects.count(),
        stored_bytes=stored["bytes"],
        recordings=stored["number"],
        waiting=_waiting(now, workers),
        wanted=WantedEvaluation.objects.count(),
        failures=_failures(since),
        times=_times(since),
        models=_models(since),
        workers=workers,
    )


def _days(since: datetime) -> dict[date, Day]:
    """Return what was recorded on each day, and how many people began an interview. Two queries, of one table each."""
    recordings = AudioAnswer.objects.filter(created_at__gte=since)
    made = recordings.annotate(day=TruncDate("created_at")).values_list("day")
    uploads = {
        day: Day(day, number, seconds)
        for day, number, seconds in made.annotate(n=Count("pk"), s=Sum("duration")).order_by()
    }
    sessions = InterviewSession.objects.filter(started_at__gte=since)
    begun = sessions.annotate(day=TruncDate("started_at")).values_list("day")
    people = dict(begun.annotate(n=Count("owner", distinct=True)).order_by())
    return {
        day: replace(uploads.get(day, Day(day)), people=people.get(day, 0))
        for day in {*uploads, *people}
    }


def _waiting(now: datetime, workers: Sequence[Worker]) -> list[Waiting]:
    """Return what waits on every queue; the ages are since the answer came in."""
    rows = (
        PipelineRun.objects.filter(state__in=(State.QUEUED, State.RETRY_WAIT))
        .values_list("stage")
        .annotate(depth=Count("pk"), oldest=Min("created_at"))
        .order_by()
    )
    depths: Counter[str] = Counter()
    oldest: dict[str, datetime] = {}
    for stage, depth, since in rows:
        queue = QUEUE_OF[stage]
        depths[queue] += depth
        oldest[queue] = min(since, oldest.get(queue, since))
    alive = [worker for worker in workers if worker.is_alive]
    return [
        Waiting(
            queue=queue,
            depth=depths[queue],
            oldest=(now - oldest[queue]).total_seconds() if queue in oldest else 0.0,
            workers=sum(queue in worker.queues for worker in alive),
            processes=sum(worker.concurrency for worker in alive if queue in worker.queues),
        )
        for queue in settings.QUEUES
    ]


def _failures(since: datetime) -> list[Failure]:
    rows = (
        PipelineRun.objects.exclude(failure_code="")
        .filter(finished_at__gte=since)
        .values_list("failure_code")
        .annotate(count=Count("pk"))
        .order_by("-count", "failure_code")
    )
    found = list(rows[:MOST_FAILURES])
    return [Failure(code, count, share=100 * count / found[0][1]) for code, count in found]


def _times(since: datetime) -> list[StageTime]:
    """Return the stages' times; one query, along the index by stage and end."""
    good = StageRun.objects.filter(outcome=StageRun.Outcome.OK, ended_at__gte=since)
    latest = Q()
    for stage in QUEUE_OF:
        latest |= Q(pk__in=good.filter(stage=stage).order_by("-ended_at").values("pk")[:TRIES])
    seconds: dict[str, list[float]] = {stage: [] for stage in QUEUE_OF}
    rows = good.filter(latest).values_list("stage", "started_at", F("ended_at"))
    for stage, began, ended in rows:
        if ended is not None:
            seconds[stage].append((ended - began).total_seconds())
    return summarise_times(seconds)


def _models(since: datetime) -> list[ModelUse]:
    rows = (
        LanguageModelCall.objects.filter(created_at__gte=since)
        .values_list("purpose", "model")
        .annotate(
            calls=Count("pk"),
            failed=Count("pk", filter=~Q(outcome="ok")),
            tokens=Sum(F("prompt_tokens") + F("completion_tokens")),
            spent=Sum("cost"),
        )
        .order_by("-calls", "purpose", "model")
    )
    return [ModelUse(*row) for row in rows[:MOST_USES]]


def _workers(now: datetime) -> list[Worker]:
    fresh = now - seen_within()
    rows = WorkerHeartbeat.objects.order_by("-seen_at").values_list(
        "name", "queues", "concurrency", "seen_at"
    )
    return [Worker(*row, is_alive=row[3] >= fresh) for row in rows]
