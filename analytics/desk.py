"""A session as staff read it: every answer with what was heard, how it was judged, and how the work on it went. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from analytics.report import METRIC_NAMES
from analytics.values import Number
from pipeline.domain.values import METRICS, MetricName
from pipeline.scoring.thresholds import UNSURE_WORD

SHOWN: Final = 3  # pieces of evidence of a metric, those that weigh most; the others unfold


@dataclass(frozen=True, slots=True)
class HeardWord:
    """One word, when it was said, and whether it may have been misheard."""

    text: str
    start: float  # seconds
    percent: int  # how sure the recogniser is
    is_unsure: bool

    @property
    def is_joined(self) -> bool:
        """Return whether it is the second part of a hyphenated word: "sign", "-up"."""
        return len(self.text) > 1 and self.text.startswith("-")


@dataclass(frozen=True, slots=True)
class Evidence:
    """What one rule measured, what that gave or cost, and the words that show it."""

    rule: str
    message: str
    points: float  # of 100
    measured: str  # with its unit
    quote: str
    start: float | None  # seconds
    end: float | None  # seconds


@dataclass(frozen=True, slots=True)
class Metric:
    """One of the four scores of an answer, with its bounds and all that it came from."""

    key: MetricName
    name: str
    score: Number
    low: Number
    high: Number
    evidence: tuple[Evidence, ...]  # the weightiest first

    @property
    def first(self) -> tuple[Evidence, ...]:
        """Return what weighs most."""
        return self.evidence[:SHOWN]

    @property
    def others(self) -> tuple[Evidence, ...]:
        """Return what weighs less."""
        return self.evidence[SHOWN:]

    @property
    def width(self) -> float:
        """Return how far apart the bounds are; 0 where they are not known."""
        return 0.0 if self.low is None or self.high is None else self.high - self.low


@dataclass(frozen=True, slots=True)
class Try:
    """One go of a worker at one stage."""

    stage: str
    attempt: int
    worker: str
    outcome: str
    error: str
    started_at: datetime
    ended_at: datetime | None

    @property
    def seconds(self) -> float | None:
        """Return how long it took; None while it lasts."""
        return None if self.ended_at is None else (self.ended_at - self.started_at).total_seconds()

    @property
    def is_trouble(self) -> bool:
        """Tell whether somebody may want to know."""
        return self.outcome not in ("ok", "running")


def read_words(rows: Iterable[Sequence[Any]]) -> tuple[HeardWord, ...]:
    """Return the words of a kept transcript."""
    return tuple(
        HeardWord(
            text=str(text),
            start=float(start),
            percent=round(100 * float(probability)),
            is_unsure=float(probability) < UNSURE_WORD,
        )
        for text, start, _, probability in rows
    )


def read_metrics(
    scores: Mapping[MetricName, Number],
    *,
    intervals: Mapping[str, Sequence[float]],
    explanations: Iterable[Mapping[str, Any]],
) -> tuple[Metric, ...]:
    """Return the four scores of a kept evaluation."""
    rows = list(explanations)
    return tuple(
        Metric(
            key=name,
            name=METRIC_NAMES[name],
            score=scores[name],
            low=intervals[name][0] if name in intervals else None,
            high=intervals[name][1] if name in intervals else None,
            evidence=_weightiest(row for row in rows if row["score"] == name),
        )
        for name in METRICS
    )


def _weightiest(rows: Iterable[Mapping[str, Any]]) -> tuple[Evidence, ...]:
    found = [
        Evidence(
            rule=row["rule"].replace("_", " "),
            message=row.get("message", ""),
            points=row["points"],
            measured="" if row.get("value") is None else f"{row['value']:g} {row['unit']}",
            quote=row.get("quote", ""),
            start=row.get("start"),
            end=row.get("end"),
        )
        for row in rows
    ]
    return tuple(sorted(found, key=lambda one: -abs(one.points)))
