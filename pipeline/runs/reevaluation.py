"""
Many answers judged anew by the scorer of today, a few at a time, so that no candidate waits for them.

A wish is a row (`WantedEvaluation`), so it outlives a broker. The reconciler's leader rings while there are any; a worker of
the queue `maint` then takes as many as the workers of `cpu` have room for, and the answers go their usual way from there.
"""

from collections.abc import Iterable, Iterator
from typing import Final

from django.db import transaction
from django.db.models import QuerySet

from accounts.models import User
from pipeline.models import EvaluationRecord, PipelineRun, Stage, WantedEvaluation
from pipeline.progress.queue import count_live_processes
from pipeline.runs import dispatch, periodic, services
from pipeline.scoring.thresholds import SCORER_VERSION

State = PipelineRun.State

JOB: Final = "judge anew what staff asked for"
RING_EVERY: Final = 5.0  # seconds
BATCH: Final = 500  # wishes written by one statement
ROOM: Final = 5  # answers that may wait for each process: a few seconds of work
CPU_STAGES: Final = (Stage.EVALUATE, Stage.SCORE, Stage.FEEDBACK)
ENDED: Final = (State.COMPLETED, State.FAILED, State.SUPERSEDED)


def register() -> None:
    """Have wishes looked for by the leader, and fulfilled on the queue `maint`."""
    periodic.register(
        "look for wanted evaluations", every_seconds=RING_EVERY, do=ring, is_mending=True
    )
    periodic.register(JOB, every_seconds=3600, do=fulfil)


def is_version(text: str) -> bool:
    """Tell whether it is numbers with dots between them."""
    return all(part.isdecimal() for part in text.split("."))


def older_than(version: str) -> "QuerySet[EvaluationRecord]":
    """Return the judgements of scorers before this version."""
    made = EvaluationRecord.objects.order_by("scorer_version")
    versions = made.values_list("scorer_version", flat=True).distinct()
    older = [known for known in versions if _number(known) < _number(version)]
    return EvaluationRecord.objects.filter(scorer_version__in=older)


def stale(runs: Iterable[int]) -> list[int]:
    """Return those of the runs that another scorer than today's has judged."""
    judged = EvaluationRecord.objects.filter(run__in=list(runs), run__question__isnull=False)
    found = judged.exclude(scorer_version=SCORER_VERSION).order_by("run_id")
    return list(found.values_list("run_id", flat=True))


def want(runs: Iterable[int], *, asked_by: User | None = None) -> int:
    """Note that these runs are to be judged anew, and ring; return how many they are. Twice is once."""
    number = 0
    for batch in _batches(runs):
        wishes = [WantedEvaluation(run_id=run, asked_by=asked_by) for run in batch]
        WantedEvaluation.objects.bulk_create(wishes, ignore_conflicts=True)
        number += len(wishes)
    transaction.on_commit(ring, robust=True)
    return number


def ring() -> bool:
    """Have wishes fulfilled where there are any; tell whether a message went out."""
    if not WantedEvaluation.objects.exists():
        return False
    return dispatch.send(periodic.TASK, expires=RING_EVERY, name=JOB)


def fulfil() -> int:
    """Send as many wanted answers to their judges as there is room for; return how many."""
    waiting = WantedEvaluation.objects.filter(run__state__in=ENDED).order_by("pk")
    wishes = list(waiting.select_related("run")[: _room()])
    return sum(_fulfil(wish) for wish in wishes)


@transaction.atomic
def _fulfil(wish: WantedEvaluation) -> bool:
    """Start the answer, unless somebody else has taken the wish; one that cannot be judged is forgotten, too."""
    taken, _ = WantedEvaluation.objects.filter(pk=wish.pk).delete()
    return bool(taken) and services.re_evaluate(wish.run)


def _room() -> int:
    """Return how many answers the workers can take before somebody would have to wait for them."""
    processes = max(1, count_live_processes().get("cpu", 0))
    unfinished = PipelineRun.objects.filter(state__in=PipelineRun.UNFINISHED, stage__in=CPU_STAGES)
    return max(0, ROOM * processes - unfinished.count())


def _batches(runs: Iterable[int]) -> Iterator[list[int]]:
    batch: list[int] = []
    for run in runs:
        batch.append(run)
        if len(batch) == BATCH:
            yield batch
            batch = []
    if batch:
        yield batch


def _number(version: str) -> tuple[int, ...]:
    """Return what a version compares by; a word, which no scorer of ours is called, is before all numbers."""
    return tuple(int(part) for part in version.split(".")) if is_version(version) else ()
