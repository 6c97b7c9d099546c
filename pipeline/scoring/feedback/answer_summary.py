"""What a candidate is told about one answer, always with the words that show it."""

from collections.abc import Mapping, Sequence

from pipeline.domain.values import METRICS, Explanation, MetricName
from pipeline.scoring.explain import cite
from pipeline.scoring.thresholds import (
    ADVICE_BELOW,
    ADVICE_FROM,
    DEFAULT_WEIGHTS,
    FLUENCY_SHARES,
    LONG_PAUSE,
    LOW_BELOW,
    MAX_SUGGESTIONS,
    QUOTE_WORDS,
    STRENGTH_FROM,
)
from pipeline.scoring.transcript import Script

WORST_OF_METRIC: Mapping[MetricName, tuple[str, ...]] = {
    "relevance": (
        "non_answer", "repeats_question", "list_of_words", "same_words_again", "praise_without_example",
        "fits_any_question",
        "little_content", "farthest_sentence",
    ),
    "keywords": ("keyword_negated", "keyword_missing", "keyword_meaning", "keyword_phrase"),
}  # fmt: skip
NAMES: Mapping[MetricName, str] = {
    "relevance": "relevance",
    "grammar": "grammar",
    "fluency": "fluency",
    "keywords": "expected keywords",
}
LANGUAGE_NAMES: Mapping[str, str] = {
    "ar": "Arabic", "cs": "Czech", "da": "Danish", "de": "German", "en": "English", "es": "Spanish", "fi": "Finnish",
    "fr": "French", "hi": "Hindi", "it": "Italian", "ja": "Japanese", "ko": "Korean", "nl": "Dutch", "no": "Norwegian",
    "pl": "Polish", "pt": "Portuguese", "ru": "Russian", "sv": "Swedish", "tr": "Turkish", "uk": "Ukrainian",
    "zh": "Chinese",
}  # fmt: skip
_REASONS = {
    "no_speech": "No speech was heard in this recording, so there is nothing to score.",
    "only_fillers": "Only filling sounds were heard in this recording, so there is nothing to score.",
    "too_short": "The answer has {words}. Below 25 words, chance decides more than skill, so it has no grade.",
    "low_confidence": "The recording was hard to understand, so no grade is given; the text may be wrong.",
    "wrong_language": (
        "This answer was heard as {asked}, but it sounds like {language}, so its text is not to be trusted and it has no "
        "grade. Have it transcribed again in the language that you spoke."
    ),
    "low_volume": (
        "The recording is so quiet that words get lost, so it has no grade. That is the microphone and not you: "
        "move closer or turn it up before your next answer."
    ),
    "clipped": (
        "The recording is overdriven: much of your voice is cut off at the top, so it has no grade. Turn the "
        "microphone down or sit a little further away before your next answer."
    ),
    "language_not_supported": "Answers in this language are written down, but cannot be graded yet.",
}
_MISSING_PART = {
    "situation": "where and when it was, in one sentence",
    "task": "what you had to reach or solve",
    "action": "what you yourself did, step by step",
    "result": "how it ended: what changed, by how much, or what you learned",
}


def summarize(
    scores: Mapping[MetricName, float | None],
    *,
    reasons: Sequence[str],
    words: int = 0,
    observations: Mapping[str, object] | None = None,
    languages: tuple[str, str] = ("", ""),
    weights: Mapping[MetricName, float] = DEFAULT_WEIGHTS,
) -> str:
    """Return a few sentences on the answer, with what was heard in it; `languages` are the asked and the heard one."""
    if reasons:
        asked, heard = (LANGUAGE_NAMES.get(code, "another language") for code in languages)
        return " ".join(
            _REASONS[reason].format(words=_count(words), asked=asked, language=heard)
            for reason in reasons
            if reason in _REASONS
        )
    judged = {name: score for name in METRICS if (score := scores.get(name)) is not None}
    if not judged:
        return "Nothing in this answer could be measured."
    if set(judged) == {"relevance"} and languages[0] in LANGUAGE_NAMES and languages[0] != "en":
        return (
            f"Answers in {LANGUAGE_NAMES[languages[0]]} are graded by relevance alone: "
            f"{judged['relevance']:.1f}. Pace and pauses are shown, and not scored."
        )
    best = max(judged, key=lambda name: judged[name])
    worst = max(judged, key=lambda name: weights[name] * (100.0 - judged[name]))
    if min(judged.values()) >= STRENGTH_FROM:
        text = f"All that was measured is {STRENGTH_FROM:.0f} or above; best is {_named(best, judged)}."
    elif best == worst or judged[best] < STRENGTH_FROM:
        text = f"Most is to be gained in {_named(worst, judged)}."
    else:
        text = f"Best is {_named(best, judged)}; most is to be gained in {_named(worst, judged)}."
    return f"{text} {_heard(observations or {})}".strip()


