"""The session's score card: means over the answers that could be graded."""

from collections.abc import Mapping, Sequence

from pipeline.domain.values import (
    METRICS,
    JudgedAnswer,
    MetricName,
    MetricShare,
    QuestionScore,
    ScoreCard,
)
from pipeline.scoring.curves import band, mean, one_decimal
from pipeline.scoring.thresholds import LETTERS, RATINGS


def score_session(
    *, answers: Sequence[JudgedAnswer], asked: int, weights: Mapping[MetricName, float]
) -> ScoreCard:
    """Return the score card; its total is the sum of the weighted shares, None without a graded answer."""
    ordered = sorted(answers, key=lambda answer: answer.position)
    graded = [answer for answer in ordered if answer.evaluation.scorable]
    raw = {name: _mean_of(graded, name) for name in METRICS}
    applied = apply_weights(raw, weights)
    breakdown = {
        name: MetricShare(raw=raw[name], weighted=one_decimal((raw[name] or 0.0) * applied[name]))
        for name in METRICS
    }
    judged = any(applied.values())
    total = one_decimal(sum(share.weighted for share in breakdown.values())) if judged else None
    return ScoreCard(
        total_score=total,
        letter_grade=None if total is None else band(total, LETTERS),
        breakdown=breakdown,
        weights={name: round(weight, 4) for name, weight in applied.items()},
        question_scores=tuple(_question_score(answer) for answer in ordered),
        category_scores=_category_scores(graded),
        performance_summary=_performance_summary(total, raw, graded=len(graded), asked=asked),
        answered=len(ordered),
        asked=asked,
    )


def apply_weights(
    raw: Mapping[MetricName, float | None], weights: Mapping[MetricName, float]
) -> dict[MetricName, float]:
    """Return the weights with those of metrics that were not judged shared among the rest."""
    whole = sum(weights[name] for name in METRICS if raw[name] is not None)
    if whole <= 0:
        return dict.fromkeys(METRICS, 0.0)
    return {name: 0.0 if raw[name] is None else weights[name] / whole for name in METRICS}


def _mean_of(answers: Sequence[JudgedAnswer], name: MetricName) -> float | None:
    scores = [score for answer in answers if (score := answer.evaluation.metric(name)) is not None]
    return one_decimal(mean(scores)) if scores else None


def _category_scores(answers: Sequence[JudgedAnswer]) -> dict[str, float]:
    found: dict[str, list[float]] = {}
    for answer in answers:
        if answer.evaluation.overall is not None:
            found.setdefault(answer.category, []).append(answer.evaluation.overall)
    return {category: one_decimal(mean(scores)) for category, scores in sorted(found.items())}


def _question_score(answer: JudgedAnswer) -> QuestionScore:
    evaluation = answer.evaluation
    return QuestionScore(
        question_id=answer.question_id,
        position=answer.position,
        category=answer.category,
        attempt=answer.attempt,
        scorable=evaluation.scorable,
        overall_score=evaluation.overall,
        relevance_score=evaluation.relevance,
        grammar_score=evaluation.grammar,
        fluency_score=evaluation.fluency,
        keyword_score=evaluation.keywords,
    )


def _performance_summary(
    total: float | None, raw: Mapping[MetricName, float | None], *, graded: int, asked: int
) -> str:
    if total is None:
        return "No answer could be graded yet, so there is no score."
    judged = {name: score for name in METRICS if (score := raw[name]) is not None}
    best = max(judged, key=lambda name: judged[name])
    worst = min(judged, key=lambda name: judged[name])
    rating = band(total, RATINGS)
    text = f"{rating}: {total:.1f} of 100 over {graded} graded of {asked} asked."
    if best == worst:
        return text
    return (
        f"{text} Highest is {best} ({judged[best]:.1f}), lowest is {worst} ({judged[worst]:.1f})."
    )
