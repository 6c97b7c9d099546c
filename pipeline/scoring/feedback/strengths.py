"""Strengths, weaknesses and suggestions, each with the words of the answer that shows it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.domain.values import Explanation, JudgedAnswer, MetricName, Remark, ScoreCard
from pipeline.scoring.explain import cite
from pipeline.scoring.feedback.answer_summary import NAMES, WORST_OF_METRIC
from pipeline.scoring.thresholds import FLUENCY_SHARES, LOW_BELOW, QUOTE_WORDS, STRENGTH_FROM


@dataclass(frozen=True, slots=True)
class Evidence:
    """Literal words of one answer."""

    answer: JudgedAnswer
    quote: str
    start: float | None  # seconds
    end: float | None  # seconds
    row: Explanation | None = None


_OPENING = re.compile(rf"(?:\S+\s+){{0,{QUOTE_WORDS - 1}}}\S+")
_NO_PRAISE = (
    "fillers",
    "repetitions",
    "pauses",
)  # their quotes show what is missing to full points
_STRONG: Mapping[MetricName, tuple[str, str]] = {
    "relevance": (
        "You stay with what was asked",
        "An interviewer hears at once that the question was answered.",
    ),
    "grammar": ("Few errors were heard", "Nothing draws attention away from what you say."),
    "fluency": ("You are easy to follow", "A steady flow lets the listener think along."),
    "keywords": (
        "You use the terms that were expected",
        "An interviewer listens for them.",
    ),
}
_WEAK: Mapping[MetricName, tuple[str, str, str]] = {  # low, middling, why it matters
    "relevance": (
        "What was asked is hardly answered yet",
        "What was asked is answered in part",
        "An interviewer first listens for an answer to the question.",
    ),
    "grammar": (
        "Many errors of grammar were heard",
        "Some errors of grammar were heard",
        "Slips draw attention away from what you say.",
    ),
    "fluency": (
        "Pace, pauses or fillers make you hard to follow",
        "Pace, pauses or fillers make you somewhat harder to follow",
        "A steady flow lets the listener think along.",
    ),
    "keywords": (
        "Most expected terms were not heard",
        "Some expected terms were not heard",
        "An interviewer listens for them.",
    ),
}
# What to do about a metric; it can be followed whether or not the interview is finished.
_DO: Mapping[MetricName, str] = {
    "relevance": "Begin with one sentence that answers the question, then prove it with your story",
    "grammar": "Say the corrected sentence aloud three times, then use it in an answer",
    "fluency": "Record your next answer from three written key words",
    "keywords": "Build one sentence, true of you, around each missing term",
}
_DO_ABOUT: Mapping[str, str] = {  # by what costs most of the fluency
    "pace": "Record your next answer with a clock, at 140 to 190 words a minute",
    "pauses": "Record your next answer from three written key words, so you keep your thread",
    "fillers": "Record your next answer with a silent breath in place of each filler",
    "repetitions": "Record your next answer, and finish each sentence before the next begins",
}
_POINTS = re.compile(r" \([\d.]+ of \d+ points\.\)$")


def praise(name: MetricName, card: ScoreCard, answers: Sequence[JudgedAnswer]) -> Remark:
    """Return a strength with the answer that shows it best."""
    shown = _evidence(name, answers, best=True)
    good, why = _STRONG[name]
    message = f"{good}: {card.breakdown[name].raw:.1f} of 100. {_quoted(shown, best=True)} {why}"
    return _remark(name.capitalize(), " ".join(message.split()), shown)


def remark_on_weakness(
    name: MetricName, card: ScoreCard, answers: Sequence[JudgedAnswer]
) -> Remark:
    """Return a weakness with the answer that shows it most."""
    shown = _evidence(name, answers, best=False)
    low, middling, why = _WEAK[name]
    raw = card.breakdown[name].raw or 0.0
    head = low if raw < LOW_BELOW else middling
    if raw >= STRENGTH_FROM:
        head = f"Good already, and the lowest of your scores is {NAMES[name]}"
    if name == "relevance" and shown and _misses_the_question(shown):
        detail = f"{_answer_the_question(name, shown)} {why}"
        return _remark(name.capitalize(), f"{head}: {raw:.1f} of 100. {detail}", None, shown.answer)
    detail = _detail(name, shown, raw=raw)
    message = f"{head}: {raw:.1f} of 100. {_quoted(shown, best=False)} {detail} {why}"
    return _remark(name.capitalize(), " ".join(message.split()), shown)


def practise(
    name: MetricName, card: ScoreCard, answers: Sequence[JudgedAnswer], *, is_open: bool
) -> Remark:
    """Return what to do about a metric, tied to one place in an answer."""
    shown = _evidence(name, answers, best=False)
    todo = _DO_ABOUT.get(shown.row.rule, _DO[name]) if shown and shown.row else _DO[name]
    if shown is None:
        return _remark(name.capitalize(), f"{todo}.", shown)
    if not is_on_topic(shown.answer.evaluation.relevance) and name in ("relevance", "keywords"):
        return _remark(name.capitalize(), _answer_the_question(name, shown), None, shown.answer)
    if missing := _missing(name, shown):
        bring = f"Bring in \u201c{missing[0]}\u201d soon after."
        belongs = f"\u201c{missing[0]}\u201d belongs soon after it."
        place = f"{_quoted(shown, best=False)} {bring if is_open else belongs}"
    elif is_open and is_on_topic(shown.answer.evaluation.relevance):
        place = f"Try it on question {shown.answer.position}, where you said {_cited(shown)}."
    else:
        place = f"Question {shown.answer.position} shows it, where you said {_cited(shown)}."
    return _remark(name.capitalize(), f"{todo}. {place}", shown)


def suggest_practice(card: ScoreCard, *, is_open: bool) -> Remark:
    """Return a suggestion on how to go on practicing."""
    unanswered = max(0, card.asked - card.answered)
    if not is_open:
        message = "Start another interview for the same role, and compare the two scores."
    elif unanswered:
        message = (
            f"{unanswered} of {card.asked} questions have no answer yet. Answer them to see the "
            "whole picture."
        )
    else:
        message = (
            "Record each question once more and compare the two scores; the second try shows what "
            "you can change."
        )
    return Remark(category="Practice", message=message)


def is_on_topic(relevance: float | None) -> bool:
    """Return whether advice may build on what was said; False where it misses the question."""
    return relevance is None or relevance >= LOW_BELOW


def _misses_the_question(shown: Evidence) -> bool:
    """Return whether the answer is off topic and no rule says what is wrong with its words."""
    distance = ("topic_", "farthest_sentence")  # they measure how far it is, and say no more
    named = shown.row is not None and not shown.row.rule.startswith(distance)
    return not named and not is_on_topic(shown.answer.evaluation.relevance)


def _answer_the_question(name: MetricName, shown: Evidence) -> str:
    """Return what to do about an answer that misses its question: nothing in it is built on."""
    asked = f"Question {shown.answer.position} asks \u201c{shown.answer.question_text}\u201d"
    missing = _missing(name, shown)
    if missing:
        return f"{asked} Answer that first; \u201c{missing[0]}\u201d belongs in such an answer."
    return f"{asked} Say one sentence that answers exactly that, then an example that is about it."


def _evidence(name: MetricName, answers: Sequence[JudgedAnswer], *, best: bool) -> Evidence | None:
    judged = [answer for answer in answers if answer.evaluation.metric(name) is not None]
    if not judged:
        return None
    if best:  # nobody wants to be praised for the words that missed the question
        on_topic = [one for one in judged if is_on_topic(one.evaluation.relevance)]
        judged = on_topic or judged
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
        gained = [row for row in quoted if row.points > 0 and row.rule not in _NO_PRAISE]
        return max(gained, key=lambda row: row.points, default=None)
    if name == "fluency":
        return max(quoted, key=_lost, default=None)
    if name == "grammar":
        return next((row for row in quoted if row.points < 0 and row.rule != "usual_wording"), None)
    worst = [row for rule in WORST_OF_METRIC[name] for row in own if row.rule == rule]
    nearest = [row for row in quoted if row.rule.startswith("topic_")]
    return next(iter((*worst, *nearest)), None)


def _lost(row: Explanation) -> float:
    """Return the points that a part of the delivery is short of its full share."""
    return 100.0 * FLUENCY_SHARES.get(row.rule, 0.0) - row.points


def _detail(name: MetricName, shown: Evidence | None, *, raw: float) -> str:
    missing = _missing(name, shown)
    if missing:
        return f"Not heard in it: {', '.join(missing[:5])}."
    if shown is None or shown.row is None:
        return ""
    if shown.row.rule.startswith("topic_"):
        return "Say that first, and stay with it." if raw < STRENGTH_FROM else ""
    return _POINTS.sub("", shown.row.message)


def _missing(name: MetricName, shown: Evidence | None) -> list[str]:
    if name != "keywords" or shown is None:
        return []
    missing = shown.answer.evaluation.metrics.get("keywords_missing")
    return [str(keyword) for keyword in missing] if isinstance(missing, list) else []


def _quoted(shown: Evidence | None, *, best: bool) -> str:
    if shown is None:
        return ""
    if shown.row is None or not shown.row.quote:  # what is missing has no words of its own
        return f"Your answer to question {shown.answer.position} begins with {cite(shown.quote)}."
    if not best and shown.row.rule.startswith("topic_"):
        return f"In question {shown.answer.position} you came nearest to what was asked with {_cited(shown)}."
    word = "best" if best else "most clearly"
    return f"It shows {word} in question {shown.answer.position}, where you said {_cited(shown)}."


def _cited(shown: Evidence) -> str:
    return f"{cite(shown.quote)}{_at(shown)}"


def _at(shown: Evidence) -> str:
    return "" if shown.start is None else f" at {shown.start:.1f} s"


def _remark(
    category: str, message: str, shown: Evidence | None, answer: JudgedAnswer | None = None
) -> Remark:
    about = shown.answer if shown else answer
    return Remark(
        category=category,
        message=message,
        quote=shown.quote if shown else "",
        question_id=about.question_id if about else None,
        start=shown.start if shown else None,
        end=shown.end if shown else None,
    )
