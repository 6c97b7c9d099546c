"""Errors that show by what would be usual instead: a wording model weighs small corrections."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.ports import Alternative, GrammarFlag, Reading, Token, WordingModel
from pipeline.stages.lexicon import word_set
from pipeline.stages.noun_rules import article_before
from pipeline.stages.rule_tools import MESSAGES, word_at
from pipeline.stages.thresholds import (
    READ_WORDS,
    REWORD_EVERY,
    REWORD_GAINS,
    REWORD_LEAST,
    REWORD_MARGINS,
    REWORD_REACH,
)
from pipeline.stages.verb_forms import MODALS, paradigm, plural

_ARTICLES = ("a", "an", "the")
_PREPOSITIONS = word_set("in on at for to of with by from about into during")
_SHORTEST = 3  # words; fewer show no usage
_BEFORE_NOUN = ("VERB", "AUX", "ADP")
_SENTENCE = re.compile(r"\S(?:.*?)(?:\.(?=\s|$)|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Stretch:
    """A sentence of the checked text, or a part of a very long one."""

    start: int  # characters of the whole text
    text: str


@dataclass(frozen=True, slots=True)
class Change:
    """A word put in place of another, or before it."""

    rule: str
    token: int  # index in the parsed text
    word: str
    inserted: bool = False

    @property
    def margin(self) -> float:
        return REWORD_MARGINS[self.rule]


@dataclass(frozen=True, slots=True)
class _Trial:
    """A change within its stretch, and what it must beat."""

    change: Change
    stretch: int
    end: int  # characters of the stretch that are heard
    changed: str  # the stretch's beginning, up to there, with the change


def read_stretches(text: str) -> list[Stretch]:
    """Cut a checked text into sentences; those over `READ_WORDS` words into parts."""
    found: list[Stretch] = []
    for sentence in _SENTENCE.finditer(text):
        words = list(re.finditer(r"\S+", sentence.group()))
        for begin in range(0, len(words), READ_WORDS):
            part = words[begin : begin + READ_WORDS]
            start, end = part[0].start(), part[-1].end()
            found.append(Stretch(sentence.start() + start, sentence.group()[start:end]))
    return found


def pick_stretches(stretches: Sequence[Stretch], *, most: int) -> list[Stretch]:
    """Return stretches spread evenly over the text, about `most` words of them."""
    words = sum(len(each.text.split()) for each in stretches)
    share = min(1.0, most / max(words, 1))
    return [
        each
        for number, each in enumerate(stretches)
        if int((number + 1) * share) > int(number * share)
    ] or list(stretches[:1])


def find_rewordings(
    tokens: Sequence[Token],
    stretches: Sequence[Stretch],
    readings: Sequence[Reading],
    changes: Sequence[Change],
    *,
    model: WordingModel,
) -> list[GrammarFlag]:
    """Return the changes that make what is heard much likelier; `readings` hold their first gains."""
    places = place_changes(tokens, stretches, changes)
    ranked = _rank(places, readings, words=sum(len(each.text.split()) for each in stretches))
    trials = [_trial(tokens, stretches[stretch], stretch, change) for stretch, change in ranked]
    tried = model.read([trial.changed for trial in trials]) if trials else []
    best: dict[int, tuple[float, Change]] = {}
    for trial, reading in zip(trials, tried, strict=True):
        pieces = readings[trial.stretch].pieces
        heard = sum(piece.log_probability for piece in pieces if piece.end <= trial.end)
        gain = sum(piece.log_probability for piece in reading.pieces) - heard
        known = best.get(trial.change.token)
        if gain >= trial.change.margin and (known is None or gain > known[0]):
            best[trial.change.token] = (gain, trial.change)
    return [_flag(tokens, change) for _, change in best.values()]


def alternatives_for(
    tokens: Sequence[Token], stretches: Sequence[Stretch], changes: Sequence[Change]
) -> list[Alternative]:
    """Return the changes as the wording model is asked for them, in the order of `place_changes`."""
    return [
        Alternative(
            text=stretch,
            offset=tokens[change.token].start - stretches[stretch].start,
            word=change.word,
        )
        for stretch, change in place_changes(tokens, stretches, changes)
    ]


def place_changes(
    tokens: Sequence[Token], stretches: Sequence[Stretch], changes: Sequence[Change]
) -> list[tuple[int, Change]]:
    """Return each change with the index of its stretch; the ones in very short stretches are left out."""
    found: list[tuple[int, Change]] = []
    for index, stretch in enumerate(stretches):
        if len(stretch.text.split()) < _SHORTEST:
            continue
        end = stretch.start + len(stretch.text)
        found += [
            (index, change)
            for change in changes
            if stretch.start < tokens[change.token].start < end  # the first word shows no usage
        ]
    return found


def propose_changes(tokens: Sequence[Token]) -> list[Change]:
    """Return the small corrections worth weighing; most make the wording worse."""
    found: list[Change] = []
    for index, token in enumerate(tokens):
        if token.text.isalpha() and index:
            found += _verb_changes(tokens, index)
            found += _noun_changes(tokens, index)
            found += _small_word_changes(tokens, index)
    return found


def _verb_changes(tokens: Sequence[Token], index: int) -> Iterator[Change]:
    token, word = tokens[index], word_at(tokens, index)
    if token.tag not in ("VERB", "AUX") or word in MODALS or word_at(tokens, index + 1) == "n't":
        return
    for form in paradigm(token.lemma):
        if form != word:
            yield Change(_verb_rule(token.lemma, word, form), index, form)


def _verb_rule(lemma: str, word: str, form: str) -> str:
    """Tell a change of tense, which can be meant either way, from one of agreement."""
    forms = paradigm(lemma)
    past = ("was", "were") if lemma == "be" else forms[2:3]
    present = ("is", "are", "am") if lemma == "be" else forms[:2]
    swapped = (word in past and form in present) or (word in present and form in past)
    return "usual_tense" if swapped else "usual_verb"


def _noun_changes(tokens: Sequence[Token], index: int) -> Iterator[Change]:
    token, word = tokens[index], word_at(tokens, index)
    if token.tag == "NOUN":
        other = plural(token.lemma) if word == token.lemma else token.lemma
        if other != word:
            yield Change("usual_number", index, other)
    if token.tag in ("NOUN", "ADJ") and tokens[index - 1].tag in _BEFORE_NOUN:
        yield Change("missing_article", index, article_before(word), inserted=True)
        yield Change("missing_article", index, "the", inserted=True)


def _small_word_changes(tokens: Sequence[Token], index: int) -> Iterator[Change]:
    token, word = tokens[index], word_at(tokens, index)
    if token.tag == "DET" and word in _ARTICLES:
        for article in _ARTICLES:
            if article != word:
                yield Change("usual_article", index, article)
    if token.tag in ("ADP", "SCONJ") and word in _PREPOSITIONS:
        for preposition in sorted(_PREPOSITIONS - {word}):
            yield Change("usual_preposition", index, preposition)


def _rank(
    places: Sequence[tuple[int, Change]], readings: Sequence[Reading], *, words: int
) -> list[tuple[int, Change]]:
    gains = [gain for reading in readings for gain in reading.gains]
    best: dict[tuple[int, str], tuple[float, int]] = {}
    for number, ((_, change), gain) in enumerate(zip(places, gains, strict=True)):
        surplus = -1.0 if gain is None else gain - REWORD_GAINS[change.rule]
        if surplus >= 0.0:
            key = (change.token, change.rule)
            best[key] = max(best.get(key, (surplus, -number)), (surplus, -number))
    ranked = sorted(best.values(), reverse=True)[: max(REWORD_LEAST, words // REWORD_EVERY)]
    return [places[-number] for _, number in ranked]


def _trial(tokens: Sequence[Token], stretch: Stretch, index: int, change: Change) -> _Trial:
    token = tokens[change.token]
    start, end = token.start - stretch.start, token.end - stretch.start
    after = list(re.finditer(r"\S+", stretch.text[end:]))[:REWORD_REACH]
    heard = end + (after[-1].end() if after else 0)
    rest = start if change.inserted else end
    blank = " " if change.inserted else ""
    changed = f"{stretch.text[:start]}{change.word}{blank}{stretch.text[rest:heard]}"
    return _Trial(change, index, heard, changed)


def _flag(tokens: Sequence[Token], change: Change) -> GrammarFlag:
    before, token = tokens[change.token - 1], tokens[change.token]
    changed = f"{change.word} {token.text}" if change.inserted else change.word
    gap = " " if before.end < token.start else ""
    rule = "usual_verb" if change.rule == "usual_tense" else change.rule
    return GrammarFlag(
        rule=rule,
        kind="Usage",
        start=before.start,
        end=token.end,
        message=MESSAGES[rule],
        suggestions=(f"{before.text}{gap}{changed}",),
    )
