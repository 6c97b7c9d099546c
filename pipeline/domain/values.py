"""Frozen values that travel between stages. Times are seconds from the recording's beginning."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal

MetricName = Literal["relevance", "grammar", "fluency", "keywords"]
METRICS: tuple[MetricName, ...] = ("relevance", "grammar", "fluency", "keywords")


@dataclass(frozen=True, slots=True)
class Word:
    """One recognised word; `text` has no surrounding blanks, punctuation stays attached."""

    text: str
    start: float  # seconds
    end: float  # seconds
    probability: float  # 0..1, the recogniser's own


@dataclass(frozen=True, slots=True)
class Segment:
    """A stretch of text as the recogniser cut it."""

    text: str
    start: float  # seconds
    end: float  # seconds


@dataclass(frozen=True, slots=True)
class Span:
    """A stretch of speech found by the voice activity detector."""

    start: float  # seconds
    end: float  # seconds


@dataclass(frozen=True, slots=True)
class Sound:
    """What a recording sounds like, whatever was said in it."""

    level: float  # decibels below full scale, of the speech alone: about -25
    clipped: float  # 0..1, share of the speech's samples that stand at full scale
    language: str = ""  # ISO 639-1; which it is most likely, whatever was asked for
    asked_probability: float | None = None  # 0..1, that it is the transcript's language


@dataclass(frozen=True, slots=True)
class Transcript:
    """What was said, when, and how sure the recogniser is."""

    text: str
    language: str  # ISO 639-1
    duration: float  # seconds of decoded audio
    words: tuple[Word, ...] = ()
    segments: tuple[Segment, ...] = ()
    speech: tuple[Span, ...] = ()  # from the VAD; pauses are measured here, never between words
    model: str = ""  # e.g. "base (int8, cpu)"
    filler_detection: Literal["prompted", "unprompted"] = "unprompted"
    sound: Sound | None = (
        None  # unknown of typed answers, and of recordings heard before it was measured
    )

    @property
    def confidence(self) -> float | None:
        """Mean word probability, 0..1; None without words."""
        if not self.words:
            return None
        return sum(word.probability for word in self.words) / len(self.words)

    @property
    def word_count(self) -> int:
        return len(self.words) if self.words else len(self.text.split())


@dataclass(frozen=True, slots=True)
class QuestionBrief:
    """What a judge must know of the question."""

    text: str
    category: str  # behavioral | technical | situational
    difficulty: str = "medium"
    expected_keywords: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    answer_prototype: str = ""  # a declarative first-person sketch of an answer
    reference_points: tuple[str, ...] = ()  # what a good answer contains
    keyword_variants: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # accepted wordings


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a metric has the value it has: one rule and what it cost or gave."""

    score: MetricName
    rule: str  # a stable snake_case word
    value: float | None  # what was measured
    unit: str  # of `value`: "words/min", "s", "per 100 words", "cosine", …
    points: float  # signed effect on the metric, in points of 100
    quote: str = ""  # literal words of the transcript
    start: float | None = None  # seconds
    end: float | None = None  # seconds
    message: str = ""  # a sentence a candidate understands


@dataclass(frozen=True, slots=True)
class Evaluation:
    """The judgement of one answer. A metric is None when it could not be judged; reasons say why."""

    relevance: float | None  # 0..100, one decimal; so are the next three
    grammar: float | None
    fluency: float | None
    keywords: float | None
    overall: float | None  # weighted over the metrics that are not None; None when not scorable
    scorable: bool
    reasons: tuple[
        str, ...
    ] = ()  # stable words: "no_speech", "too_short", "low_confidence", "language_not_supported:relevance"
    metrics: dict[str, object] = field(default_factory=dict)  # raw measures, names carry the unit
    explanations: tuple[Explanation, ...] = ()
    intervals: dict[MetricName, tuple[float, float]] = field(default_factory=dict)  # low, high
    observations: dict[str, object] = field(default_factory=dict)  # information, never score
    summary: str = ""
    suggestions: tuple[str, ...] = ()
    scorer_version: str = ""

    def metric(self, name: MetricName) -> float | None:
        """Return the metric's score by its name."""
        score: float | None = getattr(self, name)
        return score


