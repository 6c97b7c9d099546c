"""What an answer is made of, with the words and seconds that show it: information, never score."""

import re
from collections import Counter
from collections.abc import Iterable

from pipeline.stages.explain import shorten
from pipeline.stages.lexicon import FUNCTION_WORDS, HEDGES, META_WORDS, word_set
from pipeline.stages.readability import measure_readability
from pipeline.stages.story import STORY_PARTS, asks_for_story, find_story
from pipeline.stages.thresholds import MOST_SHOWN, QUOTE_WORDS, RECURRING_TIMES
from pipeline.stages.transcript import Passage, Script
from pipeline.values import QuestionBrief

_NUMBER = re.compile(r"^[$\u20ac\u00a3]?\d[\d,.]*(?:%|k|m|x)?$")
_NUMBER_WORDS = word_set(
    "two three four five six seven eight nine ten eleven twelve fifteen twenty thirty forty fifty sixty seventy "
    "eighty ninety hundred thousand million billion dozen half twice double tripled triple"
)
_QUANTITIES = word_set(
    "percent % times people users customers clients requests seconds minutes hours days weeks months years "
    "dollars euros pounds points errors tickets sales revenue cost costs"
)
_SELF = word_set("i i'm i've i'd i'll me my mine myself")
_TEAM = word_set("we we're we've we'd we'll us our ours ourselves")


def observe(script: Script, *, question: QuestionBrief, language: str) -> dict[str, object]:
    """Return what can be pointed at in the answer; plain JSON."""
    asked = question.category == "behavioral" and asks_for_story(question.text)
    story = find_story(script) if asked else {}
    return {
        "star": {
            part: [_shown(script, each) for each in story.get(part, ())] for part in STORY_PARTS
        }
        if story
        else None,
        "star_missing": [part for part in STORY_PARTS if not story[part]] if story else [],
        "quantified_results": [_row(each) for each in _quantities(script)],
        "i_we": _voices(script),
        "hedges": _hedges(script),
        "most_used_words": _most_used(script),
        "recurring_phrases": _recurring(script),
        "readability": measure_readability(script.text) if language == "en" else None,
        "talking_points": [_shown(script, each) for each in _talking_points(script)],
    }


def _quantities(script: Script) -> list[Passage]:
    """Return numbers that count something, with the words around them."""
    found: list[Passage] = []
    for index in script.spoken:
        word = script.plain[index]
        following = script.plain[index + 1 : index + 3]
        digits = bool(_NUMBER.match(word)) and not (len(word) == 4 and word[:2] in ("19", "20"))  # noqa: PLR2004 - a year
        spelt = word in _NUMBER_WORDS and bool(_QUANTITIES & set(following))
        if (digits or spelt) and (not found or found[-1].last < index):
            found.append(script.passage(max(0, index - 3), min(index + 3, len(script.words) - 1)))
    return found[:MOST_SHOWN]


def _voices(script: Script) -> dict[str, object]:
    own = sum(script.plain[index] in _SELF for index in script.spoken)
    team = sum(script.plain[index] in _TEAM for index in script.spoken)
    share = round(100.0 * own / (own + team), 1) if own + team else None
    return {"i": own, "we": team, "i_percent": share}


def _hedges(script: Script) -> list[dict[str, object]]:
    found: list[Passage] = []
    for hedge in HEDGES:
        parts = hedge.split()
        found += [
            script.passage(first, first + len(parts) - 1)
            for first in range(len(script.words) - len(parts) + 1)
            if script.plain[first : first + len(parts)] == parts
        ]
    return [_row(each) for each in sorted(found, key=lambda each: each.first)]


def _most_used(script: Script) -> list[dict[str, object]]:
    counts = Counter(_content(script, script.spoken))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [{"word": word, "times": times} for word, times in ranked[:MOST_SHOWN] if times > 1]


def _recurring(script: Script) -> list[dict[str, object]]:
    said = [script.plain[index] for index in script.clean]
    counts = Counter(zip(said, said[1:], said[2:], strict=False))
    ranked = sorted(counts.items(), key=lambda item: (-item[1], item[0]))
    return [
        {"phrase": " ".join(phrase), "times": times}
        for phrase, times in ranked[:MOST_SHOWN]
        if times >= RECURRING_TIMES
    ]


def _talking_points(script: Script) -> list[Passage]:
    """Return the sentences that bring most words of their own, in the order of speaking."""
    passages = [script.passage(first, last) for first, last in script.sentences]
    known: set[str] = set()
    weights: list[tuple[int, int]] = []
    for number, passage in enumerate(passages):
        fresh = set(_content(script, script.spoken_in(passage.first, passage.last))) - known
        known |= fresh
        weights.append((-len(fresh), number))
    best = sorted(number for weight, number in sorted(weights)[:MOST_SHOWN] if weight < -1)
    return [passages[number] for number in best]


def _content(script: Script, spoken: Iterable[int]) -> list[str]:
    words = [script.plain[index] for index in spoken]
    return [word for word in words if word not in FUNCTION_WORDS and word not in META_WORDS]


def _shown(script: Script, passage: Passage) -> dict[str, object]:
    return _row(shorten(script, passage, words=2 * QUOTE_WORDS))


def _row(passage: Passage) -> dict[str, object]:
    return {
        "quote": passage.text,
        "start": None if passage.start is None else round(passage.start, 2),
        "end": None if passage.end is None else round(passage.end, 2),
    }
