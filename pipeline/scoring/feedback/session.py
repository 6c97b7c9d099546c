"""Feedback for a session, with resources for its weakest metrics."""

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

from pipeline.domain.values import (
    METRICS,
    FeedbackReport,
    JudgedAnswer,
    MetricName,
    Readiness,
    Remark,
    Resource,
    ScoreCard,
)
from pipeline.scoring.curves import band
from pipeline.scoring.feedback.answer_summary import NAMES
from pipeline.scoring.feedback.strengths import (
    practise,
    praise,
    remark_on_weakness,
    suggest_practice,
)
from pipeline.scoring.thresholds import (
    COVERAGE_POINTS,
    LOWEST_BELOW,
    MAX_RESOURCES,
    PERFORMANCE_FACTOR,
    PRACTICE_POINTS,
    PRACTICE_SESSIONS,
    RATINGS,
    READINESS_LEVELS,
    STRENGTH_FROM,
    WEAKNESS_BELOW,
)

_DATA = Path(__file__).parent.parent / "resources" / "pages.json"


@cache
def all_resources() -> tuple[Resource, ...]:
    """Return every page of the data file."""
    return tuple(Resource(**row) for row in json.loads(_DATA.read_text(encoding="utf-8")))


def pick_resources(weakest: Sequence[MetricName]) -> tuple[Resource, ...]:
    """Return up to `MAX_RESOURCES` pages, those for the weakest metric first."""
    ranked = [page for name in weakest for page in all_resources() if page.category == name]
    return tuple(ranked[:MAX_RESOURCES])


def write_feedback(
    *, card: ScoreCard, answers: Sequence[JudgedAnswer], completed_sessions: int, is_open: bool
) -> FeedbackReport:
    """
    Return the session's feedback; without a grade it says so and praises nothing.

    A session that is no longer open takes no answers, so no advice asks for one.
    """
    readiness = measure_readiness(card, completed_sessions=completed_sessions)
    if card.total_score is None:
        return _ungraded(card, answers, readiness, is_open=is_open)
    graded = [answer for answer in answers if answer.evaluation.scorable]
    weak = weak_metrics(card)
    ranked = rank_metrics(card)
    return FeedbackReport(
        overall_rating=band(card.total_score, RATINGS),
        summary=_summary(card, weak),
        strengths=tuple(praise(name, card, graded) for name in strong_metrics(card)),
        weaknesses=tuple(remark_on_weakness(name, card, graded) for name in weak),
        suggestions=_suggestions(weak or ranked[:1], graded, card, is_open=is_open),
        resources=pick_resources(ranked),
        readiness=readiness,
        next_steps=_next_steps(card, readiness, graded, is_open=is_open),
    )


def rank_metrics(card: ScoreCard) -> list[MetricName]:
    """Return the judged metrics, that in which most is to be gained first: an answer beside the question has one problem."""
    return _rank({name: card.breakdown[name].raw for name in METRICS}, card)


def _rank(scores: Mapping[MetricName, float | None], card: ScoreCard) -> list[MetricName]:
    judged = {name: score for name, score in scores.items() if score is not None}
    return sorted(judged, key=lambda name: -card.weights.get(name, 0.0) * (100.0 - judged[name]))


def strong_metrics(card: ScoreCard) -> list[MetricName]:
    """Return the metrics from `STRENGTH_FROM` on, strongest first."""
    strong = [
        name for name in rank_metrics(card) if (card.breakdown[name].raw or 0.0) >= STRENGTH_FROM
    ]
    return sorted(strong, key=lambda name: -(card.breakdown[name].raw or 0.0))


def weak_metrics(card: ScoreCard) -> list[MetricName]:
    """Return the metrics under `WEAKNESS_BELOW`, as ranked; without one the lowest under `LOWEST_BELOW`."""
    ranked = rank_metrics(card)
    weak = [name for name in ranked if (card.breakdown[name].raw or 0.0) < WEAKNESS_BELOW]
    if weak or not ranked:
        return weak
    lowest = min(ranked, key=lambda name: card.breakdown[name].raw or 0.0)
    return [lowest] if (card.breakdown[lowest].raw or 0.0) < LOWEST_BELOW else []


def measure_readiness(card: ScoreCard, *, completed_sessions: int) -> Readiness:
    """Return how ready the candidate is, with the three parts it is the rounded sum of."""
    performance = round(PERFORMANCE_FACTOR * (card.total_score or 0.0), 3)
    coverage = round(COVERAGE_POINTS * card.answered / card.asked, 3) if card.asked else 0.0
    earlier = min(1.0, max(0, completed_sessions - 1) / PRACTICE_SESSIONS)
    practice = round(PRACTICE_POINTS * earlier, 3)
    score = round(performance + coverage + practice)
    return Readiness(
        score=score,
        level=band(score, READINESS_LEVELS),
        performance=performance,
        coverage=coverage,
        practice=practice,
    )


