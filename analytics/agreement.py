"""
How well staff and machine agree. Pure: pairs of scores in, numbers out.

Mean difference and 95 % limits of agreement after J. M. Bland and D. G. Altman, "Statistical methods for assessing agreement
between two methods of clinical measurement", The Lancet 327 (8476), 1986, 307-310: the limits are the mean of the
differences ± 1.96 of their standard deviation (n - 1), and between them lie 95 % of the differences where these are about normal.
Rank correlation after C. Spearman, "The proof and measurement of association between two things", The American Journal
of Psychology 15, 1904, 72-101: Pearson's of the ranks, equal scores sharing the mean of their ranks.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby
from math import sqrt
from statistics import fmean, stdev
from typing import Final

from pipeline.domain.values import MetricName

FEWEST: Final = 3  # pairs; two make a line, whatever they are
NORMAL_95: Final = (
    1.96  # standard deviations to either side of the mean that hold 95 % of a normal distribution
)


@dataclass(frozen=True, slots=True)
class Pair:
    """What one reviewer and the machine said of one answer, on one metric."""

    metric: MetricName
    language: str  # of what was said
    staff: float
    machine: float

    @property
    def difference(self) -> float:
        """Return by how much the reviewer gave more."""
        return self.staff - self.machine

    @property
    def mean(self) -> float:
        """Return what both together say."""
        return (self.staff + self.machine) / 2


@dataclass(frozen=True, slots=True)
class Agreement:
    """How far the reviewers' scores lie from the machine's."""

    n: int
    bias: float  # mean difference; above 0 the reviewers gave more
    lower: float  # 95 % limits of agreement
    upper: float
    rho: float | None  # Spearman's; None where either side gave everybody the same


def measure_agreement(pairs: Sequence[Pair]) -> Agreement | None:
    """Return how well these pairs agree; None below `FEWEST`."""
    if len(pairs) < FEWEST:
        return None
    differences = [pair.difference for pair in pairs]
    bias, spread = fmean(differences), NORMAL_95 * stdev(differences)
    rho = spearman([pair.staff for pair in pairs], [pair.machine for pair in pairs])
    return Agreement(len(pairs), bias, bias - spread, bias + spread, rho)


def spearman(first: Sequence[float], second: Sequence[float]) -> float | None:
    """Return the rank correlation, from -1 to 1; None where one of the sequences is constant."""
    return _pearson(ranks(first), ranks(second))


def ranks(numbers: Sequence[float]) -> list[float]:
    """Return the rank of each number, from 1; equal ones share the mean of theirs."""
    order = sorted(range(len(numbers)), key=lambda place: numbers[place])
    found = [0.0] * len(numbers)
    before = 0
    for _, group in groupby(order, key=lambda place: numbers[place]):
        places = list(group)
        for place in places:
            found[place] = before + (len(places) + 1) / 2
        before += len(places)
    return found


def of_metric(pairs: Iterable[Pair], metric: str) -> list[Pair]:
    """Return the pairs of this metric."""
    return [pair for pair in pairs if pair.metric == metric]


def _pearson(first: Sequence[float], second: Sequence[float]) -> float | None:
    mean_first, mean_second = fmean(first), fmean(second)
    left = [number - mean_first for number in first]
    right = [number - mean_second for number in second]
    scale = sqrt(sum(x * x for x in left) * sum(y * y for y in right))
    return sum(x * y for x, y in zip(left, right, strict=True)) / scale if scale else None
