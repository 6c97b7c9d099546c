"""The closed lists of words that the judgement leans on, for each language in which an answer can be judged."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final

from pipeline.stages import lexicon

_DATA: Final = Path(__file__).parent / "resources" / "word_lists.json"
LIST_GLUE: Final = lexicon.word_set(
    "and or plus y e o u et ou und oder"
)  # a list stays one with them
_ELIDED: Final = re.compile(r"^(?:[cdjlmnst]|qu|lorsqu|puisqu|jusqu)'(?=\w)")


@dataclass(frozen=True, slots=True)
class WordLists:
    """What has to be known of a language's words."""

    language: str
    function_words: frozenset[str]
    fillers: frozenset[str]
    meta_words: frozenset[str]  # about the asking itself; an answer made of them adds nothing
    non_answers: tuple[str, ...]
    cliches: tuple[str, ...]  # self-praise that anybody can say; longer ones first
    negations: frozenset[str]
    clause_breaks: frozenset[str]
    everyday_words: frozenset[str] = frozenset()  # of everything and nothing; English only so far


@cache
def word_lists(language: str) -> WordLists:
    """Return the lists of a language; the English ones where there are none of its own."""
    own = _raw().get(language)
    if own is None:
        return WordLists(
            language="en",
            function_words=lexicon.FUNCTION_WORDS,
            fillers=lexicon.FILLERS,
            meta_words=lexicon.META_WORDS,
            non_answers=lexicon.NON_ANSWERS,
            cliches=lexicon.CLICHES,
            negations=lexicon.NEGATIONS,
            clause_breaks=lexicon.CLAUSE_BREAKS,
            everyday_words=lexicon.EVERYDAY_WORDS,
        )
    return WordLists(
        language=language,
        non_answers=tuple(own["non_answers"]),
        cliches=tuple(sorted(own["cliches"], key=len, reverse=True)),
        **{
            name: lexicon.word_set(str(own[name]))
            for name in ("function_words", "fillers", "meta_words", "negations", "clause_breaks")
        },
    )


def language_of(text: str) -> str:
    """Return the language whose little words are most frequent in the text; empty when none of them is there."""
    words = [bare(word) for word in re.findall(r"[\w']+", text.lower())]
    counts = {
        language: sum(word in word_lists(language).function_words for word in words)
        for language in ("en", *_raw())
    }
    best = max(counts, key=lambda language: counts[language])
    return best if counts[best] else ""


def bare(word: str) -> str:
    """Return a word without what French runs into it: "l'équipe" is "équipe"."""
    return _ELIDED.sub("", word)


@cache
def _raw() -> dict[str, dict[str, str | list[str]]]:
    raw: dict[str, dict[str, str | list[str]]] = json.loads(_DATA.read_text(encoding="utf-8"))
    return raw
