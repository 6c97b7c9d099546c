"""What goes wrong again and again, from the explanations of single answers."""

from collections.abc import Iterable
from typing import Final

from analytics.values import Mistake, Slip

LATEST_ANSWERS: Final = 50  # how far back is looked: older habits may be gone
MIN_SESSIONS: Final = 2  # once is an accident
SHOWN_MISTAKES: Final = 5
KEPT_SHARE: Final = 0.85  # a part of fluency that keeps this much of its points is no mistake
FLUENCY_POINTS: Final = {"pace": 40.0, "fillers": 25.0, "pauses": 25.0, "repetitions": 10.0}
LOSSES: Final = frozenset(  # rules that name something missing, without points of their own
    {
        "farthest_sentence",
        "keyword_missing",
        "keyword_negated",
        "list_of_words",
        "little_content",
        "non_answer",
        "point_missing",
        "repeats_question",
        "same_words_again",
    }
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
    full = FLUENCY_POINTS.get(rule) if metric == "fluency" else None
    return full is not None and points < KEPT_SHARE * full


def _mistake(metric: str, rule: str, made: list[Slip]) -> Mistake:
    return Mistake(
        metric=metric,
        rule=rule,
        answers=len({row.question_id for row in made}),
        sessions=len({row.session_id for row in made}),
        example=next((row for row in reversed(made) if row.quote), made[-1]),
    )
