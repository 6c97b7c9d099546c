"""
Facts about the queues: pace of each stage, live processes, places of waiting runs.

A fixed number of queries for any number of runs: this is asked at every poll.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from statistics import fmean
from typing import Any, ClassVar, Final

from django.conf import settings
from django.db.models import Case, Count, OuterRef, Q, QuerySet, Subquery, Sum, Value, When
from django.db.models.functions import JSONObject, Now
from django.utils import timezone

from pipeline.models import PipelineRun, Stage, StageRun, WorkerHeartbeat
from pipeline.progress.estimates import (
    QUEUE_OF,
    SESSION_STAGES,
    STAGES,
    Paces,
    Place,
    Progress,
    Work,
    combine,
    forecast,
    seconds_through,
)

State = PipelineRun.State

# Before anything was measured. The recogniser: base, int8, one thread a process, 0.09 measured on development recordings, with
# some room for decoding and a first load. The judges: about 1 s with their models loaded. The rest is one transaction each.
FIRST_TRANSCRIBE: Final = 0.12  # seconds of work for a second of audio
FIRST_OTHERS: Final = {"evaluate": 1.0, "score": 0.1, "feedback": 0.1}  # seconds
MEASURED_RUNS: Final = 50  # the latest of each stage
SIGNS_MISSED: Final = 3  # in a row, and a worker counts as gone
FRESH_SECONDS: Final = (
    5.0  # so long one measure serves a process: paces change slowly, polls are many
)
BEGAN: Final = "stage_began_at"  # names of what `with_queue_facts` adds to a run
PLACE: Final = "place_in_queue"
QUEUE: Final = Case(*(When(stage=stage, then=Value(queue)) for stage, queue in QUEUE_OF.items()))


class _Measured:
    """What was measured last, in this process."""

    paces: ClassVar[Paces | None] = None
    until: ClassVar[float] = 0.0


def current_paces() -> Paces:
    """Return how fast the stages are, measured not longer than `FRESH_SECONDS` ago."""
    now = time.monotonic()
    if _Measured.paces is None or now >= _Measured.until:
        _Measured.paces = measure_paces()
        _Measured.until = now + FRESH_SECONDS
    return _Measured.paces


def forget_paces() -> None:
    """Measure anew at the next call."""
    _Measured.paces = None


def measure_paces() -> Paces:
    """Return how fast the stages are, over their latest good tries. Two queries."""
    found: defaultdict[str, list[float]] = defaultdict(list)
    for stage, audio, began, ended in _latest_tries():
        seconds = (ended - began).total_seconds() if ended else 0.0
        found[stage].append(seconds / audio if stage == "transcribe" and audio else seconds)
    measured = {stage: fmean(values) for stage, values in found.items()}
    return Paces(
        transcribe=measured.get("transcribe", FIRST_TRANSCRIBE),
        others={stage: measured.get(stage, first) for stage, first in FIRST_OTHERS.items()},
        processes=count_live_processes(),
    )


def count_live_processes() -> dict[str, int]:
    """Return how many processes of workers that were seen lately there are for each queue."""
    silence = timedelta(seconds=SIGNS_MISSED * settings.HEARTBEAT_SECONDS)
    rows = WorkerHeartbeat.objects.filter(seen_at__gte=Now() - silence)
    found: Counter[str] = Counter()
    for queues, concurrency in rows.values_list("queues", "concurrency"):
        found.update(dict.fromkeys(queues, concurrency))
    return dict(found)


def stages_of(run: PipelineRun) -> Sequence[str]:
    """Return the stages that the run goes through."""
    return SESSION_STAGES if run.question_id is None else STAGES


def with_queue_facts(runs: "QuerySet[PipelineRun]") -> "QuerySet[PipelineRun]":
    """Annotate the start of the present stage, and the place in the queue of waiting runs."""
    tries = StageRun.objects.filter(token=OuterRef("lease_token"))
    waiting = When(state__in=(State.QUEUED, State.RETRY_WAIT), then=Subquery(_place_in_queue()))
    return runs.alias(queue=QUEUE).annotate(
        **{BEGAN: Subquery(tries.values("started_at")[:1]), PLACE: Case(waiting)}
    )


def measure_works(runs: Sequence[PipelineRun]) -> list[Work]:
    """Return what a forecast needs of these unfinished runs of `with_queue_facts`."""
    now = timezone.now()
    return [
        Work(
            stage=run.stage,
            is_running=run.state == State.RUNNING,
            audio=run.audio_duration or 0.0,
            elapsed=max(0.0, (now - (getattr(run, BEGAN, None) or now)).total_seconds()),
            due_in=max(0.0, ((run.next_run_at or now) - now).total_seconds()),
            stages=stages_of(run),
            place=Place(**(getattr(run, PLACE, None) or {})),
        )
        for run in runs
    ]


def _place_in_queue() -> "QuerySet[PipelineRun, Any]":
    """Return what is before the outer query's run on its queue, and what is in work there."""
    before = Q(state=State.QUEUED, pk__lt=OuterRef("pk"))
    begun = Q(state=State.RUNNING)
    return (
        PipelineRun.objects.filter(state__in=PipelineRun.UNFINISHED)
        .annotate(queue=QUEUE)
        .filter(queue=OuterRef("queue"))
        .values("queue")
        .annotate(
            place=JSONObject(
                waiting=Count("pk", filter=before),
                waiting_audio=Sum("audio_duration", filter=before, default=0.0),
                begun=Count("pk", filter=begun),
                begun_audio=Sum("audio_duration", filter=begun, default=0.0),
            )
        )
        .values("place")
    )


