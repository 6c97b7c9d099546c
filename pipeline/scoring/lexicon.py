"""Word lists of English and other languages, and numbers in words."""

import json
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Final


def word_set(text: str) -> frozenset[str]:
    """Return the blank-separated words as a set."""
    return frozenset(text.split())


FILLERS: Final = word_set(
    "um umm uhm uh uhh uhhuh er err erm ehm eh ah ahh hm hmm mm mmm mhm mhmm em hmph"
)
DISCOURSE: Final = word_set("well so like okay ok yeah basically anyway right actually literally")

FUNCTION_WORDS: Final = word_set(
    """a an the this that these those my your his her its our their mine yours hers ours theirs
    i me you he him she it we us they them myself yourself himself herself itself ourselves
    themselves who whom whose which what where when why how all any both each few more most other
    some such no nor not only own same so than too very can could will would shall should may might
    must ought am is are was were be been being have has had having do does did doing done and but
    or if because as until while of at by for with about against between into through during before
    after above below to from up down in out on off over under again further then once here there
    just also even much many every either neither yes yeah ok okay well really quite rather like
    got get gets getting go goes going gone went let lets one ones thing things something anything
    i'm i've i'd i'll you're you've you'd you'll he's she's it's we're we've we'd we'll they're
    they've they'd they'll that's there's what's who's isn't aren't wasn't weren't don't doesn't
    didn't won't wouldn't can't cannot couldn't shouldn't haven't hasn't hadn't let's im ive id
    dont doesnt didnt wont cant couldnt shouldnt wouldnt isnt arent wasnt kind sort lot lots maybe
    guess mean know think say said"""
)

# Words about the asking itself; an answer made of them adds nothing.
META_WORDS: Final = word_set(
    """question questions answer answers answering ask asked asking asks interview interviewer
    candidate candidates important interesting good great nice topic subject able today sorry sure
    idea clue pass skip next repeat"""
)

# Of everything and nothing: an answer made of these fits any question.
EVERYDAY_WORDS: Final = word_set(
    """people person everybody everyone somebody someone anybody anyone nobody man woman guy others life world
    time times day days week weeks month months year years moment way ways place places part parts side point
    view end beginning case cases situation situations matter matters reason reasons fact example type number
    amount bit level step steps whole rest job work works working worked make makes making made take takes
    taking took taken give gives giving gave given find finds finding found look looks looking looked see sees
    seeing saw seen come comes coming came try tries trying tried use uses using used need needs needed want
    wants wanted keep keeps keeping kept put puts putting tell tells telling told talk talks talking talked speak
    feel feels feeling felt happen happens happening happened start starts started begin begins become becomes
    became seem seems seemed help helps helped deal deals dealing handle turn turned bring brought leave left
    show shows understand understood believe hope hoped depend depends consider remember call called big bigger
    small large little new old different difficult hard easy simple fast slow better best worse worst right wrong
    true certain possible able careful carefully long short full amazing special normal general overall everyday
    always sometimes often usually ever mostly generally finally somehow somewhere together back away around
    first last second several enough almost least course besides perhaps indeed simply especially"""
)

NON_ANSWERS: Final = (
    "i don't know", "i dont know", "i do not know", "i don't really know", "i dont really know",
    "i do not really know", "i'm not sure", "im not sure", "i am not sure", "no idea", "no clue",
    "don't have an answer", "dont have an answer", "do not have an answer", "can't answer",
    "cant answer", "cannot answer", "can not answer", "can't think of", "cant think of",
    "cannot think of", "skip this", "skip that", "pass on this", "pass on that",
    "nothing comes to mind", "never thought about", "next question",
)  # fmt: skip

# Self-praise that anybody can say; without an example it tells an interviewer nothing.
CLICHES: Final = (
    "hard working person", "hard working", "hard worker", "work hard", "work really hard", "fast learner",
    "quick learner", "learn quickly", "learn fast", "team player", "people person", "hundred percent", "hundred ten percent",
    "give my best", "do my best", "try my best", "everything that i do", "everything i do", "detail oriented",
    "attention to detail", "results driven", "results oriented", "goal oriented", "self starter", "go getter",
    "self motivated", "highly motivated", "outside the box", "extra mile", "positive attitude", "can do attitude",
    "good communicator", "communication skills", "people skills", "leadership skills", "problem solver",
    "under pressure", "great fit", "perfect fit", "good fit", "valuable asset", "best candidate", "right person",
    "great company", "always wanted", "hardworking", "motivated", "passionate", "passion", "dedicated",
    "dedication", "enthusiastic", "enthusiasm", "excellence", "success", "ambitious", "committed", "commitment",
    "perfectionist", "proactive", "dynamic", "reliable", "flexible", "responsible person", "determined",
)  # fmt: skip

NEGATIONS: Final = word_set(
    """not never no none nor neither without cannot can't don't doesn't didn't won't wouldn't
    couldn't shouldn't isn't aren't wasn't weren't haven't hasn't hadn't cant dont doesnt didnt
    wont wouldnt couldnt shouldnt isnt arent wasnt werent havent hasnt hadnt lack lacked lacking"""
)
CLAUSE_BREAKS: Final = word_set("but however although though because so instead then")

HEDGES: Final = (
    "i think", "i guess", "i believe", "maybe", "perhaps", "probably", "kind of", "sort of",
    "kinda", "sorta", "somewhat",
)  # fmt: skip

# May be said twice in a row on purpose.
DOUBLED_ON_PURPOSE: Final = word_set(
    "very really that had so more many long much far again no yes bye ha blah one two three four five "
    "six seven eight nine zero"
)


_DATA: Final = Path(__file__).parent / "resources" / "word_lists.json"
LIST_GLUE: Final = word_set("and or plus y e o u et ou und oder")  # a list stays one with them
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
            function_words=FUNCTION_WORDS,
            fillers=FILLERS,
            meta_words=META_WORDS,
            non_answers=NON_ANSWERS,
            cliches=CLICHES,
            negations=NEGATIONS,
            clause_breaks=CLAUSE_BREAKS,
            everyday_words=EVERYDAY_WORDS,
        )
    return WordLists(
        language=language,
        non_answers=tuple(own["non_answers"]),
        cliches=tuple(sorted(own["cliches"], key=len, reverse=True)),
        **{
            name: word_set(str(own[name]))
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


_SMALL: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS: Final = (
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip
_DIGITS = re.compile(r"(?<![\w.,])(\d{1,3})(?:([.,])(?=\D|$)|(?![\w.,]))")
_PERCENT = re.compile(r"(?<=\d)\s?%")
_HUNDRED = 100


def spell_numbers(text: str) -> str:
    """Write whole numbers below a thousand as words, and "%" as "percent"."""
    return _DIGITS.sub(
        lambda found: _words(int(found.group(1))) + (found.group(2) or ""),
        _PERCENT.sub(" percent", text),
    )


def _words(number: int) -> str:
    if number >= _HUNDRED:
        rest = f" {_words(number % _HUNDRED)}" if number % _HUNDRED else ""
        return f"{_SMALL[number // _HUNDRED]} hundred{rest}"
    if number < len(_SMALL):
        return _SMALL[number]
    unit = number % 10
    return f"{_TENS[number // 10]} {_SMALL[unit]}" if unit else _TENS[number // 10]
