"""Keyword score: which expected keywords an answer covers, and how they are found."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.domain.values import Explanation
from pipeline.scoring.confidence import around
from pipeline.scoring.curves import as_score
from pipeline.scoring.explain import Finding, Measure, explain
from pipeline.scoring.keywords.forms import (
    KeywordForms,
    form_data,
    keyword_forms,
    split_parts,
    stem,
)
from pipeline.scoring.lexicon import CLAUSE_BREAKS, NEGATIONS
from pipeline.scoring.relevance.topic import RememberingEncoder, cosine
from pipeline.scoring.thresholds import (
    CONTEXT_REACH,
    FULL_CREDIT,
    MAX_SENTENCES,
    NEGATION_REACH,
    SHORTEST_JOINED,
    SOFT_COSINE,
    SOFT_COSINE_NEAR_MISS,
    SOFT_CREDIT,
    SPREAD_REVERSED,
    UNSURE_WORD,
)
from pipeline.scoring.transcript import Passage, Script

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


@dataclass(frozen=True, slots=True)
class KeywordHit:
    """What became of one keyword."""

    keyword: str
    form: str  # "word" | "form" | "alias" | "joined" | "phrase" | "meaning" | "negated" | "missing"
    credit: float  # 0..1
    passage: Passage | None = None
    likeness: float | None = None  # cosine, of a match by meaning


def judge_keywords(
    script: Script,
    *,
    keywords: Sequence[str],
    encoder: RememberingEncoder | None,
    variants: Mapping[str, Sequence[str]] = MappingProxyType({}),
) -> Finding:
    """
    Return 0-100: the share of the expected keywords that the answer covers; None without any.

    `variants` are other accepted wordings of a keyword; they count in full.
    """
    wanted = list(dict.fromkeys(keyword.strip() for keyword in keywords if keyword.strip()))
    if not wanted:
        return Finding(score=None, reason="no_expected_keywords")
    accepted = {name.strip().lower(): tuple(ways) for name, ways in variants.items()}
    hits = [
        find_keyword(
            script, keyword_forms(keyword, accepted.get(keyword.lower(), ())), encoder=encoder
        )
        for keyword in wanted
    ]
    share = 100.0 / len(hits)
    score = as_score(sum(hit.credit for hit in hits) * share)
    return Finding(
        score=score,
        explanations=tuple(_explanation(hit, share) for hit in hits),
        measures={
            "keywords_expected": len(hits),
            "keywords_found": [_row(hit) for hit in hits if hit.credit],
            "keywords_missing": [hit.keyword for hit in hits if not hit.credit],
        },
        interval=around(
            score,
            share * sum(hit.credit for hit in hits if _is_sure(script, hit)),
            share * sum(1.0 for hit in hits if hit.credit),
        ),
    )


def find_keyword(
    script: Script, forms: KeywordForms, *, encoder: RememberingEncoder | None
) -> KeywordHit:
    """Look for one keyword: first the word, then its meaning; what is only denied does not count."""
    matches = find_matches(script, forms)
    affirmed = [match for match in matches if not match.negated]
    said = min(affirmed, key=lambda match: match.form == "phrase", default=None)
    if said is not None:
        credit = SOFT_CREDIT if said.form == "phrase" else FULL_CREDIT
        return KeywordHit(forms.keyword, said.form, credit, script.passage(said.first, said.last))
    if any(match.form != "phrase" for match in matches):
        denied: Match = next(match for match in matches if match.form != "phrase")
        return KeywordHit(forms.keyword, "negated", 0.0, script.passage(denied.first, denied.last))
    if encoder is None or forms.is_name:
        return KeywordHit(forms.keyword, "missing", 0.0)
    return _by_meaning(script, forms, encoder)


def _by_meaning(script: Script, forms: KeywordForms, encoder: RememberingEncoder) -> KeywordHit:
    spans = script.sentences[:MAX_SENTENCES]
    if not spans:
        return KeywordHit(forms.keyword, "missing", 0.0)
    passages = [script.passage(first, last) for first, last in spans]
    target = encoder.encode([forms.keyword])[0]
    vectors = encoder.encode([passage.text for passage in passages])
    likeness, best = max(
        ((cosine(target, vector), -index) for index, vector in enumerate(vectors)),
    )
    passage = passages[-best]
    near_miss = holds_part(script, forms, passage.first, passage.last)
    if likeness < (SOFT_COSINE_NEAR_MISS if near_miss else SOFT_COSINE):
        return KeywordHit(forms.keyword, "missing", 0.0, None, likeness)
    return KeywordHit(forms.keyword, "meaning", SOFT_CREDIT, passage, likeness)


def _is_sure(script: Script, hit: KeywordHit) -> bool:
    """Tell whether a hit rests on the word itself, and on words that were heard well."""
    if hit.passage is None or hit.credit < FULL_CREDIT:
        return False
    words = script.words[hit.passage.first : hit.passage.last + 1]
    return all(word.probability is None or word.probability >= UNSURE_WORD for word in words)


def _row(hit: KeywordHit) -> dict[str, object]:
    passage = hit.passage
    start = None if passage is None or passage.start is None else round(passage.start, 2)
    return {
        "keyword": hit.keyword,
        "form": hit.form,
        "credit": hit.credit,
        "said": passage.text if passage else "",
        "start_seconds": start,
        "end_seconds": None if passage is None or passage.end is None else round(passage.end, 2),
    }


def _explanation(hit: KeywordHit, share: float) -> Explanation:
    measure = (
        Measure(hit.likeness, "cosine")
        if hit.likeness is not None
        else Measure(hit.credit, "credit 0-1")
    )
    return explain(
        "keywords",
        f"keyword_{hit.form}",
        measure=measure,
        points=hit.credit * share,
        message=_message(hit),
        passage=hit.passage,
    )


def _message(hit: KeywordHit) -> str:
    name = f"\u201c{hit.keyword}\u201d"
    return {
        "word": f"You said {name}.",
        "form": f"You said {name} in another form.",
        "alias": f"You said {name} by another name.",
        "joined": f"You said {name}.",
        "phrase": f"You said {name} in other words; the word itself would count in full.",
        "meaning": f"You came near {name} in other words; the word itself would count in full.",
        "negated": f"You said that you do not have or know {name}, so it does not count.",
        "missing": f"You did not speak of {name}.",
    }[hit.form]
