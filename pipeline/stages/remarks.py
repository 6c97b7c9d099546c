"""Strengths, weaknesses and suggestions, each with the words of the answer that shows it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.stages.advice import WORST_OF_METRIC
from pipeline.stages.thresholds import QUOTE_WORDS
from pipeline.values import Explanation, JudgedAnswer, MetricName, Remark, ScoreCard


@dataclass(frozen=True, slots=True)
class Evidence:
    """Literal words of one answer."""

    answer: JudgedAnswer
    quote: str
    start: float | None  # seconds
    end: float | None  # seconds
    row: Explanation | None = None


_OPENING = re.compile(rf"(?:\S+\s+){{0,{QUOTE_WORDS - 1}}}\S+")
_LOSSES = ("fillers", "repetitions", "pauses")  # their quotes show what is missing to full points
_WHY: Mapping[MetricName, str] = {
    "relevance": "An interviewer first asks whether the question was answered.",
    "grammar": "Slips draw attention away from what you say.",
    "fluency": "A steady pace lets the listener follow without effort.",
    "keywords": "The expected terms show that you know the field and its tools.",
}
_GOOD: Mapping[MetricName, str] = {
    "relevance": "Your answers stay with what was asked",
    "grammar": "Few errors were heard",
    "fluency": "Your delivery is easy to follow",
    "keywords": "You use the terms that were expected",
}
_WEAK: Mapping[MetricName, str] = {
    "relevance": "Your answers leave the question",
    "grammar": "Errors of grammar were heard",
    "fluency": "Pace, pauses or fillers make you harder to follow",
    "keywords": "Expected terms are missing",
}
_DO: Mapping[MetricName, str] = {
    "relevance": "Before you speak, repeat the question's main word to yourself and let every sentence serve it",
    "grammar": "Say the corrected sentence aloud three times, then answer the question again",
    "fluency": "Record the answer again from three written key words, with a silent breath in place of each filler",
    "keywords": "Write down the terms the question asks for and build one sentence with each that is true of you",
}


def praise(name: MetricName, card: ScoreCard, answers: Sequence[JudgedAnswer]) -> Remark:
    """Return a strength with the answer that shows it best."""
    shown = _evidence(name, answers, best=True)
    message = f"{_GOOD[name]}: {card.breakdown[name].raw:.1f} of 100. {_quoted(shown, best=True)} {_WHY[name]}"
    return _remark(name.capitalize(), " ".join(message.split()), shown)


def remark_on_weakness(
    name: MetricName, card: ScoreCard, answers: Sequence[JudgedAnswer]
) -> Remark:
    """Return a weakness with the answer that shows it most."""
    shown = _evidence(name, answers, best=False)
    detail = _detail(name, shown)
    message = f"{_WEAK[name]}: {card.breakdown[name].raw:.1f} of 100. {_quoted(shown, best=False)} {detail} {_WHY[name]}"
    return _remark(name.capitalize(), " ".join(message.split()), shown)


def practise(name: MetricName, card: ScoreCard, answers: Sequence[JudgedAnswer]) -> Remark:
    """Return what to do about a metric, tied to one place in an answer."""
    shown = _evidence(name, answers, best=False)
    place = (
        f" Begin with question {shown.answer.position}: \u201c{shown.quote}\u201d{_at(shown)}."
        if shown
        else ""
    )
    missing = _missing_keywords(shown) if name == "keywords" else ""
    return _remark(name.capitalize(), f"{_DO[name]}.{place}{missing}", shown)


def suggest_practice(card: ScoreCard) -> Remark:
    """Return a suggestion on how to go on practising."""
    open_questions = max(0, card.asked - card.answered)
    if open_questions:
        return Remark(
            category="Practice",
            message=f"Questions without an answer yet: {open_questions} of {card.asked}. Answer them to see the whole picture.",
        )
    return Remark(
        category="Practice",
        message="Record each question once more and compare the two scores; the second try shows what you can change.",
    )


def _evidence(name: MetricName, answers: Sequence[JudgedAnswer], *, best: bool) -> Evidence | None:
    judged = [answer for answer in answers if answer.evaluation.metric(name) is not None]
    if not judged:
        return None
    ranked = sorted(
        judged, key=lambda answer: (answer.evaluation.metric(name) or 0.0, answer.position)
    )
    answer = ranked[-1] if best else ranked[0]
    row = _row_of(name, answer.evaluation.explanations, best=best)
    if row is not None and row.quote:
        return Evidence(answer, row.quote, row.start, row.end, row)
    opening = _OPENING.match(answer.transcript_text.strip())
    return Evidence(answer, opening.group() if opening else "", None, None, row)


def _row_of(name: MetricName, rows: Sequence[Explanation], *, best: bool) -> Explanation | None:
    own = [row for row in rows if row.score == name]
    quoted = [row for row in own if row.quote]
    if best:
        gained = [
            row
            for row in quoted
            if row.points > 0 and row.rule not in ("fillers", "repetitions", "pauses")
        ]
        return max(gained, key=lambda row: row.points, default=None)
    if name == "fluency":
        return min(quoted, key=lambda row: row.points, default=None)
    if name == "grammar":
        return next((row for row in quoted if row.points < 0), None)
    worst = [row for rule in WORST_OF_METRIC[name] for row in own if row.rule == rule]
    return worst[0] if worst else None


def _detail(name: MetricName, shown: Evidence | None) -> str:
    if shown is None:
        return ""
    if name == "keywords":
        return _missing_keywords(shown)
    return shown.row.message if shown.row else ""


def _missing_keywords(shown: Evidence | None) -> str:
    missing = shown.answer.evaluation.metrics.get("keywords_missing") if shown else None
    if not isinstance(missing, list) or not missing:
        return ""
    return f" Not mentioned there: {', '.join(str(keyword) for keyword in missing[:5])}."


def _quoted(shown: Evidence | None, *, best: bool) -> str:
    if shown is None:
        return ""
    word = "best" if best else "most clearly"
    return f"It shows {word} in question {shown.answer.position}, where you said \u201c{shown.quote}\u201d{_at(shown)}."


def _at(shown: Evidence) -> str:
    return "" if shown.start is None else f" at {shown.start:.1f} s"


def _remark(category: str, message: str, shown: Evidence | None) -> Remark:
    return Remark(
        category=category,
        message=message,
        quote=shown.quote if shown else "",
        question_id=shown.answer.question_id if shown else None,
        start=shown.start if shown else None,
        end=shown.end if shown else None,
    )
