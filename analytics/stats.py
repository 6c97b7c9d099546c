"""What counts, and what it adds up to. Pure: the moment and the time zone come in."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

from analytics.values import Answer, Attempt, History, Interview
from pipeline.domain.values import METRICS, MetricName
from pipeline.scoring.curves import mean, one_decimal

PERIOD_DAYS: Final[dict[str, int | None]] = {
    "week": 7,
    "month": 30,
    "quarter": 91,
    "year": 365,
    "all": None,
}
CATEGORIES: Final = ("behavioral", "technical", "situational")
ONE_DAY = timedelta(days=1)


def counted_answers(attempts: Iterable[Attempt]) -> list[Answer]:
    """Return the answers that count, oldest first: of each question the latest finished attempt, if graded."""
    latest: dict[object, Attempt] = {}
    for attempt in attempts:
        known = latest.get(attempt.question_id)
        if attempt.judgement and (known is None or attempt.number > known.number):
            latest[attempt.question_id] = attempt
    answers = [answer for attempt in latest.values() if (answer := as_answer(attempt))]
    return sorted(answers, key=lambda answer: (answer.recorded_at, answer.key))


def as_answer(attempt: Attempt) -> Answer | None:
    """Return the attempt as an answer that may count; None when it is not finished or could not be graded."""
    judgement = attempt.judgement
    if judgement is None or not judgement.scorable:
        return None
    return Answer(
        session_id=attempt.session_id,
        question_id=attempt.question_id,
        category=attempt.category,
        skills=attempt.skills,
        recorded_at=attempt.recorded_at,
        key=judgement.key,
        scores=judgement.scores,
        overall=judgement.overall,
        delivery=judgement.delivery,
    )


def scored_interviews(interviews: Iterable[Interview]) -> list[Interview]:
    """Return the sessions with a score, oldest first."""
    scored = [interview for interview in interviews if interview.total_score is not None]
    return sorted(scored, key=lambda interview: (interview.held_at, interview.id))


def mean_score(scores: Iterable[float | None]) -> float | None:
    """Return the mean to one decimal; zero counts, None does not, of nothing it is None."""
    known = [score for score in scores if score is not None]
    return one_decimal(mean(known)) if known else None


def metric_means(answers: Sequence[Answer]) -> dict[MetricName, float | None]:
    """Return the mean of every metric over the answers where it was judged."""
    return {name: mean_score(answer.scores[name] for answer in answers) for name in METRICS}


def category_means(answers: Sequence[Answer]) -> dict[str, float | None]:
    """Return the mean overall score of every category."""
    return {
        category: mean_score(answer.overall for answer in answers if answer.category == category)
        for category in CATEGORIES
    }


def improvement_rate(scores: Sequence[float]) -> float | None:
    """
    Return by how many percent the mean of the newer half lies above that of the older; scores come oldest first.

    The newer half is n // 2 of them. 0 below two scores; None when the older mean is 0, as no percentage leads away
    from it.
    """
    newer = len(scores) // 2
    if not newer:
        return 0.0
    before, after = mean(scores[:-newer]), mean(scores[-newer:])
    if before == 0:
        return 0.0 if after == 0 else None
    return one_decimal(100.0 * (after - before) / before)


def practice_minutes(attempts: Iterable[Attempt]) -> float:
    """Return the minutes of measured audio; every recording was practice, whatever became of it."""
    return one_decimal(sum(attempt.duration for attempt in attempts) / 60.0)


def local_day(moment: datetime, zone: ZoneInfo) -> date:
    """Return the day on the wall calendar of the time zone."""
    return moment.astimezone(zone).date()


def active_days(history: History, zone: ZoneInfo) -> set[date]:
    """Return the days with a recording or a completed session."""
    moments = [attempt.recorded_at for attempt in history.attempts]
    moments += [
        interview.completed_at for interview in history.interviews if interview.completed_at
    ]
    return {local_day(moment, zone) for moment in moments}


def current_streak(days: set[date], *, today: date) -> int:
    """Return how many days in a row there was practice; it stands until the end of today."""
    day = today if today in days else today - ONE_DAY
    return _run_back_from(day, days)


def longest_streak(days: set[date]) -> int:
    """Return the longest run of days with practice there ever was."""
    ends = (day for day in days if day + ONE_DAY not in days)
    return max((_run_back_from(day, days) for day in ends), default=0)


@dataclass(frozen=True, slots=True)
class Window:
    """A period that ends with today, on one person's wall calendar."""

    period: str
    today: date
    zone: ZoneInfo

    @property
    def first_day(self) -> date | None:
        """Return the first of the period's days; None for all time."""
        days = PERIOD_DAYS[self.period]
        return None if days is None else self.today - timedelta(days=days - 1)

    def holds(self, moment: datetime) -> bool:
        """Tell whether the moment lies in the period."""
        return self.first_day is None or local_day(moment, self.zone) >= self.first_day


def _run_back_from(day: date, days: set[date]) -> int:
    length = 0
    while day in days:
        length += 1
        day -= ONE_DAY
    return length
