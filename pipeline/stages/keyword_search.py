"""Where in the answer the words of a keyword stand, and whether they are denied."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.stages.keyword_forms import KeywordForms, form_data, split_parts, stem
from pipeline.stages.lexicon import CLAUSE_BREAKS, NEGATIONS
from pipeline.stages.thresholds import (
    CONTEXT_REACH,
    NEGATION_REACH,
    SHORTEST_JOINED,
    SPREAD_REVERSED,
)
from pipeline.stages.transcript import Script

LONGEST_JOIN = 3  # neighbours that a recogniser may have split a name into


@dataclass(frozen=True, slots=True)
class Match:
    """Words of the answer, by index, that say the keyword."""

    first: int
    last: int
    form: str  # "word" | "form" | "alias" | "joined" | "phrase"
    negated: bool = False


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of a spoken word: "front-end" has two."""

    word: str
    index: int


def find_matches(script: Script, forms: KeywordForms) -> list[Match]:
    """Return every place where the keyword is said, in order, denied ones marked."""
    parts = [
        _Part(part, index)
        for index in script.spoken
        for part in (split_parts(script.words[index].text) or ())
    ]
    found = [match for match in _candidates(parts, forms) if _is_meant(script, forms, match)]
    return [
        Match(match.first, match.last, match.form, negated=is_negated(script, match.first))
        for match in sorted(found, key=lambda match: (match.first, match.last))
    ]


def holds_part(script: Script, forms: KeywordForms, first: int, last: int) -> bool:
    """Tell whether a sentence has words of a longer keyword, which then mean something else there."""
    if len(forms.parts) == 1:
        return False
    said = {stem(word) for word in script.plain[first : last + 1]}
    return any(stem(part) in said for part in forms.parts)


def is_negated(script: Script, first: int) -> bool:
    """Tell whether "not", "never", "without" … stands shortly before, in the same clause."""
    before: list[str] = []
    for index in range(first - 1, max(-1, first - 1 - NEGATION_REACH), -1):
        word = script.words[index]
        if word.text.endswith((",", ".", ";", "?", "!", ":")) or word.plain in CLAUSE_BREAKS:
            break
        before.append(word.plain)
    denials = [word for word in before if word in NEGATIONS]
    only = "only" in before or "just" in before  # "not only", "not just"
    return len(denials) == 1 and not only  # "not without" says yes


def _candidates(parts: Sequence[_Part], forms: KeywordForms) -> Iterator[Match]:
    yield from _runs(parts, forms.parts, exact="word", bent=None if forms.is_everyday else "form")
    for alias in forms.aliases:
        yield from _runs(parts, alias, exact="alias", bent="alias")
    for phrase in forms.phrases:
        yield from _runs(parts, phrase, exact="phrase", bent=None)
    yield from _joined(parts, forms)
    if len(forms.parts) == 2:  # noqa: PLR2004 - only pairs turn round: "manage my time"
        yield from _reversed(parts, forms.parts)


def _runs(
    parts: Sequence[_Part], wanted: tuple[str, ...], *, exact: str, bent: str | None
) -> Iterator[Match]:
    length = len(wanted)
    for begin in range(len(parts) - length + 1):
        run = parts[begin : begin + length]
        if length and tuple(part.word for part in run) == wanted:
            yield Match(run[0].index, run[-1].index, exact)
        elif length and bent and _same_stems(run, wanted):
            yield Match(run[0].index, run[-1].index, bent)


def _same_stems(run: Sequence[_Part], wanted: tuple[str, ...]) -> bool:
    return all(
        part.word == want or (min(len(part.word), len(want)) > 2 and stem(part.word) == stem(want))  # noqa: PLR2004 - letters
        for part, want in zip(run, wanted, strict=True)
    )


def _joined(parts: Sequence[_Part], forms: KeywordForms) -> Iterator[Match]:
    whole = "".join(forms.parts).replace(".", "")
    if len(whole) < SHORTEST_JOINED:
        return
    for length in range(1, LONGEST_JOIN + 1):
        for begin in range(len(parts) - length + 1):
            run = parts[begin : begin + length]
            said = "".join(part.word for part in run).replace(".", "")
            if length == len(forms.parts):
                continue  # found as a run
            if said == whole or stem(said) == stem(whole):
                yield Match(run[0].index, run[-1].index, "joined")


def _reversed(parts: Sequence[_Part], wanted: tuple[str, ...]) -> Iterator[Match]:
    for begin, part in enumerate(parts):
        if stem(part.word) != stem(wanted[1]):
            continue
        for ahead in parts[begin + 1 : begin + 1 + SPREAD_REVERSED]:
            if stem(ahead.word) == stem(wanted[0]):
                yield Match(part.index, ahead.index, "form")


def _is_meant(script: Script, forms: KeywordForms, match: Match) -> bool:
    """Tell whether a name that is also an everyday word ("go", "spring") is the name here."""
    if match.form in ("alias", "joined") or not (forms.is_everyday or forms.is_rare):
        return True
    if _named_by_context(script, match):
        return True
    capital = script.words[match.first].text[:1].isupper()
    if match.first == 0 or script.words[match.first - 1].ends_sentence:
        return forms.is_rare and capital
    used = script.plain[match.first - 1] in form_data().before
    return (
        (used or (capital and not _follows_a_name(script, match)))
        if forms.is_rare
        else used and capital
    )


def _follows_a_name(script: Script, match: Match) -> bool:
    """Tell whether a capitalised word stands before: "Franz Kafka"."""
    return match.first > 1 and script.words[match.first - 1].text[:1].isupper()


def _named_by_context(script: Script, match: Match) -> bool:
    begin = max(0, match.first - CONTEXT_REACH)
    around = (
        script.plain[begin : match.first]
        + script.plain[match.last + 1 : match.last + 1 + CONTEXT_REACH]
    )
    if (
        script.plain[match.first] == "go"
        and "to" in script.plain[max(0, match.first - 1) : match.last + 2]
    ):
        return False  # "have to go to the server room"
    return any(word in form_data().context for word in around)