def suggest(
    script: Script,
    *,
    scores: Mapping[MetricName, float | None],
    rows: Sequence[Explanation],
    observations: Mapping[str, object],
    question: str,
    weights: Mapping[MetricName, float] = DEFAULT_WEIGHTS,
) -> tuple[str, ...]:
    """
    Return at least one suggestion, first on the metric in which most is to be gained.

    An answer that misses the question is told so first, and nothing builds on what it says.
    """
    judged = {name: score for name in METRICS if (score := scores.get(name)) is not None}
    if judged.get("relevance", 100.0) < LOW_BELOW:
        return _suggest_off_topic(script, judged, rows=rows, question=question, weights=weights)
    found: list[str] = []
    for name in _most_to_gain_first(judged, weights):
        found += _SUGGESTERS[name]([row for row in rows if row.score == name])
    found = [*found[:1], *_story(script, observations), *found[1:]]
    found = list(dict.fromkeys(found))[:MAX_SUGGESTIONS]
    if not any(row.quote and row.quote in text for row in rows for text in found):
        found = [*found[: MAX_SUGGESTIONS - 1], _next_detail(script, observations)]
    return tuple(found)


def _suggest_off_topic(
    script: Script,
    judged: Mapping[MetricName, float],
    *,
    rows: Sequence[Explanation],
    question: str,
    weights: Mapping[MetricName, float],
) -> tuple[str, ...]:
    """Return what to do about an answer that misses its question: first of all answer that."""
    own = [row for row in rows if row.score == "relevance"]
    worst = _worst_of_relevance(own)
    if worst is None or worst.rule == "farthest_sentence":
        found = [_answer_the_question(script, question), *_missing_point(own)]
    else:
        found = _relevance(own)
    for name in _most_to_gain_first(judged, weights):
        if name != "relevance":
            found += _SUGGESTERS[name]([row for row in rows if row.score == name])
    return tuple(list(dict.fromkeys(found))[:MAX_SUGGESTIONS])


def _most_to_gain_first(
    judged: Mapping[MetricName, float], weights: Mapping[MetricName, float]
) -> list[MetricName]:
    """Return the metrics without a full score, that in which most is to be gained first."""
    short = [name for name in judged if judged[name] < 100]  # noqa: PLR2004 - a full score
    return sorted(short, key=lambda name: -weights[name] * (100.0 - judged[name]))


def _heard(observations: Mapping[str, object]) -> str:
    story, missing = observations.get("star"), observations.get("star_missing")
    if not isinstance(story, dict) or not isinstance(missing, list):
        return ""
    told = [part for part in story if part not in missing]
    if not missing:
        return "Situation, task, action and result were all heard."
    if not told:
        return "A story of something that happened was asked for, and none was heard."
    return f"Heard of the story: {', '.join(told)}; not heard: {', '.join(missing)}."


def _story(script: Script, observations: Mapping[str, object]) -> list[str]:
    """Return what to add to a story of which a part was not heard; nothing where there is no story."""
    story, missing = observations.get("star"), observations.get("star_missing")
    if not isinstance(story, dict) or not isinstance(missing, list) or not missing:
        return []
    if len(missing) == len(story):
        return []
    part = missing[-1]  # the result weighs most with a listener
    if part in ("situation", "task"):
        first, last = script.sentences[0]
        shown, place = script.passage(first, min(last, first + QUOTE_WORDS - 1)), "began"
    else:
        first, last = script.sentences[-1]
        shown, place = script.passage(max(first, last - QUOTE_WORDS + 1), last), "ended"
    return [
        f"You {place} with {cite(shown.text)}{_seconds(shown.start)}, and no clear {part} was heard. "
        f"Say {_MISSING_PART[part]}: listeners remember a story that is whole."
    ]


def _answer_the_question(script: Script, question: str) -> str:
    opening = script.opening(words=QUOTE_WORDS)
    begun = f"You began with {cite(opening.text)}. " if opening else ""
    return (
        f"{begun}You were asked \u201c{question}\u201d Answer that in your first sentence, then "
        "choose an example that is about it."
    )


def _worst_of_relevance(rows: Sequence[Explanation]) -> Explanation | None:
    return next(
        (row for rule in WORST_OF_METRIC["relevance"] for row in rows if row.rule == rule), None
    )


def _missing_point(rows: Sequence[Explanation]) -> list[str]:
    return [f"{row.message.rstrip('.')}." for row in rows if row.rule == "point_missing"][:1]


