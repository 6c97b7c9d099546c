"""What a candidate is told about one answer, always with the words that show it."""

from collections.abc import Mapping, Sequence

from pipeline.stages.lexicon import FUNCTION_WORDS, word_set
from pipeline.stages.thresholds import FLUENCY_SHARES, MAX_SUGGESTIONS, QUOTE_WORDS, STRENGTH_FROM
from pipeline.stages.transcript import Script
from pipeline.values import METRICS, Explanation, MetricName

WORST_OF_METRIC: Mapping[MetricName, tuple[str, ...]] = {
    "relevance": (
        "non_answer", "repeats_question", "list_of_words", "same_words_again", "little_content",
        "farthest_sentence",
    ),
    "keywords": ("keyword_negated", "keyword_missing", "keyword_meaning", "keyword_phrase"),
}  # fmt: skip
NAMES: Mapping[MetricName, str] = {
    "relevance": "relevance",
    "grammar": "grammar",
    "fluency": "fluency",
    "keywords": "expected keywords",
}
_REASONS = {
    "no_speech": "No speech was heard in this recording, so there is nothing to score.",
    "only_fillers": "Only filling sounds were heard in this recording, so there is nothing to score.",
    "too_short": "The answer is too short to grade: below 25 words, chance decides more than skill.",
    "low_confidence": "The recording was hard to understand, so no grade is given; the text may be wrong.",
    "language_not_supported": (
        "Answers in this language are written down, but only English ones can be graded."
    ),
}


def summarize(scores: Mapping[MetricName, float | None], *, reasons: Sequence[str]) -> str:
    """Return one or two sentences on the answer."""
    if reasons:
        return " ".join(_REASONS[reason] for reason in reasons if reason in _REASONS)
    judged = {name: score for name in METRICS if (score := scores.get(name)) is not None}
    if not judged:
        return "Nothing in this answer could be measured."
    best = max(judged, key=lambda name: judged[name])
    worst = min(judged, key=lambda name: judged[name])
    if judged[worst] >= STRENGTH_FROM:
        return f"All that was measured is {STRENGTH_FROM:.0f} or above; best is {_named(best, judged)}."
    if best == worst or judged[best] < STRENGTH_FROM:
        return f"Most is to be gained in {_named(worst, judged)}."
    return f"Best is {_named(best, judged)}; most is to be gained in {_named(worst, judged)}."


def suggest(
    script: Script,
    *,
    scores: Mapping[MetricName, float | None],
    rows: Sequence[Explanation],
    category: str,
) -> tuple[str, ...]:
    """Return at least one suggestion, the weakest metric's first."""
    judged = {name: score for name in METRICS if (score := scores.get(name)) is not None}
    found: list[str] = []
    for name in sorted(judged, key=lambda name: judged[name]):
        if judged[name] < 100:  # noqa: PLR2004 - a full score leaves nothing to say
            found += _SUGGESTERS[name]([row for row in rows if row.score == name], category)
    found = list(dict.fromkeys(found))[:MAX_SUGGESTIONS]
    return tuple(found) or (_next_detail(script),)


def has_number(script: Script) -> bool:
    """Tell whether the answer names a quantity."""
    return any(any(sign.isdigit() for sign in word) or word in _NUMBERS for word in script.plain)


def _relevance(rows: Sequence[Explanation], category: str) -> list[str]:
    worst = next(
        (row for rule in WORST_OF_METRIC["relevance"] for row in rows if row.rule == rule), None
    )
    missing = [row for row in rows if row.rule == "point_missing"]
    found = [f"{missing[0].message}."] if missing else []
    if worst is None:
        return found
    if worst.rule == "farthest_sentence":
        ask = (
            "say in one sentence how it belongs to the story you were asked for"
            if category == "behavioral"
            else "tie it to what was asked or leave it out"
        )
        return [
            *found,
            f"You said \u201c{worst.quote}\u201d{at(worst)}, which hardly touches the question: {ask}.",
        ]
    return [f"You said \u201c{worst.quote}\u201d{at(worst)}. {worst.message}", *found]


def _grammar(rows: Sequence[Explanation], category: str) -> list[str]:
    return [
        f"You said \u201c{row.quote}\u201d{at(row)}. {row.message}" for row in rows if row.quote
    ][:1]


def _fluency(rows: Sequence[Explanation], category: str) -> list[str]:
    shares = {name: 100.0 * share for name, share in FLUENCY_SHARES.items()}
    lost = sorted(rows, key=lambda row: row.points / shares.get(row.rule, 25.0))
    return [
        _delivery_advice(row) for row in lost if row.points < 0.85 * shares.get(row.rule, 25.0)
    ][:1]


def _delivery_advice(row: Explanation) -> str:
    shown = f" Around \u201c{row.quote}\u201d{at(row)}" if row.quote else ""
    message = row.message.split(" (")[0]
    advice = {
        "pace": " Practise one answer aloud with a clock and aim at 140 to 190 words a minute.",
        "pauses": f"{shown or ' There'} you searched for words: note three key points before you start.",
        "fillers": f"{shown or ' There'} a short silence would have been stronger than a filler.",
        "repetitions": f"{shown or ' There'} you began again: finish the sentence in your head first.",
    }[row.rule]
    return f"{message}{advice}"


def _keywords(rows: Sequence[Explanation], category: str) -> list[str]:
    missing = [_keyword(row) for row in rows if row.rule == "keyword_missing"]
    near = [
        row for row in rows if row.rule in ("keyword_meaning", "keyword_phrase", "keyword_negated")
    ]
    found = []
    if missing:
        found.append(
            f"Not mentioned, and expected here: {', '.join(missing[:4])}. Use them where they are true."
        )
    if near:
        found.append(f"You said \u201c{_clip(near[0].quote)}\u201d{at(near[0])}. {near[0].message}")
    return found


def _next_detail(script: Script) -> str:
    opening = script.opening(words=QUOTE_WORDS)
    quote = opening.text if opening else ""
    longest = max(
        (word for word in script.plain if word not in FUNCTION_WORDS), key=len, default=""
    )
    if has_number(script):
        return f"You began with \u201c{quote}\u201d: next time, open with the result and then tell how you got there."
    return f"You began with \u201c{quote}\u201d: add one number to it, for example how much the {longest} changed."


def at(row: Explanation) -> str:
    """Return " at 12.3 s" where the seconds are known."""
    return "" if row.start is None else f" at {row.start:.1f} s"


def _clip(quote: str) -> str:
    return " ".join(quote.split()[:QUOTE_WORDS])


def _keyword(row: Explanation) -> str:
    return row.message.split("\u201c", 1)[-1].split("\u201d", 1)[0]


def _named(name: MetricName, scores: Mapping[MetricName, float]) -> str:
    return f"{NAMES[name]} ({scores[name]:.1f})"


_SUGGESTERS = {
    "relevance": _relevance,
    "grammar": _grammar,
    "fluency": _fluency,
    "keywords": _keywords,
}
_NUMBERS = word_set(
    "two three four five six seven eight nine ten twelve twenty thirty fifty hundred thousand million percent "
    "half double twice"
)
