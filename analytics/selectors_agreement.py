"""What reviewers and the machine said of the same answers, in one query."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from django.utils import timezone

from analytics.agreement import Pair
from analytics.models import StaffScore
from analytics.stats import PERIOD_DAYS
from pipeline.domain.values import METRICS

MOST: Final = 20_000  # scores that one page reckons with, the latest


@dataclass(frozen=True, slots=True)
class Reviewed:
    """One reviewer's scores of one answer, beside the machine's."""

    session: UUID
    question: str
    attempt: int
    language: str
    reviewer: str
    scorer_version: str
    scored_at: datetime
    note: str
    pairs: tuple[Pair, ...]  # of the metrics that both have judged


def list_reviewed(*, period: str, language: str = "") -> list[Reviewed]:
    """Return what was scored in the period, the latest first; a reviewer's every answer is a pair of its own."""
    scores = StaffScore.objects.filter(run__evaluation__isnull=False)
    days = PERIOD_DAYS[period]
    if days is not None:
        scores = scores.filter(updated_at__gte=timezone.now() - timedelta(days=days))
    if language:
        scores = scores.filter(run__transcript__language=language)
    rows = scores.order_by("-updated_at", "-pk").values_list(
        "run__session__uuid",
        "run__question__text",
        "run__attempt",
        "run__transcript__language",
        "reviewer__email",
        "run__evaluation__scorer_version",
        "updated_at",
        "note",
        *METRICS,
        *(f"run__evaluation__{metric}" for metric in METRICS),
    )
    return [_reviewed(row) for row in rows[:MOST]]


def _reviewed(row: tuple[Any, ...]) -> Reviewed:
    session, question, attempt, language, *others = row
    reviewer, version, scored_at, note, *scores = others
    return Reviewed(
        session=session,
        question=question,
        attempt=attempt,
        language=language or "",
        reviewer=reviewer,
        scorer_version=version,
        scored_at=scored_at,
        note=note,
        pairs=_pairs(language or "", scores),
    )


def _pairs(language: str, scores: Sequence[float | None]) -> tuple[Pair, ...]:
    halves = zip(METRICS, scores[: len(METRICS)], scores[len(METRICS) :], strict=True)
    return tuple(
        Pair(metric, language, float(staff), float(machine))
        for metric, staff, machine in halves
        if staff is not None and machine is not None
    )
