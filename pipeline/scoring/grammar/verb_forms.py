"""Verb forms, and functions that several grammar rules share."""

from collections.abc import Sequence
from typing import Final

from pipeline.domain.ports import GrammarFlag, Token
from pipeline.scoring.lexicon import word_set

# Simple past that differs from both the base and the participle: "have went" is wrong, "have gone" right.
PAST_TO_PARTICIPLE: Final = {
    "went": "gone", "saw": "seen", "took": "taken", "gave": "given", "wrote": "written",
    "spoke": "spoken", "began": "begun", "chose": "chosen", "broke": "broken", "knew": "known",
    "grew": "grown", "drove": "driven", "ate": "eaten", "fell": "fallen", "forgot": "forgotten",
    "did": "done", "came": "come", "became": "become", "ran": "run", "drew": "drawn", "threw": "thrown",
    "flew": "flown", "rose": "risen", "wore": "worn", "sang": "sung", "swam": "swum", "drank": "drunk",
}  # fmt: skip

# The base form is also the past: nothing can be told from the form.
UNCHANGING: Final = word_set(
    "put set cut let hit read cost quit shut spread split hurt beat bet cast burst become come run"
)

AUXILIARIES: Final = word_set(
    "do does did can could will would shall should may might must 'd 'll ca wo let make makes made help helps "
    "helped see saw watch hear heard have had to suggest suggested recommend recommended insist "
    "insisted ask asked demand whether lest if"
)

MODALS: Final = word_set("can could will would shall should may might must")

IRREGULAR_THIRD: Final = {"have": "has", "do": "does", "be": "is", "go": "goes"}

IRREGULAR_PAST: Final = {
    "come": "came", "become": "became", "run": "ran",
    "take": "took", "give": "gave", "write": "wrote", "speak": "spoke", "begin": "began", "choose": "chose",
    "break": "broke", "know": "knew", "grow": "grew", "drive": "drove", "eat": "ate", "fall": "fell",
    "forget": "forgot", "draw": "drew", "throw": "threw", "fly": "flew", "rise": "rose", "wear": "wore",
    "see": "saw", "sing": "sang", "swim": "swam", "drink": "drank", "make": "made", "say": "said",
    "get": "got", "find": "found", "think": "thought", "tell": "told", "leave": "left", "feel": "felt",
    "keep": "kept", "bring": "brought", "buy": "bought", "teach": "taught", "build": "built", "send": "sent",
    "spend": "spent", "lose": "lost", "win": "won", "meet": "met", "pay": "paid", "sell": "sold",
    "hold": "held", "lead": "led", "understand": "understood", "catch": "caught", "fight": "fought",
    "mean": "meant", "sit": "sat", "stand": "stood", "hear": "heard", "deal": "dealt", "sleep": "slept",
}  # fmt: skip


def third_person(lemma: str) -> str:
    """Return "goes" for "go"."""
    if lemma in IRREGULAR_THIRD:
        return IRREGULAR_THIRD[lemma]
    if lemma.endswith(("s", "sh", "ch", "x", "z", "o")):
        return f"{lemma}es"
    if lemma.endswith("y") and lemma[-2:-1] not in "aeiou":
        return f"{lemma[:-1]}ies"
    return f"{lemma}s"


def plural(noun: str) -> str:
    """Return the regular plural, and that of "-man"."""
    if noun.endswith("man") and noun != "human":
        return f"{noun[:-3]}men"
    if noun.endswith(("s", "sh", "ch", "x", "z")):
        return f"{noun}es"
    if noun.endswith("y") and noun[-2:-1] not in "aeiou":
        return f"{noun[:-1]}ies"
    return f"{noun}s"


MESSAGES = {
    "word_pair": "English builds this with other words.",
    "agreement": "The verb's form must follow the subject.",
    "base_form_after_do": "After do, does and did the base form of the verb follows.",
    "base_form_after_to": "After \u201cto\u201d the base form of the verb follows.",
    "base_form_after_modal": "After can, will, should and the like the base form of the verb follows.",
    "base_after_be": "Two verb forms stand side by side that do not go together.",
    "double_modal": "Only one of these helping verbs can stand here.",
    "participle": "After \u201chave\u201d the past participle follows.",
    "double_comparison": "The comparison is already in the word.",
    "much_many": "\u201cMuch\u201d goes with what cannot be counted, \u201cmany\u201d with what can.",
    "uncountable": "This noun has no plural in English.",
    "number_noun": "The noun must be plural here.",
    "each_noun": "After \u201cevery\u201d and \u201ceach\u201d the noun is singular.",
    "article": "\u201cAn\u201d stands before a vowel sound, \u201ca\u201d before a consonant sound.",
    "this_these": "The pointing word and the noun must have the same number.",
}


def word_at(tokens: Sequence[Token], index: int) -> str:
    """Return the word at `index` in lower case; an empty one beyond the ends."""
    return tokens[index].text.lower() if 0 <= index < len(tokens) else ""


def flag(tokens: Sequence[Token], first: int, last: int, *, rule: str, instead: str) -> GrammarFlag:
    """Raise a flag over the tokens from `first` to `last`."""
    return GrammarFlag(
        rule=rule,
        kind="Grammar",
        start=tokens[first].start,
        end=tokens[last].end,
        message=MESSAGES[rule],
        suggestions=(instead,),
    )


def with_last(tokens: Sequence[Token], first: int, last: int, *, word: str) -> str:
    """Return the words from `first` to `last` with the last one replaced, blanks as they were."""
    text = ""
    for index in range(first, last):
        gap = tokens[index + 1].start - tokens[index].end
        text += tokens[index].text + " " * gap
    return text + word
