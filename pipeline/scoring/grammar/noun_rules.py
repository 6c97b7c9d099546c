"""Rules about nouns and what stands before them."""

import re
from collections.abc import Sequence

from pipeline.domain.ports import GrammarFlag, Token
from pipeline.scoring.grammar.verb_forms import flag, plural, word_at
from pipeline.scoring.lexicon import word_set

_UNCOUNTABLE = {
    "informations": "information", "advices": "advice", "knowledges": "knowledge",
    "equipments": "equipment", "homeworks": "homework", "furnitures": "furniture",
    "softwares": "software", "luggages": "luggage", "evidences": "evidence", "feedbacks": "feedback",
    "hardwares": "hardware", "staffs": "staff",
}  # fmt: skip
_MASS = word_set("information advice knowledge money equipment homework furniture software traffic")
_COUNTS = word_set(
    "two three four five six seven eight nine ten eleven twelve twenty thirty several many few"
)
_NEVER_PLURAL = word_set(
    "people percent hundred thousand million billion dozen staff data series species fish aircraft grade "
    "a.m. p.m. am pm k times lot bit kind sort type"
)
_PLURAL_VERB = {"is": "are", "was": "were", "has": "have", "does": "do"}
_VOWEL_SOUND = re.compile(
    r"^(?:[aeio]|u(?!ni(?!n|m)|s[eau]|ti|ra|ku|biq)|hour|honest|honou?r|heir)"
)
_CONSONANT_SOUND = re.compile(r"^(?:eu|ewe|one|once|ouija)")
_SHORTEST_SPELT = 4  # letters; shorter ones may be names spelt out, like SQL
_NAME_TAGS = ("PROPN", "NUM", "SYM", "X", "PUNCT")


