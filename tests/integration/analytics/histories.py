"""Histories of practice: made up by Hypothesis, written as rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from hypothesis import strategies as st

from accounts.models import User
from media.models import AudioAnswer
from pipeline.models import PipelineRun, Stage
from sessions.models import InterviewSession
from tests.factories import (
    make_evaluation,
    make_question,
    make_recording,
    make_run,
    make_session,
    make_user,
)

ZONES = (
    "UTC",
    "America/New_York",
    "America/Havana",  # goes back at midnight
    "Africa/Cairo",  # loses its midnight
    "Europe/Berlin",
    "Asia/Kathmandu",
    "Australia/Lord_Howe",  # half an hour of summer time
    "Pacific/Chatham",
    "Pacific/Kiritimati",
    "Pacific/Pago_Pago",
)
# The days around which clocks were changed in most of them, and one that is like any other.
MOMENTS = tuple(
    datetime.fromisoformat(text)
    for text in (
        "2026-03-08T12:00:00+00:00",
        "2026-03-30T00:30:00+00:00",
        "2026-04-24T22:10:00+00:00",
        "2026-10-25T01:30:00+00:00",
        "2026-11-01T05:30:00+00:00",
        "2026-07-15T23:59:59+00:00",
    )
)
RULES = ("agreement", "article", "keyword_missing", "point_missing", "errors_heard")
SCORES = st.none() | st.just(0.0) | st.floats(0, 100).map(lambda score: round(score, 1))
MEASURE = st.none() | st.floats(0, 300).map(lambda measure: round(measure, 2))


@dataclass(frozen=True)
class MadeAttempt:
    """An answer and what became of it."""

    hours: float  # after the session was opened
    duration: float | None  # None of a typed answer
    outcome: str  # waiting | superseded | failed | unscorable | graded
    scores: tuple[float | None, float | None, float | None, float | None]
    overall: float | None
    measures: tuple[float | None, float | None, float | None, float | None]
    rules: tuple[str, ...]


@dataclass(frozen=True)
class MadeQuestion:
    """A question with the attempts at it."""

    category: str
    skills: tuple[str, ...]
    attempts: tuple[MadeAttempt, ...]


@dataclass(frozen=True)
class MadeSession:
    """A session."""

    hours_ago: float  # when it was opened
    completed_after: float | None  # hours
    total_score: float | None
    questions: tuple[MadeQuestion, ...]


attempts = st.builds(
    MadeAttempt,
    hours=st.floats(0, 30),
    duration=st.none() | st.floats(1, 600) | st.floats(1, 600),
    outcome=st.sampled_from(("waiting", "superseded", "failed", "unscorable", "graded", "graded")),
    scores=st.tuples(SCORES, SCORES, SCORES, SCORES),
    overall=SCORES,
    measures=st.tuples(MEASURE, MEASURE, MEASURE, MEASURE),
    rules=st.lists(st.sampled_from(RULES), max_size=3).map(tuple),
)
questions = st.builds(
    MadeQuestion,
    category=st.sampled_from(("behavioral", "technical", "situational")),
    skills=st.lists(st.sampled_from(("SQL", "Python", "python")), max_size=2).map(tuple),
    attempts=st.lists(attempts, max_size=3).map(tuple),
)
sessions = st.builds(
    MadeSession,
    hours_ago=st.floats(0, 24 * 12) | st.floats(0, 24 * 400),
    completed_after=st.none() | st.floats(0, 30),
    total_score=SCORES,
    questions=st.lists(questions, max_size=3).map(tuple),
)
histories = st.lists(sessions, max_size=6)


def write_history(made: Sequence[MadeSession], *, now: datetime, zone: str) -> User:
    """Write the rows of a history and return whose it is."""
    owner = make_user(timezone=zone)
    for session in made:
        _write_session(session, owner=owner, now=now)
    return owner


def _write_session(made: MadeSession, *, owner: User, now: datetime) -> None:
    opened = now - timedelta(hours=made.hours_ago)
    fields: dict[str, Any] = {"total_score": made.total_score}
    if made.completed_after is not None:
        completed = min(now, opened + timedelta(hours=made.completed_after))
        fields |= {"status": "completed", "completed_at": completed}
    session = make_session(owner=owner, **fields)
    moments = []
    for question in made.questions:
        asked = make_question(session=session, category=question.category, skills=question.skills)
        asked.attempt_count = len(question.attempts)
        asked.save()
        for number, attempt in enumerate(question.attempts, start=1):
            recorded = min(now, opened + timedelta(hours=attempt.hours))
            moments.append(recorded)
            _write_attempt(attempt, number=number, recorded=recorded, question=asked)
    started = min(moments, default=None)
    InterviewSession.objects.filter(pk=session.pk).update(created_at=opened, started_at=started)


def _write_attempt(made: MadeAttempt, *, number: int, recorded: datetime, question: Any) -> None:
    state = {"waiting": "queued", "unscorable": "completed", "graded": "completed"}
    run = make_run(
        question=question,
        attempt=number,
        audio_duration=made.duration,
        state=state.get(made.outcome, made.outcome),
        stage=Stage.DONE if made.outcome in ("unscorable", "graded") else Stage.TRANSCRIBE,
        failure_code="gone" if made.outcome == PipelineRun.State.FAILED else "",
    )
    if made.duration is None:
        PipelineRun.objects.filter(pk=run.pk).update(created_at=recorded)
    else:
        recording = make_recording(run=run)
        AudioAnswer.objects.filter(pk=recording.pk).update(created_at=recorded)
    if made.outcome in ("unscorable", "graded"):
        _write_evaluation(made, run=run)


def _write_evaluation(made: MadeAttempt, *, run: PipelineRun) -> None:
    relevance, grammar, fluency, keywords = made.scores
    pace, fillers, mean_pause, longest_pause = made.measures
    make_evaluation(
        run=run,
        relevance=relevance,
        grammar=grammar,
        fluency=fluency,
        keywords=keywords,
        overall=made.overall if made.outcome == "graded" else None,
        scorable=made.outcome == "graded",
        metrics={
            "words_per_minute": pace,
            "fillers_per_100_words": fillers,
            "mean_pause_seconds": mean_pause,
            "longest_pause_seconds": longest_pause,
        },
        explanations=[explanation(rule, quote=f"quote {run.pk}") for rule in made.rules],
    )


def explanation(rule: str, **fields: Any) -> dict[str, Any]:
    """Return an explanation as it is kept: a slip costs points, a loss gives none."""
    points = {"agreement": -3.0, "article": -3.0, "errors_heard": 95.0}.get(rule, 0.0)
    values = {
        "score": "keywords" if rule == "keyword_missing" else "grammar",
        "rule": rule,
        "value": 1.0,
        "unit": "flag",
        "points": points,
        "quote": "",
        "start": None,
        "end": None,
        "message": f"About {rule}.",
    }
    return {**values, **fields}
