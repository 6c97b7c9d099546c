"""Our own English rules: few, explicit, for errors that a listener surely hears."""

from collections.abc import Callable, Sequence

from pipeline.domain.ports import GrammarFlag, Token
from pipeline.scoring.grammar.noun_rules import NOUN_RULES
from pipeline.scoring.grammar.verb_forms import (
    AUXILIARIES,
    MODALS,
    PAST_TO_PARTICIPLE,
    UNCHANGING,
    flag,
    third_person,
    with_last,
    word_at,
)
from pipeline.scoring.lexicon import word_set

Rule = Callable[[Sequence[Token], int], GrammarFlag | None]

_AFTER_DO = ("n't", "not", "i", "you", "he", "she", "we", "they")
_WRONG_BE = {
    ("i", "is"): "am", ("we", "was"): "were", ("they", "was"): "were", ("you", "was"): "were",
    ("they", "is"): "are", ("we", "is"): "are", ("he", "are"): "is", ("she", "are"): "is",
    ("i", "has"): "have", ("they", "has"): "have", ("we", "has"): "have", ("i", "does"): "do",
    ("they", "does"): "do", ("we", "does"): "do", ("people", "is"): "are", ("people", "was"): "were",
    ("people", "has"): "have", ("children", "is"): "are", ("children", "was"): "were",
    ("children", "has"): "have", ("i", "are"): "am",
}  # fmt: skip
_SINGLE = (
    "person",
    "man",
    "woman",
    "student",
    "someone",
    "somebody",
    "everyone",
    "everybody",
    "anyone",
)
_BASE_AFTER_TO = word_set(
    "want wants wanted need needs needed have has had try tried tries trying going able like decide "
    "decided start started begin began hope hoped plan planned learn learned 've 'd how"
)
_PAIRS = {
    ("discuss", "about"): "discuss", ("discussed", "about"): "discussed",
    ("discussing", "about"): "discussing", ("explain", "me"): "explain to me",
    ("explained", "me"): "explained to me", ("explain", "us"): "explain to us",
    ("explained", "us"): "explained to us", ("responsible", "of"): "responsible for",
    ("depends", "of"): "depends on", ("depend", "of"): "depend on", ("interested", "on"): "interested in",
    ("interested", "about"): "interested in", ("capable", "to"): "capable of",
    ("according", "with"): "according to", ("according", "for"): "according to",
    ("despite", "of"): "despite", ("must", "to"): "must", ("should", "to"): "should",
    ("listen", "music"): "listen to music", ("married", "with"): "married to",
    ("participate", "on"): "participate in", ("participated", "on"): "participated in",
    ("good", "in"): "good at", ("emphasize", "on"): "emphasize", ("am", "agree"): "agree",
    ("is", "depend"): "depends", ("are", "depend"): "depend", ("can", "able"): "am able",
    ("more", "easier"): "easier", ("more", "worse"): "worse",
}  # fmt: skip


def find_spoken_errors(tokens: Sequence[Token]) -> list[GrammarFlag]:
    """Return what our rules find, at most one flag for each beginning word."""
    found: dict[int, GrammarFlag] = {}
    for index in range(len(tokens)):
        for rule in RULES:
            seen = rule(tokens, index)
            if seen is not None:
                found.setdefault(seen.start, seen)
    return list(found.values())


