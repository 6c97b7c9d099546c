"""The range in which a score most likely lies, given what the measurement leaves open."""

from collections.abc import Callable
from dataclasses import replace

from pipeline.scoring.curves import as_score, interpolate
from pipeline.scoring.fluency.delivery import Delivery, fluency_parts
from pipeline.scoring.thresholds import (
    CHANCE_ERRORS,
    FILLERS_MISSED,
    GRAMMAR_CURVE,
    LIKENESS_SPREAD,
    PACE_SPREAD,
    PAUSE_SPREAD,
)

Interval = tuple[float, float]


def around(score: float, *others: float) -> Interval:
    """Return the lowest and the highest of these scores."""
    rounded = [as_score(each) for each in (score, *others)]
    return min(rounded), max(rounded)


def relevance_interval(
    score: float, likeness: float, *, points: Callable[[float], float]
) -> Interval:
    """Return the scores at a likeness somewhat lower and higher."""
    return around(score, points(likeness - LIKENESS_SPREAD), points(likeness + LIKENESS_SPREAD))


def grammar_interval(score: float, *, errors: float, words: int, wording: float) -> Interval:
    """Return the scores with as many errors more and fewer as chance would make."""
    spread = CHANCE_ERRORS * (errors + 1.0) ** 0.5
    ends = (100.0 * count / max(words, 1) for count in (errors + spread, max(0.0, errors - spread)))
    return around(score, *(interpolate(density, GRAMMAR_CURVE) + wording for density in ends))


def fluency_interval(score: float, delivery: Delivery) -> Interval:
    """Return the worst and best scores that the recogniser's usual errors leave open."""
    scores = [score]
    for sign in (-1.0, 1.0):
        for missed in (0.0, FILLERS_MISSED):
            shifted = replace(
                delivery,
                words_per_minute=delivery.words_per_minute * (1.0 + sign * PACE_SPREAD),
                fillers_per_100_words=delivery.fillers_per_100_words / (1.0 - missed),
            )
            scores += [
                _total(_with_pauses(shifted, shift)) for shift in (-PAUSE_SPREAD, PAUSE_SPREAD)
            ]
    return around(*scores)


def _with_pauses(delivery: Delivery, shift: float) -> Delivery:
    if delivery.mean_pause is None or delivery.longest_pause is None:
        return delivery
    return replace(
        delivery,
        mean_pause=max(0.0, delivery.mean_pause + shift),
        longest_pause=max(0.0, delivery.longest_pause + shift),
    )


def _total(delivery: Delivery) -> float:
    return sum(part.points for part in fluency_parts(delivery))