def wrong_much(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "much people", "many information"."""
    step, noun = word_at(tokens, index), word_at(tokens, index + 1)
    if step == "much" and (noun in ("people", "children") or _is_plural(tokens, index + 1)):
        return flag(tokens, index, index + 1, rule="much_many", instead=f"many {noun}")
    followed = index + 2 < len(tokens) and tokens[index + 2].tag in ("NOUN", "PROPN")
    if step == "many" and noun in _MASS and not followed:
        return flag(tokens, index, index + 1, rule="much_many", instead=f"much {noun}")
    return None


def plural_of_mass(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "informations", "advices"."""
    noun = word_at(tokens, index)
    if noun not in _UNCOUNTABLE or tokens[index].tag not in ("NOUN", "PROPN"):
        return None
    return flag(tokens, index, index, rule="uncountable", instead=_UNCOUNTABLE[noun])


def singular_after_number(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "three project": but "a two week sprint" is right."""
    if word_at(tokens, index) not in _COUNTS or not _is_singular(tokens, index + 1):
        return None
    if word_at(tokens, index - 1) in (
        "a",
        "an",
        "the",
        "my",
        "one",
        "of",
        "our",
        "this",
        "that",
        "or",
        "to",
    ):
        return None
    noun = word_at(tokens, index + 1)
    return flag(
        tokens,
        index,
        index + 1,
        rule="number_noun",
        instead=f"{word_at(tokens, index)} {plural(noun)}",
    )


def singular_after_one_of(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "one of the best project"."""
    if (word_at(tokens, index), word_at(tokens, index + 1)) != ("one", "of"):
        return None
    if word_at(tokens, index + 2) not in (
        "the",
        "my",
        "our",
        "your",
        "their",
        "his",
        "her",
        "these",
        "those",
    ):
        return None
    position = index + 3
    if word_at(tokens, position) in ("most", "more"):
        position += 1
    while position < len(tokens) and tokens[position].tag == "ADJ":
        position += 1
    if position == index + 3 or not _is_singular(tokens, position):
        return None
    noun = word_at(tokens, position)
    return flag(tokens, index, position, rule="number_noun", instead=plural(noun))


def plural_after_each(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "every students", "each projects"."""
    if word_at(tokens, index) not in ("every", "each") or not _is_plural(tokens, index + 1):
        return None
    lemma = tokens[index + 1].lemma
    return flag(
        tokens, index, index + 1, rule="each_noun", instead=f"{word_at(tokens, index)} {lemma}"
    )


def this_with_plural(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "this problems"."""
    if word_at(tokens, index) != "this" or not _is_plural(tokens, index + 1):
        return None
    return flag(
        tokens, index, index + 1, rule="this_these", instead=f"these {word_at(tokens, index + 1)}"
    )


def article_with_plural(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "a products", "an experts"."""
    if word_at(tokens, index) not in ("a", "an") or not _is_plural(tokens, index + 1):
        return None
    noun = word_at(tokens, index + 1)
    if noun in ("lots", "means", "ways", "times"):  # "a ways off"; "a times b"
        return None
    return flag(tokens, index, index + 1, rule="this_these", instead=noun)


def these_with_singular(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "these problem"."""
    if word_at(tokens, index) not in ("these", "those") or not _is_singular(tokens, index + 1):
        return None
    noun = word_at(tokens, index + 1)
    return flag(
        tokens,
        index,
        index + 1,
        rule="this_these",
        instead=f"{word_at(tokens, index)} {plural(noun)}",
    )


def plural_with_singular_verb(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "the users was", "our products has", where the noun surely is the subject."""
    verb = word_at(tokens, index + 1)
    if verb not in _PLURAL_VERB or not _is_plural(tokens, index):
        return None
    begin = index - 1
    while begin >= 0 and tokens[begin].tag in ("DET", "ADJ", "NUM"):
        begin -= 1
    alone = begin < 0 or tokens[begin].tag in ("PUNCT", "SCONJ") or word_at(tokens, begin) == "but"
    if not alone or begin == index - 1:
        return None
    right = f"{word_at(tokens, index)} {_PLURAL_VERB[verb]}"
    return flag(tokens, index, index + 1, rule="agreement", instead=right)


def wrong_article(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "a engineer", "an university"; words that may be spelt-out names are left alone."""
    article, word = word_at(tokens, index), word_at(tokens, index + 1)
    if article not in ("a", "an") or len(word) < _SHORTEST_SPELT or not word.isalpha():
        return None
    if tokens[index].tag != "DET" or tokens[index + 1].tag in _NAME_TAGS:
        return None
    right = article_before(word)
    if right == article or (word[0] == "h" and article == "an"):
        return None
    return flag(tokens, index, index + 1, rule="article", instead=f"{right} {word}")


def article_before(word: str) -> str:
    """Return "an" before a vowel sound, else "a"."""
    return "an" if _VOWEL_SOUND.match(word) and not _CONSONANT_SOUND.match(word) else "a"


def _is_plural(tokens: Sequence[Token], index: int) -> bool:
    if index >= len(tokens) or tokens[index].tag != "NOUN":
        return False
    ends = index + 1 >= len(tokens) or tokens[index + 1].tag not in ("NOUN", "PROPN")
    return ends and tokens[index].text.lower() == plural(tokens[index].lemma)


def _is_singular(tokens: Sequence[Token], index: int) -> bool:
    if index >= len(tokens) or tokens[index].tag != "NOUN":
        return False
    word = tokens[index].text.lower()
    if word != tokens[index].lemma or word in _NEVER_PLURAL or word in _MASS or word.endswith("s"):
        return False
    return index + 1 >= len(tokens) or tokens[index + 1].tag in (
        "VERB",
        "AUX",
        "PUNCT",
        "CCONJ",
        "ADP",
        "SCONJ",
        "PART",
    )


NOUN_RULES = (
    wrong_much,
    plural_of_mass,
    singular_after_number,
    singular_after_one_of,
    plural_after_each,
    this_with_plural,
    article_with_plural,
    these_with_singular,
    plural_with_singular_verb,
    wrong_article,
)
