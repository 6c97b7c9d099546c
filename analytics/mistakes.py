"""What goes wrong again and again, from the explanations of single answers."""

from collections.abc import Iterable
from typing import Final

from analytics.values import Mistake, Slip
from pipeline.scoring.feedback.answer_summary import WORST_OF_METRIC
from pipeline.scoring.thresholds import FLUENCY_SHARES

LATEST_ANSWERS: Final = 50  # how far back is looked: older habits may be gone
MIN_SESSIONS: Final = 2  # once is an accident
SHOWN_MISTAKES: Final = 5
KEPT_SHARE: Final = 0.75  # a part of fluency that keeps this much of its points is no mistake
LOSSES: Final = (
    frozenset(  # rules that name what is missing or beside the point, whatever their points
        {
            *WORST_OF_METRIC["relevance"],
            "point_missing",
            "keyword_missing",
            "keyword_negated",
        }
    )
)


def recurring_mistakes(slips: Iterable[Slip]) -> tuple[Mistake, ...]:
    """Return what went wrong in more than one session, the most frequent first; mistakes come oldest first."""
    found: dict[tuple[str, str], list[Slip]] = {}
    for slip in slips:
        found.setdefault((slip.metric, slip.rule), []).append(slip)
    mistakes = [_mistake(metric, rule, made) for (metric, rule), made in found.items()]
    recurring = [mistake for mistake in mistakes if mistake.sessions >= MIN_SESSIONS]
    recurring.sort(key=lambda one: (-one.answers, -one.sessions, one.metric, one.rule))
    return tuple(recurring[:SHOWN_MISTAKES])


def is_mistake(*, metric: str, rule: str, points: float) -> bool:
    """Tell whether an explanation says what went wrong, and not what went well."""
    if points < 0 or rule in LOSSES:
        return True
    share = FLUENCY_SHARES.get(rule) if metric == "fluency" else None
    return share is not None and points < KEPT_SHARE * 100.0 * share


def _mistake(metric: str, rule: str, made: list[Slip]) -> Mistake:
    return Mistake(
        metric=metric,
        rule=rule,
        answers=len({row.question_id for row in made}),
        sessions=len({row.session_id for row in made}),
        example=next((row for row in reversed(made) if row.quote), made[-1]),
    )