def wrong_pair(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find word pairs that English builds otherwise: "discuss about", "responsible of"."""
    pair = (word_at(tokens, index), word_at(tokens, index + 1))
    if pair not in _PAIRS or (
        pair == ("good", "in") and word_at(tokens, index + 2) not in ("english", "math")
    ):
        return None
    return flag(tokens, index, index + 1, rule="word_pair", instead=_PAIRS[pair])


def wrong_be(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "they was", "I has", "people is"."""
    pair = (word_at(tokens, index), word_at(tokens, index + 1))
    before = word_at(tokens, index - 1)
    if pair not in _WRONG_BE or before in ("of", "with", "for", "about", "like"):
        return None
    if before == "and" and pair[0] in ("i", "he", "she"):  # "you and I are"
        return None
    return flag(tokens, index, index + 1, rule="agreement", instead=f"{pair[0]} {_WRONG_BE[pair]}")


def bare_third_person(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "he go", "she don't": the third person without its s."""
    subject, verb = tokens[index], _token(tokens, index + 1)
    if (
        verb is None
        or word_at(tokens, index) not in ("he", "she")
        or verb.tag not in ("VERB", "AUX")
    ):
        return None
    form = verb.text.lower()
    if (
        form != verb.lemma
        or form in UNCHANGING
        or form in MODALS
        or form in ("be", "ought", "better")
    ):
        return None
    if {
        word_at(tokens, index - 1),
        word_at(tokens, index - 2),
    } & AUXILIARIES or subject.start == verb.end:
        return None
    right = f"{subject.text} {third_person(verb.lemma)}"
    if word_at(tokens, index + 2) == "n't":
        return flag(tokens, index, index + 2, rule="agreement", instead=f"{right}n't")
    return flag(tokens, index, index + 1, rule="agreement", instead=right)


def bent_after_did(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "didn't went", "does he works": after do, the base form follows."""
    if word_at(tokens, index) not in ("do", "does", "did"):
        return None
    if word_at(tokens, index + 1) not in _AFTER_DO:
        return None
    return _bent_verb(tokens, index, index + 2, rule="base_form_after_do")


def bent_after_to(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "want to went", "tried to fixed"."""
    if word_at(tokens, index) != "to" or tokens[index].tag != "PART":
        return None
    if word_at(tokens, index - 1) not in _BASE_AFTER_TO:
        return None
    return _bent_verb(tokens, index, index + 1, rule="base_form_after_to")


def bent_after_modal(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "can goes", "would went"."""
    if word_at(tokens, index) not in MODALS or tokens[index].tag != "AUX":
        return None
    position = index + (2 if word_at(tokens, index + 1) in ("n't", "not") else 1)
    return _bent_verb(tokens, index, position, rule="base_form_after_modal")


def able_without_be(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "will able to"."""
    first = word_at(tokens, index)
    if first not in MODALS or word_at(tokens, index + 1) != "able":
        return None
    return flag(tokens, index, index + 1, rule="word_pair", instead=f"{first} be able")


def base_after_be(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "would be decrease", "I am agree"."""
    be, verb = word_at(tokens, index), _token(tokens, index + 1)
    if verb is None or verb.tag != "VERB" or verb.text.lower() != verb.lemma:
        return None
    after_modal = be == "be" and word_at(tokens, index - 1) in MODALS
    first_person = be in ("am", "'m") and word_at(tokens, index - 1) == "i"
    if not (after_modal or first_person) or verb.lemma in UNCHANGING or verb.lemma.endswith("ing"):
        return None
    return flag(tokens, index, index + 1, rule="base_after_be", instead=verb.lemma)


def past_after_was(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "was went", "were took"."""
    be, past = word_at(tokens, index), word_at(tokens, index + 1)
    if be not in ("was", "were") or past not in PAST_TO_PARTICIPLE or past in ("came", "did"):
        return None
    return flag(tokens, index, index + 1, rule="base_after_be", instead=past)


def wrong_who(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "a person who are", "people who is"."""
    noun, who, verb = (word_at(tokens, index + step) for step in range(3))
    if who not in ("who", "that") or word_at(tokens, index - 1) == "of":
        return None
    if noun in _SINGLE and verb in ("are", "have", "were"):
        right = {"are": "is", "have": "has", "were": "was"}[verb]
    elif noun in ("people", "children") and verb in ("is", "has", "was", "does"):
        right = {"is": "are", "has": "have", "was": "were", "does": "do"}[verb]
    else:
        return None
    return flag(tokens, index, index + 2, rule="agreement", instead=f"{noun} {who} {right}")


def double_modal(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "might could", "will can"."""
    first, second = word_at(tokens, index), word_at(tokens, index + 1)
    both = first in MODALS and second in MODALS and first != second
    if not both or tokens[index].tag != "AUX" or tokens[index + 1].tag != "AUX":
        return None
    return flag(tokens, index, index + 1, rule="double_modal", instead=first)


def past_for_participle(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "have went", "has wrote"."""
    if word_at(tokens, index) not in ("have", "has", "had", "'ve"):
        return None
    position = index + 1
    while word_at(tokens, position) in (
        "n't",
        "not",
        "never",
        "already",
        "just",
        "always",
        "ever",
        "also",
    ):
        position += 1
    participle = PAST_TO_PARTICIPLE.get(word_at(tokens, position))
    if participle is None:
        return None
    return flag(
        tokens, index, position, rule="participle", instead=f"{tokens[index].text} {participle}"
    )


def doubled_comparison(tokens: Sequence[Token], index: int) -> GrammarFlag | None:
    """Find "more better", "most fastest"."""
    step, word = word_at(tokens, index), _token(tokens, index + 1)
    endings = {"more": ("er", "worse"), "most": ("est", "worst")}.get(step)
    if endings is None or word is None or word.tag not in ("ADJ", "ADV"):
        return None
    form = word.text.lower()
    if not form.endswith(endings) or word.lemma == form:
        return None
    return flag(tokens, index, index + 1, rule="double_comparison", instead=form)


def _bent_verb(
    tokens: Sequence[Token], first: int, position: int, *, rule: str
) -> GrammarFlag | None:
    verb = _token(tokens, position)
    if verb is None or verb.tag not in ("VERB", "AUX"):
        return None
    form = verb.text.lower()
    bent = (
        form.endswith(("ed", "s"))
        or form in PAST_TO_PARTICIPLE
        or form in ("was", "were", "had", "made")
    )
    if form == verb.lemma or not bent or form.startswith("'") or form.endswith("ss"):
        return None
    return flag(
        tokens,
        first,
        position,
        rule=rule,
        instead=with_last(tokens, first, position, word=verb.lemma),
    )


def _token(tokens: Sequence[Token], index: int) -> Token | None:
    return tokens[index] if 0 <= index < len(tokens) else None


RULES: tuple[Rule, ...] = (
    wrong_pair,
    wrong_be,
    bare_third_person,
    bent_after_did,
    bent_after_to,
    bent_after_modal,
    able_without_be,
    base_after_be,
    past_after_was,
    wrong_who,
    double_modal,
    past_for_participle,
    doubled_comparison,
    *NOUN_RULES,
)
