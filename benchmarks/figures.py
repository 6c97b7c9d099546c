"""The statistics of the benchmarks, each with an interval from resampling."""

import random
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from statistics import mean, median
from typing import TypeVar

import numpy as np
import numpy.typing as npt

Thing = TypeVar("Thing")
Numbers = npt.NDArray[np.float64]
RESAMPLES = 400
SEED = 20_260


@dataclass(frozen=True, slots=True)
class Row:
    """A line of the table: what was wanted, what was found."""

    goal: str
    wanted: str  # ">= 0.85"
    found: float
    baseline: str
    count: str
    low: float | None = None  # 95 % of the resamples lie between these
    high: float | None = None

    @property
    def is_met(self) -> bool:
        sign, limit = self.wanted.split()
        return self.found >= float(limit) if sign == ">=" else self.found <= float(limit)


@dataclass(frozen=True, slots=True)
class Figure:
    """A measure, the number of things it rests on, and its interval."""

    value: float
    count: str
    low: float
    high: float

    def row(self, goal: str, wanted: str, *, baseline: str) -> Row:
        """Return the table's line for it."""
        return Row(goal, wanted, self.value, baseline, self.count, self.low, self.high)


def auc(high: Sequence[float], low: Sequence[float]) -> Figure:
    """Return how often a high one is above a low one; ties count half."""
    pick = np.random.default_rng(SEED)
    a, b = np.array(high), np.array(low)
    again = [_auc(pick.choice(a, len(a)), pick.choice(b, len(b))) for _ in range(RESAMPLES // 4)]
    return _figure(_auc(a, b), f"{len(a)} + {len(b)}", again)


def pairwise(pairs: Sequence[tuple[float, float]]) -> Figure:
    """Return how often the first of a pair is the higher; ties count half."""
    return average([1.0 if a > b else 0.5 if a == b else 0.0 for a, b in pairs])


def average(numbers: Sequence[float]) -> Figure:
    """Return the mean."""
    return resampled(numbers, mean)


def middle(numbers: Sequence[float]) -> Figure:
    """Return the median."""
    return resampled(numbers, median)


def resampled(things: Sequence[Thing], measure: Callable[[Sequence[Thing]], float]) -> Figure:
    """Return a measure of many things, with its interval."""
    pick = random.Random(SEED)  # noqa: S311 - no secret
    again = [measure(pick.choices(things, k=len(things))) for _ in range(RESAMPLES)]
    return _figure(measure(things), str(len(things)), again)


def spearman(pairs: Sequence[tuple[float, float]]) -> float:
    """Return the rank correlation."""
    left, right = (_ranks(np.array(side)) for side in zip(*pairs, strict=True))
    return float(np.corrcoef(left, right)[0, 1])


def _figure(value: float, count: str, again: Sequence[float]) -> Figure:
    low, high = np.percentile(again, [2.5, 97.5])
    return Figure(float(value), count, float(low), float(high))


def _auc(high: Numbers, low: Numbers) -> float:
    ordered = np.sort(low)
    below = np.searchsorted(ordered, high, side="left")
    not_above = np.searchsorted(ordered, high, side="right")
    return float((below + not_above).mean() / (2 * len(low)))


def _ranks(numbers: Numbers) -> Numbers:
    ordered = np.sort(numbers)
    first = np.searchsorted(ordered, numbers, side="left")
    last = np.searchsorted(ordered, numbers, side="right")
    ranks: Numbers = (first + last) / 2.0
    return ranks