@dataclass(frozen=True, slots=True)
class JudgedAnswer:
    """An answer as the session's score and feedback see it."""

    question_id: str  # public id
    position: int
    question_text: str
    category: str
    attempt: int
    transcript_text: str
    evaluation: Evaluation
    sketch: str = ""  # of a good answer, as the question's author wrote it
    sketch_source: str = "bank"  # bank | openai | google


@dataclass(frozen=True, slots=True)
class MetricShare:
    """One row of the breakdown."""

    raw: float | None  # 0..100, one decimal
    weighted: float  # raw * weight, one decimal; 0 where raw is None


@dataclass(frozen=True, slots=True)
class QuestionScore:
    """One answer's line on the score card."""

    question_id: str
    position: int
    category: str
    attempt: int
    scorable: bool
    overall_score: float | None
    relevance_score: float | None
    grammar_score: float | None
    fluency_score: float | None
    keyword_score: float | None


@dataclass(frozen=True, slots=True)
class ScoreCard:
    """The session's score."""

    total_score: float | None  # sum of the weighted shares; None when no answer is scorable
    letter_grade: str | None
    breakdown: dict[MetricName, MetricShare]
    weights: dict[MetricName, float]  # as applied, after re-normalising over judged metrics
    question_scores: tuple[QuestionScore, ...]
    category_scores: dict[str, float]
    performance_summary: str
    answered: int  # questions with a finished answer
    asked: int


@dataclass(frozen=True, slots=True)
class Remark:
    """A strength, weakness or suggestion, with the words that show it."""

    category: str  # "Relevance", "Grammar", "Fluency", "Keywords", "Practice", …
    message: str
    quote: str = ""
    question_id: str | None = None
    start: float | None = None  # seconds
    end: float | None = None  # seconds


@dataclass(frozen=True, slots=True)
class Resource:
    """A public page worth reading."""

    title: str
    type: str  # course | article | video | tool | book
    url: str
    category: str = ""


@dataclass(frozen=True, slots=True)
class Readiness:
    """`score` = round(performance + coverage + practice)."""

    score: int
    level: str
    performance: float  # 0.85 * total
    coverage: float  # 5 * answered / asked
    practice: float  # 10 * min(1, (completed sessions - 1) / 4)


@dataclass(frozen=True, slots=True)
class ModelAnswer:
    """A good answer to one of the questions, to learn from."""

    question_id: str
    text: str
    source: str  # bank | openai | google


@dataclass(frozen=True, slots=True)
class Notice:
    """Something the candidate should know of how the feedback was made."""

    code: str  # a stable word
    message: str


@dataclass(frozen=True, slots=True)
class FeedbackReport:
    """What the candidate reads about a session."""

    overall_rating: str | None  # None when nothing was scorable
    summary: str
    strengths: tuple[Remark, ...]
    weaknesses: tuple[Remark, ...]
    suggestions: tuple[Remark, ...]
    resources: tuple[Resource, ...]
    readiness: Readiness
    next_steps: tuple[str, ...]
    engine: str = "rules"  # or the language model's name, where it added to what the rules say
    narrative: tuple[Remark, ...] = ()  # the language model's, each with words of the answer
    model_answers: tuple[ModelAnswer, ...] = ()
    notices: tuple[Notice, ...] = ()


@dataclass(frozen=True, slots=True)
class AudioFacts:
    """What a probe found in a recording."""

    format: str  # mp3 | wav | m4a | webm | ogg
    duration: float  # seconds, measured from packets
    sample_rate: int  # Hz
    channels: int
    is_copied: bool = False  # a copy without metadata was written that decodes to the same samples


@dataclass(frozen=True, slots=True)
class DraftQuestion:
    """A question before it belongs to a session."""

    text: str
    category: str
    difficulty: str
    time_limit: int  # seconds
    expected_keywords: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    answer_prototype: str = ""
    reference_points: tuple[str, ...] = ()
    source: str = "bank"  # bank | openai | google
    keyword_variants: Mapping[str, tuple[str, ...]] = field(
        default_factory=dict
    )  # accepted wordings
    follow_ups: tuple[str, ...] = ()  # what an interviewer may ask next
    bank_key: str = ""  # stable id in the bank
    selection_reason: str = ""
