"""The parts of a told experience: situation, task, action, result."""

import re
from typing import Final

from pipeline.stages.lexicon import word_set
from pipeline.stages.transcript import Passage, Script
from pipeline.stages.verb_forms import IRREGULAR_PAST

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
