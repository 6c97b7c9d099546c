"""A session as one document to hand on: what was asked and said, the scores with their reasons, what to do next. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, Final
from uuid import UUID

from analytics.charts import POINTS
from analytics.values import Chart, Dataset, Number
from pipeline.domain.values import METRICS

METRIC_NAMES: Final = {
    "relevance": "Relevance",
    "grammar": "Grammar",
    "fluency": "Fluency",
    "keywords": "Keywords",
}
MAX_REASONS: Final = 3  # of each score, those that weigh most
MAX_CHARTED: Final = 20  # answers; more would run into one another


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a score is what it is, with the words that show it."""

    message: str
    points: float  # of 100
    quote: str
    start: float | None  # seconds


@dataclass(frozen=True, slots=True)
class Score:
    """One score of an answer, between which bounds it lies, and its reasons."""

    name: str
    score: Number
    low: Number
    high: Number
    reasons: tuple[Reason, ...]

    @property
    def bounds(self) -> str:
        """Return between what the score lies; empty where it is certain, or not known."""
        return "" if self.low == self.high else f"{number(self.low)} to {number(self.high)}"


@dataclass(frozen=True, slots=True)
class ReportAnswer:
    """What was asked, what was said, and what was made of it."""

    question_id: UUID
    position: int
    question: str
    category: str
    attempt: int | None  # None where nothing was answered
    transcript: str
    edited: bool
    overall_score: Number
    scores: tuple[Score, ...]
    summary: str
    suggestions: tuple[str, ...]
    model_answer: str
    trouble: str  # why there is no score


@dataclass(frozen=True, slots=True)
class Share:
    """One metric's share of the total."""

    name: str
    raw: Number
    weight: float
    weighted: float


@dataclass(frozen=True, slots=True)
class Point:
    """A strength, a weakness or a suggestion, with the words that show it."""

    category: str
    message: str
    quote: str
    start: float | None  # seconds


@dataclass(frozen=True, slots=True)
class Page:
    """A public page worth reading."""

    title: str
    url: str


@dataclass(frozen=True, slots=True)
class Report:
    """The whole document."""

    title: str
    candidate: str | None  # None when the name is not to be told
    target_role: str
    target_company: str
    difficulty: str
    language: str
    held_on: date
    total_score: Number
    letter_grade: str | None
    overall_rating: str | None
    readiness_score: int | None
    readiness_level: str | None
    answered: int
    asked: int
    summary: str
    metrics: tuple[Share, ...]
    charts: tuple[Chart, ...]
    answers: tuple[ReportAnswer, ...]
    strengths: tuple[Point, ...]
    weaknesses: tuple[Point, ...]
    suggestions: tuple[Point, ...]
    narrative: tuple[Point, ...]
    next_steps: tuple[str, ...]
    resources: tuple[Page, ...]


def read_scores(
    scores: Mapping[str, Number],
    *,
    intervals: Mapping[str, Sequence[float]],
    explanations: Iterable[Mapping[str, Any]],
) -> tuple[Score, ...]:
    """Return the four scores of an answer, each with the reasons that weigh most."""
    rows = list(explanations)
    return tuple(
        Score(
            name=METRIC_NAMES[name],
            score=scores[name],
            low=intervals[name][0] if name in intervals else None,
            high=intervals[name][1] if name in intervals else None,
            reasons=_weightiest(row for row in rows if row["score"] == name),
        )
        for name in METRICS
    )


def read_points(rows: Iterable[Mapping[str, Any]]) -> tuple[Point, ...]:
    """Return remarks of the kept feedback."""
    return tuple(
        Point(row["category"], row["message"], _untold(row), row.get("start")) for row in rows
    )


def draw_up_charts(metrics: Sequence[Share], answers: Sequence[ReportAnswer]) -> tuple[Chart, ...]:
    """Return the session's own charts; none where nothing was graded."""
    known = [share for share in metrics if share.raw is not None]
    if not known:
        return ()
    listed = ", ".join(f"{share.name} {share.raw:g}" for share in known)
    bars = Chart(
        chart_type="metrics_bar",
        title="Score by metric",
        period="",
        labels=tuple(share.name for share in metrics),
        datasets=(Dataset("Mean of the answers", tuple(s.raw for s in metrics), POINTS),),
        description=f"Mean score by metric in this session: {listed}.",
    )
    graded = [answer for answer in answers if answer.overall_score is not None][:MAX_CHARTED]
    return (bars, _chart_answers(graded)) if len(graded) > 1 else (bars,)


def clock(seconds: float | None) -> str:
    """Return a moment of a recording as minutes and seconds; empty where it is not known."""
    if seconds is None:
        return ""
    minutes, rest = divmod(int(seconds), 60)
    return f"{minutes}:{rest:02}"


def number(value: Number) -> str:
    """Return a score as it is printed."""
    return "-" if value is None else f"{value:.1f}"


def signed(points: float) -> str:
    """Return what a rule gave or cost as it is printed."""
    return f"{points:+.1f}" if round(points, 1) else "0.0"


def _weightiest(rows: Iterable[Mapping[str, Any]]) -> tuple[Reason, ...]:
    told = [row for row in rows if row.get("message")]
    told.sort(key=lambda row: -abs(row["points"]))
    return tuple(
        Reason(row["message"], row["points"], _untold(row), row.get("start"))
        for row in told[:MAX_REASONS]
    )


def _untold(row: Mapping[str, Any]) -> str:
    """Return the words that show it; nothing where the sentence has them already."""
    quote: str = row.get("quote", "")
    return "" if quote in row["message"] else quote


def _chart_answers(answers: Sequence[ReportAnswer]) -> Chart:
    listed = ", ".join(f"question {one.position} {one.overall_score:g}" for one in answers)
    return Chart(
        chart_type="answers",
        title="Scores of each answer",
        period="",
        labels=tuple(f"Question {answer.position}" for answer in answers),
        datasets=tuple(
            Dataset(name, tuple(answer.scores[at].score for answer in answers), POINTS)
            for at, name in enumerate(METRIC_NAMES.values())
        ),
        description=f"Overall score of each answer: {listed}.",
    )
