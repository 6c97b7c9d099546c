"""
What is before a run on its queue, and how fast the queues are worked off.

A fixed number of queries for any number of runs: this is asked at every poll.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from functools import reduce
from operator import or_
from statistics import fmean
from typing import ClassVar, Final

from django.conf import settings
from django.db.models import Count, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Now
from django.utils import timezone

from pipeline.models import PipelineRun, StageRun, WorkerHeartbeat
from pipeline.progress import QUEUE_OF, SESSION_STAGES, STAGES, Paces, Place, Work

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
BEGAN: Final = "stage_began_at"  # what `with_beginnings` adds to a run
PLACE: Final = "place_on_its_queue"  # what a poll has found out already


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


def with_beginnings(runs: "QuerySet[PipelineRun]") -> "QuerySet[PipelineRun]":
    """Let the runs know since when their present stage has been worked on."""
    tries = StageRun.objects.filter(token=OuterRef("lease_token"))
    return runs.annotate(**{BEGAN: Subquery(tries.values("started_at")[:1])})


def measure_works(runs: Sequence[PipelineRun]) -> list[Work]:
    """Return what a forecast must know of these unfinished runs of `with_beginnings`. One query, none without waiting ones."""
    places = _places(runs)
    now = timezone.now()
    return [
        Work(
            stage=run.stage,
            is_running=run.state == State.RUNNING,
            audio=run.audio_duration or 0.0,
            elapsed=max(0.0, (now - (getattr(run, BEGAN, None) or now)).total_seconds()),
            due_in=max(0.0, ((run.next_run_at or now) - now).total_seconds()),
            stages=stages_of(run),
            place=places.get(run.pk, Place()),
        )
        for run in runs
    ]


def _places(runs: Iterable[PipelineRun]) -> dict[int, Place]:
    """Return what is before each run that waits, by order of creation. One query."""
    waiting = [run for run in runs if run.state != State.RUNNING]
    if all(hasattr(run, PLACE) for run in waiting):
        return {run.pk: getattr(run, PLACE) for run in waiting}
    sums: dict[str, Count | Sum] = {}
    for run in waiting:
        same_queue = Q(stage__in=_stages_beside(run.stage))
        before = same_queue & Q(state=State.QUEUED, pk__lt=run.pk)
        begun = same_queue & Q(state=State.RUNNING)
        sums[f"waiting_{run.pk}"] = Count("pk", filter=before)
        sums[f"waiting_audio_{run.pk}"] = Sum("audio_duration", filter=before, default=0.0)
        sums[f"begun_{run.pk}"] = Count("pk", filter=begun)
        sums[f"begun_audio_{run.pk}"] = Sum("audio_duration", filter=begun, default=0.0)
    found = PipelineRun.objects.filter(state__in=PipelineRun.UNFINISHED).aggregate(**sums)
    return {
        run.pk: Place(
            waiting=found[f"waiting_{run.pk}"],
            waiting_audio=found[f"waiting_audio_{run.pk}"],
            begun=found[f"begun_{run.pk}"],
            begun_audio=found[f"begun_audio_{run.pk}"],
        )
        for run in waiting
    }


def _stages_beside(stage: str) -> list[str]:
    """Return the stages that wait on the same queue."""
    return [other for other in STAGES if QUEUE_OF[other] == QUEUE_OF[stage]]


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
