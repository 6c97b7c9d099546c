"""Observations that are shown with an evaluation: story structure, readability and counts."""

import re
import warnings
from collections import Counter
from collections.abc import Iterable
from typing import Final

from pipeline.domain.values import QuestionBrief
from pipeline.scoring.explain import shorten
from pipeline.scoring.grammar.verb_forms import IRREGULAR_PAST
from pipeline.scoring.lexicon import FUNCTION_WORDS, HEDGES, META_WORDS, word_set
from pipeline.scoring.thresholds import MOST_SHOWN, QUOTE_WORDS, RECURRING_TIMES
from pipeline.scoring.transcript import Passage, Script

STORY_PARTS: Final = ("situation", "task", "action", "result")

_RESULT = (
    "as a result", "in the end", "at the end", "ended up", "turned out", "the result", "the outcome", "led to",
    "which meant", "so that now", "since then", "after that we", "i learned", "we learned", "i've learned",
    "it worked", "was a success", "successfully", "increased", "decreased", "reduced", "improved", "saved",
    "went down", "went up", "dropped by", "grew by", "achieved", "we won", "i won", "still in use", "thanks to",
    "faster than", "finally we", "eventually", "paid off", "got better", "became better", "still work", "is now",
    "ever since", "from then on", "since that day", "less than", "more than before", "was over", "was reached",
    "by the end", "have not lost", "has not happened again", "never happened again",
)  # fmt: skip
_TASK = (
    "my task", "my job was", "my role was", "my goal", "our goal", "the goal", "my responsibility", "responsible for",
    "in charge of", "was asked to", "were asked to", "had to", "needed to", "we needed", "i needed", "was supposed to",
    "the challenge", "the problem was", "the hardest part", "the difficulty", "the issue was", "wanted to", "deadline was",
    "was to",
)  # fmt: skip
_SITUATION = (
    "when i was", "when we were", "in my last", "in my previous", "in my current", "in my first", "at my last",
    "at my previous", "at my company", "at university", "at school", "in college", "last year", "last summer",
    "two years ago", "years ago", "months ago", "at that time", "at the time", "while i was", "during my", "there was",
    "there were", "i was working", "we were working", "i worked at", "i was a", "we had a", "i had a", "one time",
    "once i", "our team was", "the company was", "i used to", "this was",
)  # fmt: skip
_TIMES = word_set(
    "january february march april may june july august september october november december monday tuesday wednesday "
    "thursday friday saturday sunday spring summer autumn winter christmas easter yesterday ago when while during year month week"
)
_OUTCOME_SUBJECTS = word_set("it that this they everything everyone everybody so now the")
_COMPARED = word_set("percent none nobody fewer less faster cheaper sooner earlier alone")
_STORY_ASKED = re.compile(
    r"tell me about (?:a|an|the)\b|describe (?:a|an|the)\b|\ba time\b|\ban? (?:recent )?(?:example|situation|project|occasion)\b"
    r"|\bhave you ever\b|\bwhen (?:did|have|was|were)\b|\bwalk me through (?:a|an|the)\b"
)
_OPENING_SHARE = 0.4  # of the sentences; a situation is told at the beginning
_ACTORS = word_set("i we i've we've")
_NO_DEEDS = word_set(
    "was were had did been said thought felt knew meant used needed wanted got liked"
)
_DEEDS = frozenset(IRREGULAR_PAST.values()) - _NO_DEEDS
_ACTOR_REACH = 4  # words from "I" to what was done


def asks_for_story(question: str) -> bool:
    """Tell whether a question asks for something that happened, and not for a view of oneself."""
    return bool(_STORY_ASKED.search(question.lower()))


def find_story(script: Script) -> dict[str, list[Passage]]:
    """Return the sentences of each part; an empty list where a part was not heard."""
    found: dict[str, list[Passage]] = {part: [] for part in STORY_PARTS}
    spans = script.sentences
    for number, (first, last) in enumerate(spans):
        opening = number < max(1, len(spans) * _OPENING_SHARE)
        for part in _parts_of(script.plain[first : last + 1], opening=opening):
            found[part].append(script.passage(first, last))
    if spans and any(found.values()) and not found["situation"]:
        first, last = spans[0]
        if _TIMES & set(script.plain[first : last + 1]):  # "In November our payroll server died."
            found["situation"].append(script.passage(first, last))
    if not found["result"] and len(spans) > 1:
        first, last = spans[-1]
        words = script.plain[first : last + 1]
        # "It held up and we lost no orders." "My last five were off by ten percent."
        if words[0] in _OUTCOME_SUBJECTS or _COMPARED & set(words):
            found["result"].append(script.passage(first, last))
    return found


def _parts_of(words: list[str], *, opening: bool) -> list[str]:
    said = f" {' '.join(words)} "
    parts = []
    if _holds(said, _RESULT) and not opening:
        parts.append("result")
    elif opening and _holds(said, _SITUATION):
        parts.append("situation")
    if _holds(said, _TASK):
        parts.append("task")
    if _tells_deed(words) and not {"result", "situation"} & set(parts):
        parts.append("action")
    return parts


def _holds(said: str, cues: tuple[str, ...]) -> bool:
    return any(f" {cue} " in said for cue in cues)


def _tells_deed(words: list[str]) -> bool:
    for index, word in enumerate(words):
        if word in _ACTORS:
            ahead = words[index + 1 : index + 1 + _ACTOR_REACH]
            if any(each in _DEEDS or _is_past(each) for each in ahead):
                return True
    return False


def _is_past(word: str) -> bool:
    return word.endswith("ed") and len(word) > len("need") and word not in _NO_DEEDS


LEAST_WORDS: Final = 30  # below, one long word moves the measure by grades


def measure_readability(text: str) -> dict[str, float] | None:
    """
    Return Flesch's reading ease (0 to 100, higher is easier) and the Flesch-Kincaid grade (US school years).

    English only; None for an answer too short to tell. Flesch 1948, Kincaid et al. 1975, as textstat counts them.
    """
    if len(text.split()) < LEAST_WORDS:
        return None
    with warnings.catch_warnings():
        warnings.simplefilter(
            "ignore"
        )  # textstat's way to its word lists is deprecated, and pinned
        import textstat
    return {
        "reading_ease": round(float(textstat.flesch_reading_ease(text)), 1),
        "school_grade": round(float(textstat.flesch_kincaid_grade(text)), 1),
    }


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
