"""Rows to chart data: labels and datasets in the shape that Chart.js takes."""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, timedelta
from statistics import fmean
from typing import Final

from analytics.areas import MEASURES, mean_delivery
from analytics.stats import (
    CATEGORIES,
    Window,
    category_means,
    counted_answers,
    local_day,
    metric_means,
    scored_interviews,
)
from analytics.values import Answer, Attempt, Chart, Dataset, History, Interview, Number
from pipeline.domain.values import METRICS
from pipeline.scoring.curves import one_decimal

POINTS: Final = "points of 100"
RECORDINGS: Final = "recordings"
TREND_SESSIONS: Final = 5  # how many the trailing mean takes together
PERIOD_NAMES: Final = {
    "week": "the last 7 days",
    "month": "the last 30 days",
    "quarter": "the last 91 days",
    "year": "the last 365 days",
    "all": "all time",
}


def build_chart(chart_type: str, history: History, *, window: Window) -> Chart:
    """Return the chart of one of `CHART_TYPES`."""
    return CHARTS[chart_type](history, window)


def _score_trend(history: History, window: Window) -> Chart:
    held = [one for one in scored_interviews(history.interviews) if window.holds(one.held_at)]
    scores = [interview.total_score or 0.0 for interview in held]
    trailing = [
        one_decimal(fmean(scores[max(0, end - TREND_SESSIONS) : end]))
        for end in range(1, len(scores) + 1)
    ]
    told = "none scored"
    if scores:
        told = (
            f"{len(scores)} scored, from {min(scores):g} to {max(scores):g}, latest {scores[-1]:g}"
        )
    return Chart(
        chart_type="score_trend",
        title="Score of each session",
        period=window.period,
        labels=_days(held, window),
        datasets=(
            Dataset("Session score", tuple(scores), POINTS),
            Dataset(f"Mean of the last {TREND_SESSIONS}", tuple(trailing), POINTS),
        ),
        description=_describe("Sessions", told, window),
    )


def _category_radar(history: History, window: Window) -> Chart:
    means = category_means(_answers(history, window))
    return Chart(
        chart_type="category_radar",
        title="Mean score by category",
        period=window.period,
        labels=tuple(category.capitalize() for category in CATEGORIES),
        datasets=(Dataset("Mean score", tuple(means.values()), POINTS),),
        description=_describe("Mean score by category", _listed(means.items()), window),
    )


def _metrics_bar(history: History, window: Window) -> Chart:
    means = metric_means(_answers(history, window))
    return Chart(
        chart_type="metrics_bar",
        title="Mean score by metric",
        period=window.period,
        labels=tuple(name.capitalize() for name in METRICS),
        datasets=(Dataset("Mean score", tuple(means.values()), POINTS),),
        description=_describe("Mean score by metric", _listed(means.items()), window),
    )


def _weekly_activity(history: History, window: Window) -> Chart:
    made = [attempt for attempt in history.attempts if window.holds(attempt.recorded_at)]
    step = 1 if window.period == "week" else 7
    begins = _begins(made, window, step=step)
    found: dict[date, list[Attempt]] = {begin: [] for begin in begins}
    for attempt in made:
        day = local_day(attempt.recorded_at, window.zone)
        found.setdefault(day if step == 1 else _monday(day), []).append(attempt)
    minutes = [one_decimal(sum(one.duration for one in row) / 60.0) for row in found.values()]
    per = "day" if step == 1 else "week"
    told = f"{len(made)}, {one_decimal(sum(one.duration for one in made) / 60.0):g} minutes"
    return Chart(
        chart_type="weekly_activity",
        title=f"Recordings and minutes of practice by {per}",
        period=window.period,
        labels=tuple(begin.isoformat() for begin in found),
        datasets=(
            Dataset("Recordings", tuple(len(row) for row in found.values()), RECORDINGS),
            Dataset("Practice", tuple(minutes), "min"),
        ),
        description=_describe(f"Recordings by {per}", told, window),
    )


def _performance(history: History, window: Window) -> Chart:
    held = _by_session(history, window)
    means = [metric_means(answers) for _, answers in held]
    told = _listed(metric_means([one for _, answers in held for one in answers]).items())
    return Chart(
        chart_type="performance",
        title="Metrics of each session",
        period=window.period,
        labels=_days([interview for interview, _ in held], window),
        datasets=tuple(
            Dataset(name.capitalize(), tuple(row[name] for row in means), POINTS)
            for name in METRICS
        ),
        description=_describe(f"Metrics over {len(held)} sessions; means", told, window),
    )


def _delivery(history: History, window: Window) -> Chart:
    held = _by_session(history, window)
    rows = [mean_delivery(answers) for _, answers in held]
    whole = mean_delivery([one for _, answers in held for one in answers])
    told = _listed((f"{label} ({unit})", getattr(whole, name)) for label, name, unit, _ in MEASURES)
    return Chart(
        chart_type="delivery",
        title="Pace, fillers and pauses of each session",
        period=window.period,
        labels=_days([interview for interview, _ in held], window),
        datasets=tuple(
            Dataset(label, tuple(getattr(row, name) for row in rows), unit)
            for label, name, unit, _ in MEASURES
        ),
        description=_describe(f"Delivery over {len(held)} sessions; means", told, window),
    )


CHARTS: Final[dict[str, Callable[[History, Window], Chart]]] = {
    "score_trend": _score_trend,
    "category_radar": _category_radar,
    "metrics_bar": _metrics_bar,
    "weekly_activity": _weekly_activity,
    "performance": _performance,
    "delivery": _delivery,
}
CHART_TYPES: Final = tuple(CHARTS)


def _answers(history: History, window: Window) -> list[Answer]:
    return [
        answer for answer in counted_answers(history.attempts) if window.holds(answer.recorded_at)
    ]


def _by_session(history: History, window: Window) -> list[tuple[Interview, list[Answer]]]:
    """Return the sessions held in the period, oldest first, with the answers that count in them."""
    found: dict[object, list[Answer]] = {}
    for answer in counted_answers(history.attempts):
        found.setdefault(answer.session_id, []).append(answer)
    held = [
        interview
        for interview in history.interviews
        if interview.id in found and window.holds(interview.held_at)
    ]
    held.sort(key=lambda interview: (interview.held_at, interview.id))
    return [(interview, found[interview.id]) for interview in held]


def _days(interviews: Sequence[Interview], window: Window) -> tuple[str, ...]:
    return tuple(local_day(one.held_at, window.zone).isoformat() for one in interviews)


def _begins(made: Sequence[Attempt], window: Window, *, step: int) -> list[date]:
    """Return the first day of every day or week of the period, those without practice too."""
    first = window.first_day
    if first is None:
        days = [local_day(attempt.recorded_at, window.zone) for attempt in made]
        first = min(days, default=window.today)
    day = first if step == 1 else _monday(first)
    return [
        day + timedelta(days=passed) for passed in range(0, (window.today - day).days + 1, step)
    ]


def _monday(day: date) -> date:
    return day - timedelta(days=day.weekday())


def _listed(pairs: Iterable[tuple[str, Number]]) -> str:
    known = [f"{name} {number:g}" for name, number in pairs if number is not None]
    return ", ".join(known) or "nothing measured yet"


def _describe(subject: str, told: str, window: Window) -> str:
    return f"{subject} in {PERIOD_NAMES[window.period]}: {told}."
