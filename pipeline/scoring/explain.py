"""What one metric found: its score, why, and the raw measures."""

from dataclasses import dataclass, field
from typing import Final

from pipeline.domain.values import Explanation, MetricName
from pipeline.scoring.curves import one_decimal
from pipeline.scoring.transcript import Passage, Script

CUT_FROM: Final = 7  # words; a shorter quote is a phrase and not the beginning of a sentence


@dataclass(frozen=True, slots=True)
class Finding:
    """The judgement of one metric; `score` is None when there was nothing to judge, `reason` says why."""

    score: float | None
    explanations: tuple[Explanation, ...] = ()
    measures: dict[str, object] = field(default_factory=dict)
    reason: str = ""
    interval: tuple[float, float] | None = None  # low, high; around the score


@dataclass(frozen=True, slots=True)
class Measure:
    """A number and its unit."""

    value: float | None
    unit: str


def explain(
    score: MetricName,
    rule: str,
    *,
    measure: Measure,
    points: float,
    message: str,
    passage: Passage | None = None,
) -> Explanation:
    """Write one explanation, with the words that show it when there are any."""
    return Explanation(
        score=score,
        rule=rule,
        value=None if measure.value is None else round(measure.value, 3) + 0.0,
        unit=measure.unit,
        points=one_decimal(points),
        quote=passage.text if passage else "",
        start=_seconds(passage.start) if passage else None,
        end=_seconds(passage.end) if passage else None,
        message=message,
    )


def shorten(script: Script, passage: Passage, *, words: int) -> Passage:
    """Return at most the first `words` words of a passage."""
    return script.passage(passage.first, min(passage.last, passage.first + words - 1))


def cite(quote: str) -> str:
    """Return literal words in quotation marks; three points show that the speaker went on."""
    cut = len(quote.split()) >= CUT_FROM and not quote.endswith((".", "?", "!", "\u2026"))
    more = " \u2026" if cut else ""
    return f"\u201c{quote}{more}\u201d"


def _seconds(seconds: float | None) -> float | None:
    return None if seconds is None else round(seconds, 2)
