"""Where a person is strong, where not, and where the delivery is going."""

from collections.abc import Iterable, Sequence
from typing import Final

from analytics.stats import mean_score
from analytics.values import Answer, Area, AreaKind, Delivery, Trend
from pipeline.domain.values import METRICS
from pipeline.scoring.curves import mean
from pipeline.scoring.thresholds import GOOD_PACE, LOWEST_BELOW, STRENGTH_FROM, WEAKNESS_BELOW

MIN_ANSWERS: Final = 2  # of a category or skill; fewer say more about the question than the person
SHOWN_AREAS: Final = 3
# (name, field of `Delivery`, unit, a difference that a listener would hear)
MEASURES: Final = (
    ("Pace", "pace", "words/min", 10.0),
    ("Fillers", "fillers", "per 100 words", 1.0),
    ("Mean pause", "mean_pause", "s", 0.1),
    ("Longest pause", "longest_pause", "s", 0.5),
)


def skill_areas(answers: Sequence[Answer]) -> tuple[Area, ...]:
    """Return the mean overall score of every skill that questions were about, best first."""
    pairs = ((skill, answer.overall) for answer in answers for skill in answer.skills)
    return tuple(_best_first(_areas("skill", pairs)))


def known_areas(answers: Sequence[Answer]) -> list[Area]:
    """Return every scored metric and the categories and skills with `MIN_ANSWERS`, best first."""
    metrics = ((name, answer.scores[name]) for answer in answers for name in METRICS)
    categories = ((answer.category, answer.overall) for answer in answers)
    others = [*_areas("category", categories), *skill_areas(answers)]
    enough = [area for area in others if area.answers >= MIN_ANSWERS]
    return _best_first([*_areas("metric", metrics), *enough])


def strongest(areas: Sequence[Area]) -> tuple[Area, ...]:
    """Return the best areas from `STRENGTH_FROM` on."""
    return tuple(area for area in areas if area.score >= STRENGTH_FROM)[:SHOWN_AREAS]


def weakest(areas: Sequence[Area]) -> tuple[Area, ...]:
    """Return the areas under `WEAKNESS_BELOW`, worst first; else the lowest if under `LOWEST_BELOW`."""
    worst_first = list(reversed(areas))
    weak = tuple(area for area in worst_first if area.score < WEAKNESS_BELOW)
    if weak:
        return weak[:SHOWN_AREAS]
    return tuple(area for area in worst_first[:1] if area.score < LOWEST_BELOW)


def mean_delivery(answers: Sequence[Answer]) -> Delivery:
    """Return the means of what was measured, to two decimals."""
    return Delivery(
        **{
            field: _mean(getattr(answer.delivery, field) for answer in answers)
            for _, field, _, _ in MEASURES
        }
    )


def delivery_trends(answers: Sequence[Answer]) -> tuple[Trend, ...]:
    """Return every measure of delivery: the newer half of the sessions against the older half."""
    held: dict[object, list[Answer]] = {}
    for answer in answers:
        held.setdefault(answer.session_id, []).append(answer)
    rows = [mean_delivery(row) for row in held.values()]
    return tuple(
        _trend(name, unit, [getattr(row, field) for row in rows], noticeable)
        for name, field, unit, noticeable in MEASURES
    )


def _trend(name: str, unit: str, values: Sequence[float | None], noticeable: float) -> Trend:
    known = [value for value in values if value is not None]
    newer = len(known) // 2
    earlier = _mean(known[:-newer]) if newer else None
    recent = _mean(known[-newer:]) if newer else None
    verdict = "unknown"
    if earlier is not None and recent is not None:
        gain = _badness(name, earlier) - _badness(name, recent)
        verdict = "steady" if abs(gain) < noticeable else "better" if gain > 0 else "worse"
    return Trend(name, unit, _mean(known), earlier, recent, verdict)


def _badness(name: str, value: float) -> float:
    """Return how far a measure is from good: a pace from the comfortable band, all else from none."""
    if name != "Pace":
        return value
    slow, fast = GOOD_PACE
    return max(slow - value, value - fast, 0.0)


def _areas(kind: AreaKind, pairs: Iterable[tuple[str, float | None]]) -> list[Area]:
    names: dict[str, str] = {}
    scores: dict[str, list[float]] = {}
    for name, score in pairs:
        if score is not None:
            shown = names.setdefault(name.casefold(), name)
            scores.setdefault(shown, []).append(score)
    return [Area(kind, name, mean_score(row) or 0.0, len(row)) for name, row in scores.items()]


def _best_first(areas: Iterable[Area]) -> list[Area]:
    return sorted(areas, key=lambda area: (-area.score, area.kind, area.name))


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return round(mean(known), 2) if known else None
