"""Straight-line curves and the one way of rounding."""

import itertools
import math
from collections.abc import Sequence

from pipeline.scoring.thresholds import Curve


def interpolate(measure: float, curve: Curve) -> float:
    """Return the curve's value at `measure`; flat beyond its ends."""
    if measure <= curve[0][0]:
        return float(curve[0][1])
    for (left, low), (right, high) in itertools.pairwise(curve):
        if measure <= right:
            return low + (high - low) * (measure - left) / (right - left)
    return float(curve[-1][1])


def one_decimal(number: float) -> float:
    """Round to one decimal, with no negative zero; refuse what is no number."""
    if not math.isfinite(number):
        raise ValueError(f"{number} cannot be a score")
    return round(number, 1) + 0.0


def as_score(number: float) -> float:
    """Round to one decimal within 0..100."""
    return one_decimal(min(100.0, max(0.0, number)))


def mean(numbers: Sequence[float]) -> float:
    """Return the mean; 0 of nothing."""
    return sum(numbers) / len(numbers) if numbers else 0.0


def band(value: float, bands: Sequence[tuple[float, str]]) -> str:
    """Return the name of the first band that begins at or below `value`."""
    return next((name for start, name in bands if value >= start), bands[-1][1])
