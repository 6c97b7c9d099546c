"""Which of the expected keywords were said, in which form and when."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType

from pipeline.stages.curves import as_score
from pipeline.stages.explain import Finding, Measure, explain
from pipeline.stages.intervals import around
from pipeline.stages.keyword_forms import KeywordForms, keyword_forms
from pipeline.stages.keyword_search import Match, find_matches, holds_part
from pipeline.stages.thresholds import (
    FULL_CREDIT,
    MAX_SENTENCES,
    SOFT_COSINE,
    SOFT_COSINE_NEAR_MISS,
    SOFT_CREDIT,
    UNSURE_WORD,
)
from pipeline.stages.transcript import Passage, Script
from pipeline.stages.vectors import RememberingEncoder, cosine
from pipeline.values import Explanation


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