def _summary(card: ScoreCard, weak: Sequence[MetricName]) -> str:
    total = card.total_score or 0.0
    rating = band(total, RATINGS)
    text = (
        f"Your interview performance was rated as {rating} with an overall score of {total:.1f}/100 "
        f"(grade {card.letter_grade}), from {card.answered} of {card.asked} questions answered."
    )
    ungraded = sum(not row.scorable for row in card.question_scores)
    if ungraded:
        text += f" Answers that could not be graded and do not count: {ungraded}."
    if weak:
        text += f" Work on {NAMES[weak[0]]} first."
    return text


def _suggestions(
    names: Sequence[MetricName], graded: Sequence[JudgedAnswer], card: ScoreCard, *, is_open: bool
) -> tuple[Remark, ...]:
    remarks = [practise(name, card, graded, is_open=is_open) for name in names]
    return (*remarks, suggest_practice(card, is_open=is_open))


def _next_steps(
    card: ScoreCard, readiness: Readiness, graded: Sequence[JudgedAnswer], *, is_open: bool
) -> tuple[str, ...]:
    steps: list[str] = []
    if is_open and card.answered < card.asked:
        steps.append(f"Answer the open questions: {card.asked - card.answered} of {card.asked}.")
    scored = [
        (answer.evaluation.overall, answer.position, answer)
        for answer in graded
        if answer.evaluation.overall is not None
    ]
    if scored:
        steps.append(
            _step_on_lowest(min(scored, key=lambda each: each[:2])[2], card, is_open=is_open)
        )
    if readiness.practice < PRACTICE_POINTS:
        steps.append(
            "Complete 2 or 3 more mock interviews; each of the first five raises your readiness."
        )
    if readiness.level == "Ready":
        steps.append("Start scheduling real interviews.")
    return tuple(steps)


def _step_on_lowest(lowest: JudgedAnswer, card: ScoreCard, *, is_open: bool) -> str:
    """Return what to do about the answer with the lowest score."""
    aim = _rank({name: lowest.evaluation.metric(name) for name in METRICS}, card)[0]
    overall = lowest.evaluation.overall or 0.0
    if is_open:
        return (
            f"Record question {lowest.position} again, \u201c{lowest.question_text}\u201d: it has "
            f"{overall:.1f} of 100. Take one aim: {NAMES[aim]}."
        )
    return (
        f"In your next interview, take one aim: {NAMES[aim]}. Your lowest answer, {overall:.1f} of "
        f"100, was to \u201c{lowest.question_text}\u201d"
    )


def _ungraded(
    card: ScoreCard, answers: Sequence[JudgedAnswer], readiness: Readiness, *, is_open: bool
) -> FeedbackReport:
    text = "There is no answer in this session yet, so there is nothing to rate."
    if answers:
        text = "None of your answers could be graded, so there is no rating. " + " ".join(
            dict.fromkeys(answer.evaluation.summary for answer in answers)
        )
    return FeedbackReport(
        overall_rating=None,
        summary=text.strip(),
        strengths=(),
        weaknesses=(),
        suggestions=(suggest_practice(card, is_open=is_open),),
        resources=pick_resources(("relevance", "fluency")),
        readiness=readiness,
        next_steps=_first_steps(answers, is_open=is_open),
    )


def _first_steps(answers: Sequence[JudgedAnswer], *, is_open: bool) -> tuple[str, ...]:
    """Return what to do before anything can be graded, by what stood in the way."""
    again = "Record each answer again" if is_open else "In your next interview, answer"
    reasons = {reason for answer in answers for reason in answer.evaluation.reasons}
    steps = []
    if not answers or "too_short" in reasons:
        steps.append(
            f"{again} with at least four or five full sentences: what happened, what you did, how "
            "it ended."
        )
    if reasons & {"no_speech", "only_fillers", "low_confidence"}:
        steps.append(
            "Listen to the first seconds of a recording to check that your voice is there."
        )
    if reasons & {"low_volume", "clipped"}:
        steps.append(
            "Record ten seconds, listen to them, and set the microphone so that you are clear and never crackle."
        )
    if "wrong_language" in reasons:
        steps.append("Have the answer transcribed in the language that you spoke.")
    if "language_not_supported" in reasons:
        steps.append("Answer in English to get a grade; the text of other languages is kept.")
    first = "Answer the first question" if is_open else "Start an interview and answer a question"
    return tuple(steps) or (f"{first}, even in rough words.",)
