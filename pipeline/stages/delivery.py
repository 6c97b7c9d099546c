"""The measures of how an answer was spoken, and the parts of the fluency score they make."""

from dataclasses import dataclass

from pipeline.stages.curves import interpolate
from pipeline.stages.thresholds import (
    FILLER_CURVE,
    FLUENCY_SHARES,
    FLUENCY_SHARES_UNPROMPTED,
    LONGEST_PAUSE_CURVE,
    MEAN_PAUSE_CURVE,
    MEAN_PAUSE_SHARE,
    PACE_CURVE,
    REPETITION_CURVE,
)


@dataclass(frozen=True, slots=True)
class Delivery:
    """The measures that the fluency score reads."""

    words_per_minute: float  # fillers left out, pauses counted
    fillers_per_100_words: float
    mean_pause: float | None  # seconds; None without the detector's spans
    longest_pause: float | None  # seconds
    repetitions_per_100_words: float
    hears_fillers: bool  # False: the recogniser drops them


@dataclass(frozen=True, slots=True)
class Part:
    """A part of the fluency score."""

    name: str  # "pace" | "fillers" | "pauses" | "repetitions"
    score: float  # 0..100
    share: float  # 0..1; the shares add up to 1

    @property
    def points(self) -> float:
        return self.score * self.share


def fluency_parts(delivery: Delivery) -> list[Part]:
    """Return the parts of the score; what could not be measured leaves its share to the rest."""
    scores = {"pace": interpolate(delivery.words_per_minute, PACE_CURVE)}
    if delivery.mean_pause is not None and delivery.longest_pause is not None:
        mean_score = interpolate(delivery.mean_pause, MEAN_PAUSE_CURVE)
        longest_score = interpolate(delivery.longest_pause, LONGEST_PAUSE_CURVE)
        scores["pauses"] = MEAN_PAUSE_SHARE * mean_score + (1 - MEAN_PAUSE_SHARE) * longest_score
    if delivery.hears_fillers:
        scores["fillers"] = interpolate(delivery.fillers_per_100_words, FILLER_CURVE)
        scores["repetitions"] = interpolate(delivery.repetitions_per_100_words, REPETITION_CURVE)
    shares = FLUENCY_SHARES if delivery.hears_fillers else FLUENCY_SHARES_UNPROMPTED
    whole = sum(shares[name] for name in scores)
    return [Part(name, score, shares[name] / whole) for name, score in scores.items()]
