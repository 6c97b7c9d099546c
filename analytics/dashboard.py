"""The dashboard, put together from the history, and what to practise next. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from analytics import stats
from analytics.areas import (
    MIN_ANSWERS,
    delivery_trends,
    known_areas,
    skill_areas,
    strongest,
    weakest,
)
from analytics.mistakes import recurring_mistakes
from analytics.values import Advice, Answer, Area, Dashboard, History, Mistake, Slip, Trend
from pipeline.domain.values import METRICS
from pipeline.scoring.thresholds import LOW_BELOW

METRIC_PRACTICE: Final = {
    "relevance": "In your next two answers, say the main point in the first sentence.",
    "grammar": "Say each corrected sentence aloud three times, then answer a similar question.",
    "fluency": "Record an answer from three key words, and pause silently instead of using fillers.",
    "keywords": "Write down the terms a question calls for, and use each in one true sentence.",
}
FIRST_STEP: Final = Advice(
    focus="first interview",
    action="Start an interview, get five questions, and record your first answer.",
    reason="You don't have a scored answer yet.",
)
NEXT_ANSWERS: Final = Advice(
    focus="more answers",
    action="Answer two more questions, then look here again.",
    reason="Your first answer went well. One answer isn't enough to tell what to work on.",
)
HARDER_QUESTIONS: Final = Advice(
    focus="harder questions",
    action="Start an interview with a higher difficulty, or with the question type you know least.",
    reason="None of your scores stands out as weak, so try something new.",
)


def build_dashboard(
    history: History,
    *,
    answers: Sequence[Answer],
    slips: Sequence[Slip],
    today: date,
    zone: ZoneInfo,
) -> Dashboard:
    """Return every number of the dashboard; zeros and None where there is nothing yet."""
    scored = stats.scored_interviews(history.interviews)
    scores = [interview.total_score or 0.0 for interview in scored]
    days = stats.active_days(history, zone)
    areas = known_areas(answers)
    trends = delivery_trends(answers)
    mistakes = recurring_mistakes(slips)
    return Dashboard(
        total_interviews=len({attempt.session_id for attempt in history.attempts}),
        total_questions=len({attempt.question_id for attempt in history.attempts}),
        average_score=stats.mean_score(scores),
        best_score=max(scores, default=None),
        recent_score=scores[-1] if scores else None,
        total_practice_time=stats.practice_minutes(history.attempts),
        improvement_rate=stats.improvement_rate(scores),
        current_streak=stats.current_streak(days, today=today),
        longest_streak=stats.longest_streak(days),
        skills_breakdown=stats.metric_means(answers),
        category_scores=stats.category_means(answers),
        skill_areas=skill_areas(answers),
        strongest_areas=strongest(areas),
        weakest_areas=weakest(areas),
        delivery_trends=trends,
        recurring_mistakes=mistakes,
        practise_next=advise(weakest(areas), mistakes, trends, answers=len(answers)),
    )


def advise(
    weak: Sequence[Area], mistakes: Sequence[Mistake], trends: Sequence[Trend], *, answers: int
) -> tuple[Advice, ...]:
    """
    Return at most one advice each on the weakest area, the most frequent mistake and the worst trend.

    Answers that miss the question come before any other weakness. `answers` counts the scored
    answers: only with enough of them does "nothing is weak" mean anything.
    """
    if not answers:
        return (FIRST_STEP,)
    off_topic = [area for area in weak if area.name == "relevance" and area.score < LOW_BELOW]
    found = [_on_area(area) for area in (off_topic or weak)[:1]]
    found += [_on_mistake(mistake) for mistake in mistakes[:1]]
    found += [_on_trend(trend) for trend in trends if trend.verdict == "worse"][:1]
    return tuple(found) or (HARDER_QUESTIONS if answers >= MIN_ANSWERS else NEXT_ANSWERS,)


def _on_area(area: Area) -> Advice:
    if area.kind == "metric" and area.name in METRICS:
        action = METRIC_PRACTICE[area.name]
    elif area.kind == "category":
        action = f"Get three {area.name} questions and answer them in one sitting."
    else:
        action = f"Get questions about {area.name} and answer three of them."
    counted = "1 answer" if area.answers == 1 else f"{area.answers} answers"
    return Advice(
        focus=area.name,
        action=action,
        reason=f"Your lowest {area.kind} is {area.name}: {area.score:.1f} of 100 over {counted}.",
    )


def _on_mistake(mistake: Mistake) -> Advice:
    rule = mistake.rule.replace("_", " ")
    quote = f" Latest: \u201c{mistake.example.quote}\u201d." if mistake.example.quote else ""
    return Advice(
        focus=rule,
        action=f"Listen to the places marked \u201c{rule}\u201d, then answer a similar question.",
        reason=(
            f"It came up in {mistake.answers} answers of {mistake.sessions} sessions."
            f"{quote} {mistake.example.message}"
        ).strip(),
    )


def _on_trend(trend: Trend) -> Advice:
    return Advice(
        focus=trend.measure.lower(),
        action="In your next interview, record one answer twice, the second time with a clock in view.",
        reason=(
            f"{trend.measure} went from {trend.earlier:g} to {trend.recent:g} {trend.unit} "
            "between your earlier and your recent sessions."
        ),
    )
