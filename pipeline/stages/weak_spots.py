"""What somebody should practice: the categories, competencies and skills in which the last answers were weak."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean
from typing import Final

from pipeline.stages.question_request import BankQuestion
from pipeline.stages.skill_names import canonical

WEAK_BELOW: Final = 60.0  # points of 100; as a weakness in the feedback


@dataclass(frozen=True, slots=True)
class PastScore:
    """How well one question was answered."""

    bank_key: str  # empty when it did not come from the bank
    category: str
    skills: tuple[str, ...]
    overall: float  # 0..100


def find_weak_spots(past: Iterable[PastScore], *, bank: Sequence[BankQuestion]) -> dict[str, float]:
    """Return the mean score of each category, competency and skill that is below `WEAK_BELOW`."""
    competency = {entry.key: entry.competency for entry in bank}
    scores: dict[str, list[float]] = defaultdict(list)
    for score in past:
        names = {score.category, competency.get(score.bank_key, ""), *map(canonical, score.skills)}
        for name in names - {""}:
            scores[name].append(score.overall)
    means = {name: fmean(values) for name, values in scores.items()}
    return {name: mean for name, mean in means.items() if mean < WEAK_BELOW}


def weakness(names: Iterable[str], weak: Mapping[str, float]) -> tuple[float, str]:
    """Return how weak the weakest of the names is, 0..1, and which it is; 0 and nothing when none is."""
    found = [(weak[name], name) for name in map(canonical, names) if name in weak]
    score, name = min(found, default=(WEAK_BELOW, ""))
    lack = max(0.0, 1.0 - score / WEAK_BELOW)
    return (lack, name) if lack else (0.0, "")