def _latest_tries() -> "QuerySet[StageRun, tuple[str, float | None, datetime, datetime | None]]":
    """Return stage, recording's seconds, begin and end of the latest good tries. One query, along an index."""
    good = StageRun.objects.filter(outcome=StageRun.Outcome.OK, ended_at__isnull=False)
    latest = [
        Q(pk__in=good.filter(stage=stage).order_by("-ended_at").values("pk")[:MEASURED_RUNS])
        for stage in STAGES
    ]
    return good.filter(reduce(or_, latest)).values_list(
        "stage", "run__audio_duration", "started_at", "ended_at"
    )


ORDER = (*STAGES, Stage.DONE)


class Board:
    """What is known of the unfinished among some runs. One query at most when it is made, and every five seconds two more."""

    def __init__(self, runs: Iterable[PipelineRun]) -> None:
        unfinished = [run for run in runs if run.state in PipelineRun.UNFINISHED]
        works = measure_works(unfinished) if unfinished else []
        self._works = {run.pk: work for run, work in zip(unfinished, works, strict=True)}

    def progress(self, runs: Sequence[PipelineRun], *, goal: Stage) -> Progress | None:
        """Return how far these runs are together on their way through `goal`; None when none of them is under way."""
        under_way = [run for run in runs if is_under_way(run, goal)]
        if not under_way:
            return None
        paces = current_paces()
        done = sum(
            seconds_through(
                goal, audio=run.audio_duration or 0.0, stages=stages_of(run), paces=paces
            )
            for run in runs
            if has_passed(run, goal)
        )
        each = (forecast(self._works[run.pk], goal=goal, paces=paces) for run in under_way)
        return combine(each, seconds_done=done)


def has_passed(run: PipelineRun, stage: Stage) -> bool:
    """Tell whether the stage's work is done, for the input that the run has now."""
    return ORDER.index(run.stage) > ORDER.index(stage)


def is_under_way(run: PipelineRun, goal: Stage) -> bool:
    """Tell whether the run is going to bring what comes out of `goal`."""
    return run.state in PipelineRun.UNFINISHED and not has_passed(run, goal)
