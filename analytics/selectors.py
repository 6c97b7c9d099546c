"""What an owner has practised, read in a constant number of queries."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from itertools import chain
from typing import Any, cast
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.db.models import F, QuerySet, Value
from django.db.models.functions import Coalesce, NullIf

from accounts.models import User
from analytics.charts import CHARTS, build_chart
from analytics.dashboard import build_dashboard
from analytics.mistakes import LATEST_ANSWERS, is_mistake
from analytics.stats import Window, counted_answers, local_day
from analytics.values import (
    Answer,
    Attempt,
    Chart,
    Dashboard,
    Delivery,
    History,
    Interview,
    Judgement,
    Slip,
)
from interview_platform.errors import NotFound
from pipeline.domain.values import METRICS
from pipeline.models import EvaluationRecord, PipelineRun
from sessions.models import InterviewSession
from sessions.selectors import list_sessions

ORDERS: Mapping[str, tuple[Any, ...]] = {
    "date": ("-created_at", "-pk"),
    "score": (F("total_score").desc(nulls_last=True), "-created_at", "-pk"),
}
MEASURES = {
    "pace": "words_per_minute",
    "fillers": "fillers_per_100_words",
    "mean_pause": "mean_pause_seconds",
    "longest_pause": "longest_pause_seconds",
}


class UnknownChart(NotFound):
    """There is no chart of this name."""

    message = f"No such chart. Known: {', '.join(CHARTS)}."


def list_history(
    *, owner: User, filters: Mapping[str, Any], order: str
) -> "QuerySet[InterviewSession]":
    """Return the owner's sessions that pass the filters with grade, rating and readiness; best or newest first."""
    return (
        list_sessions(owner=owner, filters=filters)
        .annotate(
            letter_grade=NullIf("score__letter_grade", Value("")),
            overall_rating=NullIf("feedback__overall_rating", Value("")),
            readiness_score=F("feedback__readiness_score"),
        )
        .order_by(*ORDERS[order])
    )


def read_dashboard(*, owner: User, now: datetime) -> Dashboard:
    """Return the owner's dashboard as of `now`, in three queries."""
    zone = zone_of(owner)
    history = read_history(owner=owner)
    answers = counted_answers(history.attempts)
    slips = read_slips(answers[-LATEST_ANSWERS:])
    return build_dashboard(
        history,
        answers=answers,
        slips=list(chain.from_iterable(slips.values())),
        today=local_day(now, zone),
        zone=zone,
    )


def read_chart(*, owner: User, chart_type: str, period: str, now: datetime) -> Chart:
    """Return one of the owner's charts as of `now`, in two queries; raise `UnknownChart`."""
    if chart_type not in CHARTS:
        raise UnknownChart
    zone = zone_of(owner)
    window = Window(period=period, today=local_day(now, zone), zone=zone)
    return build_chart(chart_type, read_history(owner=owner), window=window)


def zone_of(owner: User) -> ZoneInfo:
    """Return the owner's time zone; UTC where this machine's list has lost it."""
    try:
        return ZoneInfo(owner.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return ZoneInfo("UTC")


def read_history(*, owner: User) -> History:
    """Return all that the owner has answered and what was made of it, in two queries."""
    interviews = InterviewSession.objects.filter(owner=owner)
    return History(
        interviews=tuple(
            Interview(
                id=row["uuid"],
                held_at=row["completed_at"] or row["started_at"] or row["created_at"],
                completed_at=row["completed_at"],
                total_score=row["total_score"],
            )
            for row in interviews.values(
                "uuid", "created_at", "started_at", "completed_at", "total_score"
            )
        ),
        attempts=read_attempts(owner=owner),
    )


def read_attempts(*, owner: User, **narrowed: Any) -> tuple[Attempt, ...]:
    """Return the owner's answers, or those that pass the lookups, and what was made of each; in one query."""
    return tuple(_attempt(row) for row in _answers(owner, narrowed))


def read_slips(answers: Iterable[Answer]) -> dict[int, list[Slip]]:
    """Return by its key what went wrong in each of these answers, in their order; in one query."""
    known = {answer.key: answer for answer in answers}
    kept = EvaluationRecord.objects.filter(pk__in=known).values_list("pk", "explanations")
    found: dict[int, list[Slip]] = {key: [] for key in known}
    for key, rows in kept:
        found[key] = [
            _slip(known[key], row)
            for row in rows
            if is_mistake(metric=row["score"], rule=row["rule"], points=row["points"])
        ]
    return found


def _slip(answer: Answer, row: Mapping[str, Any]) -> Slip:
    return Slip(
        session_id=answer.session_id,
        question_id=answer.question_id,
        metric=row["score"],
        rule=row["rule"],
        quote=row.get("quote", ""),
        start=row.get("start"),
        end=row.get("end"),
        message=row.get("message", ""),
    )


def _answers(owner: User, narrowed: Mapping[str, Any]) -> Iterable[dict[str, Any]]:
    """Return the rows of recorded and of typed answers; a typed one has no recording beside its run."""
    judged = {
        "key": F("evaluation__pk"),
        "scorable": F("evaluation__scorable"),
        "overall": F("evaluation__overall"),
        **{name: F(f"evaluation__{name}") for name in METRICS},
        **{name: F(f"evaluation__metrics__{measure}") for name, measure in MEASURES.items()},
    }
    rows = PipelineRun.objects.filter(question__session__owner=owner, **narrowed).values(
        "attempt",
        answer_id=Coalesce("recording__uuid", "uuid"),
        answered_at=Coalesce("recording__created_at", "created_at"),
        seconds=Coalesce("recording__duration", Value(0.0)),
        session_uuid=F("session__uuid"),
        question_uuid=F("question__uuid"),
        category=F("question__category"),
        skills=F("question__skills"),
        **judged,
    )
    return cast("Iterable[dict[str, Any]]", rows)


def _attempt(row: Mapping[str, Any]) -> Attempt:
    judgement = None
    if row["key"] is not None:
        judgement = Judgement(
            key=row["key"],
            scorable=row["scorable"],
            scores={name: row[name] for name in METRICS},
            overall=row["overall"],
            delivery=Delivery(**{name: row[name] for name in MEASURES}),
        )
    return Attempt(
        id=row["answer_id"],
        session_id=row["session_uuid"],
        question_id=row["question_uuid"],
        category=row["category"],
        skills=tuple(row["skills"]),
        number=row["attempt"],
        recorded_at=row["answered_at"],
        duration=row["seconds"],
        judgement=judgement,
    )
