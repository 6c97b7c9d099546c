"""What a person has practised, as plain values. Moments are aware; scores run from 0 to 100."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Literal
from uuid import UUID

from pipeline.domain.values import MetricName

Number = int | float | None
AreaKind = Literal["metric", "category", "skill"]


@dataclass(frozen=True, slots=True)
class Interview:
    """One session."""

    id: UUID
    held_at: datetime  # completed, else started, else opened
    completed_at: datetime | None
    total_score: float | None


@dataclass(frozen=True, slots=True)
class Delivery:
    """How an answer was spoken; None where it could not be measured."""

    pace: float | None = None  # words/min, pauses counted
    fillers: float | None = None  # per 100 words
    mean_pause: float | None = None  # seconds
    longest_pause: float | None = None  # seconds


@dataclass(frozen=True, slots=True)
class Judgement:
    """What was made of a recording."""

    key: int  # the row that holds the explanations
    scorable: bool
    scores: Mapping[MetricName, float | None]
    overall: float | None
    delivery: Delivery = Delivery()


@dataclass(frozen=True, slots=True)
class Attempt:
    """One recording of an answer; `judgement` is None until it is finished."""

    id: UUID
    session_id: UUID
    question_id: UUID
    category: str
    skills: tuple[str, ...]
    number: int  # from 1
    recorded_at: datetime
    duration: float  # seconds, measured
    judgement: Judgement | None


@dataclass(frozen=True, slots=True)
class Answer:
    """The attempt that counts for a question: the latest finished one, and it could be graded."""

    session_id: UUID
    question_id: UUID
    category: str
    skills: tuple[str, ...]
    recorded_at: datetime
    key: int
    scores: Mapping[MetricName, float | None]
    overall: float | None
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class History:
    """All that one person has recorded."""

    interviews: tuple[Interview, ...]
    attempts: tuple[Attempt, ...]


@dataclass(frozen=True, slots=True)
class Dataset:
    """One line or row of bars; a gap is None."""

    label: str
    data: tuple[Number, ...]
    unit: str


@dataclass(frozen=True, slots=True)
class Chart:
    """A chart in the shape that Chart.js takes, and what it shows in a sentence."""

    chart_type: str
    title: str
    period: str  # "" where it is about one session
    labels: tuple[str, ...]
    datasets: tuple[Dataset, ...]
    description: str


@dataclass(frozen=True, slots=True)
class Area:
    """A field of practice with the mean of what counts there."""

    kind: AreaKind
    name: str
    score: float
    answers: int


@dataclass(frozen=True, slots=True)
class Trend:
    """One measure of delivery: the newer half of the sessions against the older half."""

    measure: str
    unit: str
    mean: float | None
    earlier: float | None
    recent: float | None
    verdict: str  # better | worse | steady | unknown


@dataclass(frozen=True, slots=True)
class Slip:
    """One thing that went wrong in an answer, and where."""

    session_id: UUID
    question_id: UUID
    metric: str
    rule: str
    quote: str
    start: float | None  # seconds
    end: float | None  # seconds
    message: str


@dataclass(frozen=True, slots=True)
class Mistake:
    """The same thing going wrong in more than one session, with the latest place that shows it."""

    metric: str
    rule: str
    answers: int
    sessions: int
    example: Slip


@dataclass(frozen=True, slots=True)
class Advice:
    """What to practise next, and why."""

    focus: str
    action: str
    reason: str


@dataclass(frozen=True, slots=True)
class Dashboard:
    """Everything the dashboard shows."""

    total_interviews: int
    total_questions: int
    average_score: float | None
    best_score: float | None
    recent_score: float | None
    total_practice_time: float  # minutes
    improvement_rate: float | None  # percent
    current_streak: int  # days
    longest_streak: int  # days
    skills_breakdown: Mapping[MetricName, float | None]
    category_scores: Mapping[str, float | None]
    skill_areas: tuple[Area, ...]
    strongest_areas: tuple[Area, ...]
    weakest_areas: tuple[Area, ...]
    delivery_trends: tuple[Trend, ...]
    recurring_mistakes: tuple[Mistake, ...]
    practise_next: tuple[Advice, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two that are compared; a session or an attempt."""

    id: UUID  # of the session, or of the recording
    label: str
    at: datetime
    overall: float | None
    scores: Mapping[MetricName, float | None]
    delivery: Delivery


@dataclass(frozen=True, slots=True)
class Difference:
    """A number before and after; `change` is None where either is missing."""

    name: str
    unit: str
    before: float | None
    after: float | None
    change: float | None


@dataclass(frozen=True, slots=True)
class WordChange:
    """Words that gave way to others; one of the two may be empty."""

    before: str
    after: str


@dataclass(frozen=True, slots=True)
class WordChanges:
    """How one text became the other."""

    kept: int
    removed: int
    added: int
    changes: tuple[WordChange, ...]
    sentence: str


@dataclass(frozen=True, slots=True)
class Comparison:
    """Two sides and all that changed between them."""

    kind: str  # sessions | attempts
    before: Side
    after: Side
    scores: tuple[Difference, ...]  # overall first
    delivery: tuple[Difference, ...]
    mistakes_gone: tuple[str, ...]  # "metric:rule"
    mistakes_new: tuple[str, ...]
    words: WordChanges | None  # of attempts
    summary: tuple[str, ...]
