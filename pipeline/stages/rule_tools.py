"""How a grammar rule reads tokens and raises its flag."""

from collections.abc import Sequence

from pipeline.ports import GrammarFlag, Token

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
