"""The dashboard, put together from the history, and what to practise next. Pure."""

from collections.abc import Sequence
from datetime import date
from typing import Final
from zoneinfo import ZoneInfo

from analytics import stats
from analytics.areas import delivery_trends, known_areas, skill_areas, strongest, weakest
from analytics.mistakes import recurring_mistakes
from analytics.values import (
    Advice,
    Answer,
    Area,
    Dashboard,
    History,
    Mistake,
    Slip,
    Trend,
)
from pipeline.values import METRICS

METRIC_PRACTICE: Final = {
    "relevance": "Answer two questions again, and say the point in the first sentence.",
    "grammar": "Say each corrected sentence aloud three times, then record the answer again.",
    "fluency": "Record an answer from three key words, with a silent breath in place of each filler.",
    "keywords": "Write down the terms a question asks for, and use each in one true sentence.",
}
FIRST_STEP: Final = Advice(
    focus="first interview",
    action="Open a session, generate five questions and record your first answer.",
    reason="There is no graded answer yet; everything here begins with one.",
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
        practise_next=advise(weakest(areas), mistakes, trends, graded=bool(answers)),
    )


def advise(
    weak: Sequence[Area], mistakes: Sequence[Mistake], trends: Sequence[Trend], *, graded: bool
) -> tuple[Advice, ...]:
    """Return at most one advice on the weakest area, the most frequent mistake and the worst trend."""
    if not graded:
        return (FIRST_STEP,)
    found = [_on_area(area) for area in weak[:1]]
    found += [_on_mistake(mistake) for mistake in mistakes[:1]]
    found += [_on_trend(trend) for trend in trends if trend.verdict == "worse"][:1]
    return tuple(found) or (_on_variety(),)


def _on_area(area: Area) -> Advice:
    if area.kind == "metric" and area.name in METRICS:
        action = METRIC_PRACTICE[area.name]
    elif area.kind == "category":
        action = f"Generate three {area.name} questions and answer them in one sitting."
    else:
        action = f"Generate questions on {area.name} and answer three of them."
    return Advice(
        focus=area.name,
        action=action,
        reason=f"Your lowest {area.kind} is {area.name}: {area.score:.1f} of 100 over {area.answers} answers.",
    )


def _on_mistake(mistake: Mistake) -> Advice:
    rule = mistake.rule.replace("_", " ")
    quote = f" Latest: \u201c{mistake.example.quote}\u201d." if mistake.example.quote else ""
    return Advice(
        focus=rule,
        action=f"Listen to the places marked \u201c{rule}\u201d and record one of these answers again.",
        reason=(
            f"It came up in {mistake.answers} answers of {mistake.sessions} sessions."
            f"{quote} {mistake.example.message}"
        ).strip(),
    )


def _on_trend(trend: Trend) -> Advice:
    return Advice(
        focus=trend.measure.lower(),
        action="Record one answer twice, the second time with a clock beside you, and compare the two.",
        reason=(
            f"{trend.measure} went from {trend.earlier:g} to {trend.recent:g} {trend.unit} "
            "between your earlier and your recent sessions."
        ),
    )


def _on_variety() -> Advice:
    return Advice(
        focus="harder questions",
        action="Open a session of a higher difficulty, or of a category you have practised least.",
        reason="Nothing stands out as weak; the next thing to learn is what you have not tried.",
    )