def _relevance(rows: Sequence[Explanation]) -> list[str]:
    worst = _worst_of_relevance(rows)
    found = _missing_point(rows)
    if worst is None:
        return [*_nearest(rows), *found]
    if worst.rule == "farthest_sentence":
        return [
            f"{cite(worst.quote)}{at(worst)} is farthest from what was asked. Open with one sentence that "
            "answers the question directly, then tell this as its proof.",
            *found,
        ]
    return [f"You said {cite(worst.quote)}{at(worst)}. {worst.message}", *found]


def _nearest(rows: Sequence[Explanation]) -> list[str]:
    """Return what to build on where no sentence is called far from the question, and much is still missing."""
    if sum(row.points for row in rows) >= STRENGTH_FROM:
        return []
    return [
        f"Nearest to what was asked came {cite(row.quote)}{at(row)}. Open with one sentence that answers the "
        "question directly, and let this follow."
        for row in rows
        if row.quote and row.rule.startswith("topic_")
    ][:1]


def _grammar(rows: Sequence[Explanation]) -> list[str]:
    return [
        f"You said {cite(row.quote)}{at(row)}. {row.message}"
        for row in rows
        if row.quote and row.points < 0 and row.rule != "usual_wording"
    ][:1]


def _fluency(rows: Sequence[Explanation]) -> list[str]:
    shares = {name: 100.0 * share for name, share in FLUENCY_SHARES.items()}
    lost = sorted(rows, key=lambda row: row.points - shares.get(row.rule, 25.0))
    return [
        _delivery_advice(row)
        for row in lost
        if row.points < ADVICE_BELOW * shares.get(row.rule, 25.0)
        and row.points <= shares.get(row.rule, 25.0) - ADVICE_FROM
    ][:1]


def _delivery_advice(row: Explanation) -> str:
    shown = f" Around {cite(row.quote)}{at(row)}" if row.quote else ""
    message = row.message.split(" (")[0]
    pause = "the thread was lost: three key words on paper keep it."
    if row.rule == "pauses" and (row.value or 0.0) < LONG_PAUSE:
        message = "Your silences are longer than most, though none is very long."
        pause = "and elsewhere: finish a thought, take one short breath, and go on."
    advice = {
        "pace": " Practise one answer aloud with a clock and aim at 140 to 190 words a minute.",
        "pauses": f"{shown or ' There'} {pause}",
        "fillers": f"{shown or ' There'} a short silence would have been stronger than a filler.",
        "repetitions": f"{shown or ' There'} you began again: finish the sentence in your head first.",
    }[row.rule]
    return f"{message}{advice}"


def _keywords(rows: Sequence[Explanation]) -> list[str]:
    missing = [keyword_of(row) for row in rows if row.rule == "keyword_missing"]
    near = [
        row for row in rows if row.rule in ("keyword_meaning", "keyword_phrase", "keyword_negated")
    ]
    found = []
    if missing:
        found.append(
            f"Not heard, and expected here: {', '.join(missing[:4])}. Where one is true of you, give it a "
            f"sentence of its own; take \u201c{missing[0]}\u201d first."
        )
    if near:
        found.append(
            f"{near[0].message.rstrip('.')}: \u201c{_clip(near[0].quote)}\u201d{at(near[0])}."
        )
    return found


def _next_detail(script: Script, observations: Mapping[str, object]) -> str:
    opening = script.smoothest(words=QUOTE_WORDS) or script.opening(words=QUOTE_WORDS)
    quote = opening.text if opening else ""
    if observations.get("quantified_results"):
        return f"You said {cite(quote)}: next time, open with the result and then tell how you got there."
    return (
        f"You said {cite(quote)}: follow it with one example of your own, or with a number: how many, how long, "
        "how much."
    )


def at(row: Explanation) -> str:
    """Return " at 12.3 s" where the seconds are known."""
    return _seconds(row.start)


def keyword_of(row: Explanation) -> str:
    """Return the keyword that a row is about."""
    return row.message.split("\u201c", 1)[-1].split("\u201d", 1)[0]


def _seconds(start: float | None) -> str:
    return "" if start is None else f" at {start:.1f} s"


def _count(words: int) -> str:
    return f"{words} word" if words == 1 else f"{words} words"


def _clip(quote: str) -> str:
    return " ".join(quote.split()[:QUOTE_WORDS])


def _named(name: MetricName, scores: Mapping[MetricName, float]) -> str:
    return f"{NAMES[name]} ({scores[name]:.1f})"


_SUGGESTERS = {
    "relevance": _relevance,
    "grammar": _grammar,
    "fluency": _fluency,
    "keywords": _keywords,
}
