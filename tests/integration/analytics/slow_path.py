"""The dashboard by another road: plain loops over raw rows, none of the product's own arithmetic."""

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from fractions import Fraction
from typing import Any
from zoneinfo import ZoneInfo

from accounts.models import User
from pipeline.models import EvaluationRecord, PipelineRun
from sessions.models import InterviewSession, Question

METRICS = ("relevance", "grammar", "fluency", "keywords")
MEASURES = (
    "words_per_minute",
    "fillers_per_100_words",
    "mean_pause_seconds",
    "longest_pause_seconds",
)


def owned_sessions(owner: User) -> list[InterviewSession]:
    """Return the owner's sessions in the order in which they were held."""
    owned = [row for row in InterviewSession.objects.all() if row.owner_id == owner.pk]
    return sorted(owned, key=lambda row: (held_at(row), row.uuid))


def held_at(session: InterviewSession) -> datetime:
    """Return when the session was held."""
    return session.completed_at or session.started_at or session.created_at


def answers(owner: User) -> list[PipelineRun]:
    """Return the run of every answer of the owner, recorded or typed."""
    rows = PipelineRun.objects.select_related("question__session", "recording")
    return [row for row in rows if row.question and row.question.session.owner_id == owner.pk]


def answered_at(run: PipelineRun) -> datetime:
    """Return when the answer was received."""
    return run.recording.created_at if hasattr(run, "recording") else run.created_at


def spoken_seconds(run: PipelineRun) -> Fraction:
    """Return how long the answer can be heard."""
    return Fraction(run.recording.duration) if hasattr(run, "recording") else Fraction(0)


def counting(owner: User) -> list[tuple[Question, PipelineRun, EvaluationRecord]]:
    """Return question, run and judgement of every answer that counts, oldest first."""
    found = []
    for question in Question.objects.select_related("session"):
        attempts = [row for row in answers(owner) if row.question_id == question.pk]
        for attempt in sorted(attempts, key=lambda row: row.attempt, reverse=True):
            judged = EvaluationRecord.objects.filter(run=attempt).first()
            if judged is not None:
                if judged.scorable:
                    found.append((question, attempt, judged))
                break
    return sorted(found, key=lambda row: (answered_at(row[1]), row[2].pk))


def exact_mean(numbers: Iterable[float | None]) -> Fraction | None:
    """Return the mean without rounding."""
    known = [Fraction(number) for number in numbers if number is not None]
    return sum(known, Fraction(0)) / len(known) if known else None


def days_with_practice(owner: User, *, today: date) -> list[bool]:
    """Return for each day up to today, midnight to midnight in the owner's time zone, whether there was practice."""
    zone = ZoneInfo(owner.timezone)
    moments = [answered_at(row) for row in answers(owner)]
    moments += [row.completed_at for row in owned_sessions(owner) if row.completed_at]
    if not moments:
        return []
    day = min(moments).date() - timedelta(days=2)
    practised = []
    while day <= today:
        begin = datetime.combine(day, time.min, zone).timestamp()
        end = datetime.combine(day + timedelta(days=1), time.min, zone).timestamp()
        practised.append(any(begin <= moment.timestamp() < end for moment in moments))
        day += timedelta(days=1)
    return practised


def runs(practised: Sequence[bool]) -> list[int]:
    """Return the lengths of the streaks; the last entry is the one that ends with the last day, or 0."""
    lengths = [0]
    for did in practised:
        if did:
            lengths[-1] += 1
        else:
            lengths.append(0)
    return lengths


def slow_dashboard(owner: User, *, today: date) -> dict[str, Any]:
    """Return the seed's numbers, unrounded."""
    sessions = owned_sessions(owner)
    scores = [row.total_score for row in sessions if row.total_score is not None]
    heard = answers(owner)
    counted = counting(owner)
    practised = days_with_practice(owner, today=today)
    streaks = runs(practised)
    current = streaks[-1] or (runs(practised[:-1])[-1] if practised else 0)
    return {
        "total_interviews": sum(
            any(row.session_id == session.pk for row in heard) for session in sessions
        ),
        "total_questions": len({row.question_id for row in heard}),
        "average_score": exact_mean(scores),
        "best_score": sorted(scores)[-1] if scores else None,
        "recent_score": scores[-1] if scores else None,
        "total_practice_time": sum(map(spoken_seconds, heard), Fraction(0)) / 60,
        "improvement_rate": _improvement(scores),
        "current_streak": current,
        "longest_streak": max(streaks),
        "skills_breakdown": {
            name: exact_mean(getattr(judged, name) for _, _, judged in counted) for name in METRICS
        },
        "category_scores": {
            category: exact_mean(
                judged.overall for question, _, judged in counted if question.category == category
            )
            for category in ("behavioral", "technical", "situational")
        },
    }


