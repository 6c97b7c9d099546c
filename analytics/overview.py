"""What the overview shows, and how its bars are drawn. Pure: counted rows come in."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Final

PERIODS: Final[dict[str, int]] = {"week": 7, "month": 30, "quarter": 91, "year": 364}
MOST_BARS: Final = 62  # more would be thinner than anybody can point at
WIDTH: Final = 720.0  # of a chart, in its own units
HEIGHT: Final = 120.0
GAP: Final = 0.2  # of a bar's place


@dataclass(frozen=True, slots=True)
class Noun:
    """What is counted, one of it and many."""

    one: str
    many: str

    def count(self, number: int) -> str:
        """Return the number with its noun."""
        return f"{number:,} {self.one if number == 1 else self.many}"


@dataclass(frozen=True, slots=True)
class Day:
    """What came in on one day, UTC."""

    day: date
    uploads: int = 0
    seconds: float = 0.0  # of sound
    people: int = 0  # who began an interview


@dataclass(frozen=True, slots=True)
class Waiting:
    """What waits for workers of one queue."""

    queue: str
    depth: int
    oldest: float  # seconds
    workers: int
    processes: int


@dataclass(frozen=True, slots=True)
class Failure:
    """Runs that failed for one reason."""

    code: str
    count: int
    share: float  # of the most frequent one, 0 to 100


@dataclass(frozen=True, slots=True)
class StageTime:
    """How long one stage takes, over its latest good tries."""

    stage: str
    tries: int
    p50: float | None  # seconds
    p95: float | None
    share: float = 0.0  # of the slowest p95, 0 to 100


@dataclass(frozen=True, slots=True)
class ModelUse:
    """What one language model was used for."""

    purpose: str
    model: str
    calls: int
    failed: int
    tokens: int
    cost: Decimal | None  # US dollars; None: no price is known


@dataclass(frozen=True, slots=True)
class Worker:
    """A worker's main process."""

    name: str
    queues: Sequence[str]
    concurrency: int
    seen_at: datetime
    is_alive: bool


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar of a chart, in the chart's own units."""

    x: float
    y: float
    width: float
    height: float
    title: str


@dataclass(frozen=True, slots=True)
class BarChart:
    """Numbers by day, or by so many days where a bar a day would be too thin."""

    title: str
    description: str
    bars: Sequence[Bar]
    top: int  # what a bar of full height stands for
    first: date
    last: date


def every_day(days: Mapping[date, Day], *, last: date, number: int) -> list[Day]:
    """Return the period's days, oldest first; those on which nothing happened, too."""
    dates = (last - timedelta(days=ago) for ago in reversed(range(number)))
    return [days.get(day, Day(day)) for day in dates]


def draw_bars(days: Sequence[Day], numbers: Sequence[int], *, title: str, unit: Noun) -> BarChart:
    """Return the numbers of these days as bars; days that share a bar are added up."""
    sums = [sum(numbers[start:end]) for start, end in _groups(len(days))]
    step = -(-len(days) // MOST_BARS)
    per = "day" if step == 1 else f"{step} days"
    description = f"{unit.count(sum(sums))}, at most {max(sums):,} in one {per}."
    return _chart(days, sums, title=title, unit=unit, description=description)


def draw_highest(
    days: Sequence[Day], numbers: Sequence[int], *, title: str, unit: Noun
) -> BarChart:
    """Return the numbers as bars; of days that share one, the highest: what is counted there may be the same again."""
    highest = [max(numbers[start:end]) for start, end in _groups(len(days))]
    description = f"At most {unit.count(max(highest))} on one day."
    return _chart(days, highest, title=title, unit=unit, description=description)


def summarise_times(seconds: Mapping[str, Sequence[float]]) -> list[StageTime]:
    """Return the median and the 95th percentile of every stage."""
    cuts = {stage: (percentile(took, 50), percentile(took, 95)) for stage, took in seconds.items()}
    slowest = max((p95 for _, p95 in cuts.values() if p95), default=1.0)
    return [
        StageTime(stage, len(seconds[stage]), p50, p95, share=100 * (p95 or 0.0) / slowest)
        for stage, (p50, p95) in cuts.items()
    ]


def percentile(numbers: Sequence[float], percent: int) -> float | None:
    """Return the least of the numbers that so many per cent do not exceed; None of nothing."""
    ordered = sorted(numbers)
    if not ordered:
        return None
    return ordered[max(0, -(-len(ordered) * percent // 100) - 1)]


def _groups(number: int) -> list[tuple[int, int]]:
    """Return from where to where the days share a bar."""
    step = -(-number // MOST_BARS)
    return [(start, min(start + step, number)) for start in range(0, number, step)]


def _chart(
    days: Sequence[Day], heights: Sequence[int], *, title: str, unit: Noun, description: str
) -> BarChart:
    top = max([*heights, 1])
    place = WIDTH / len(heights)
    bars = [
        Bar(
            x=round(at * place + place * GAP / 2, 2),
            y=round(HEIGHT - HEIGHT * number / top, 2),
            width=round(place * (1 - GAP), 2),
            height=round(HEIGHT * number / top, 2),
            title=f"{_span(days[start:end])}: {unit.count(number)}",
        )
        for at, ((start, end), number) in enumerate(zip(_groups(len(days)), heights, strict=True))
    ]
    return BarChart(title, description, bars, top, days[0].day, days[-1].day)


def _span(days: Sequence[Day]) -> str:
    first, last = days[0].day, days[-1].day
    return f"{first}" if first == last else f"{first} to {last}"