def slow_mistakes(owner: User) -> dict[tuple[str, str], tuple[int, int]]:
    """Return answers and sessions of every slip that came up in two sessions or more."""
    found: dict[tuple[str, str], list[tuple[int, int]]] = {}
    for question, _, judged in counting(owner)[-50:]:
        for row in judged.explanations:
            if row["rule"] != "errors_heard":
                places = found.setdefault((row["score"], row["rule"]), [])
                places.append((question.pk, question.session_id))
    counts = {
        name: (len({question for question, _ in places}), len({session for _, session in places}))
        for name, places in found.items()
    }
    return {name: pair for name, pair in counts.items() if pair[1] > 1}


def slow_area(owner: User, *, kind: str, name: str) -> list[float]:
    """Return the scores that an area is the mean of."""
    found: list[float | None] = []
    for question, _, judged in counting(owner):
        if kind == "metric":
            found.append(getattr(judged, name))
        elif kind == "category":
            found += [judged.overall] * (question.category == name)
        else:
            found += [judged.overall for skill in question.skills if skill.lower() == name.lower()]
    return [score for score in found if score is not None]


def slow_charts(owner: User, *, days: int | None, now: datetime) -> dict[str, list[Any]]:
    """Return the data of every chart, a list for each dataset, unrounded."""
    zone = ZoneInfo(owner.timezone)
    begin = float("-inf")
    if days is not None:
        first = now.astimezone(zone).date() - timedelta(days=days - 1)
        begin = datetime.combine(first, time.min, zone).timestamp()
    sessions = [row for row in owned_sessions(owner) if held_at(row).timestamp() >= begin]
    scores = [row.total_score for row in sessions if row.total_score is not None]
    counted = counting(owner)
    recent = [row for row in counted if answered_at(row[1]).timestamp() >= begin]
    heard = [row for row in answers(owner) if answered_at(row).timestamp() >= begin]
    by_session = [
        rows
        for session in sessions
        if (
            rows := [judged for question, _, judged in counted if question.session_id == session.pk]
        )
    ]
    return {
        "score_trend": [scores, [exact_mean(scores[: at + 1][-5:]) for at in range(len(scores))]],
        "category_radar": [
            [
                exact_mean(
                    judged.overall for question, _, judged in recent if question.category == name
                )
                for name in ("behavioral", "technical", "situational")
            ]
        ],
        "metrics_bar": [
            [exact_mean(getattr(judged, name) for _, _, judged in recent) for name in METRICS]
        ],
        "performance": [
            [exact_mean(getattr(judged, name) for judged in rows) for rows in by_session]
            for name in METRICS
        ],
        "delivery": [
            [exact_mean(judged.metrics[name] for judged in rows) for rows in by_session]
            for name in MEASURES
        ],
        "weekly_activity": [
            _activity(heard, zone, weekly=days != 7, last=now.astimezone(zone).date()),
        ],
    }


def _activity(
    heard: Sequence[PipelineRun], zone: ZoneInfo, *, weekly: bool, last: date
) -> list[tuple[int, Fraction]]:
    """Return the number and the minutes of answers of every day or week that has some."""
    found = []
    day = min((answered_at(row).date() for row in heard), default=last) - timedelta(days=2)
    day -= timedelta(days=day.isoweekday() - 1 if weekly else 0)
    step = timedelta(days=7 if weekly else 1)
    while day <= last:
        begin = datetime.combine(day, time.min, zone).timestamp()
        end = datetime.combine(day + step, time.min, zone).timestamp()
        rows = [row for row in heard if begin <= answered_at(row).timestamp() < end]
        if rows:
            found.append((len(rows), sum(map(spoken_seconds, rows), Fraction(0)) / 60))
        day += step
    return found


def _improvement(scores: Sequence[float]) -> Fraction | int | None:
    half = len(scores) // 2
    if half == 0:
        return 0
    exact = [Fraction(score) for score in scores]
    older = sum(exact[: len(exact) - half], Fraction(0)) / (len(exact) - half)
    newer = sum(exact[len(exact) - half :], Fraction(0)) / half
    if older == 0:
        return 0 if newer == 0 else None
    return (newer / older - 1) * 100
