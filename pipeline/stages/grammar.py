"""Errors of grammar that a listener hears; case, commas and spelling are the recogniser's business."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.ports import GrammarChecker, GrammarFlag, LinguisticParser
from pipeline.stages.curves import as_score, band, interpolate
from pipeline.stages.explain import Finding, Measure, explain
from pipeline.stages.spoken_rules import find_spoken_errors
from pipeline.stages.thresholds import GRAMMAR_BANDS, GRAMMAR_CURVE, MIN_WORDS, UNSURE_WORD
from pipeline.stages.transcript import Passage, Script
from pipeline.values import Explanation

# Heard among fluent speakers, or raised falsely where the recogniser's text has no commas.
_SPOKEN_FREELY = frozenset(
    {"SubjunctiveWasToWere", "ThisTypeOfThing", "MassNouns", "DoToDueTo", "InterestedIn"}
)
_FIRST_PERSON = re.compile(r"\bi\b")


@dataclass(frozen=True, slots=True)
class CheckedText:
    """The text that the rules read, and the script's word behind every stretch of it."""

    text: str
    spans: tuple[tuple[int, int, int], ...]  # start, end, index in the script

    def words_of(self, flag: GrammarFlag) -> list[int]:
        """Return the script's words that a flag covers."""
        return [index for start, end, index in self.spans if start < flag.end and end > flag.start]


@dataclass(frozen=True, slots=True)
class Slip:
    """An error with the literal words that show it."""

    rule: str
    passage: Passage
    message: str
    correction: str


def judge_grammar(script: Script, *, parser: LinguisticParser, checker: GrammarChecker) -> Finding:
    """Return 0-100 from the density of heard errors; None below `MIN_WORDS` words."""
    checked = checked_text(script)
    words = len(checked.spans)
    engine = f"spoken rules + {checker.engine}"
    if words < MIN_WORDS:
        return Finding(score=None, reason="too_short", measures={"grammar_engine": engine})
    slips = find_slips(script, checked, parser=parser, checker=checker)
    density = 100.0 * len(slips) / words
    score = as_score(interpolate(density, GRAMMAR_CURVE))
    return Finding(
        score=score,
        explanations=_explanations(slips, density, score),
        measures={
            "grammar_engine": engine,
            "grammar_band": band(score, GRAMMAR_BANDS),
            "grammar_words_checked": words,
            "grammar_flags_per_100_words": round(density, 2),
            "grammar_flags": [_row(slip) for slip in slips],
        },
    )


def checked_text(script: Script) -> CheckedText:
    """Write the answer as it was spoken: no fillers, repeats, unsure words, commas or capitals."""
    pieces: list[str] = []
    spans: list[tuple[int, int, int]] = []
    length, begins = 0, True
    for index in script.clean:
        word = script.words[index]
        if word.probability is not None and word.probability < UNSURE_WORD:
            continue
        piece = _FIRST_PERSON.sub("I", word.plain)
        piece = piece[:1].upper() + piece[1:] if begins else piece
        begins = word.ends_sentence
        spans.append((length, length + len(piece), index))
        pieces.append(f"{piece}." if begins else piece)
        length += len(pieces[-1]) + 1
    return CheckedText(text=" ".join(pieces), spans=tuple(spans))


def find_slips(
    script: Script, checked: CheckedText, *, parser: LinguisticParser, checker: GrammarChecker
) -> list[Slip]:
    """Return the errors in order; where both engines flag the same words, the first one's."""
    flags = find_spoken_errors(parser.parse(checked.text))
    flags += [flag for flag in checker.check(checked.text) if flag.rule not in _SPOKEN_FREELY]
    taken: set[int] = set()
    slips: list[Slip] = []
    for flag in sorted(flags, key=lambda flag: (flag.start, flag.end, flag.rule)):
        words = checked.words_of(flag)
        if not words or taken & set(words) or _bridges_a_gap(script, words, flag):
            continue
        taken.update(words)
        slips.append(_slip(script, words, flag))
    return slips


def _bridges_a_gap(script: Script, words: Sequence[int], flag: GrammarFlag) -> bool:
    """Tell whether words that are not neighbours in the speech only look so in the checked text."""
    between = set(range(words[0], words[-1] + 1)) - set(words)
    if flag.rule == "article":  # "a, um, engineer" is a pause, not an error
        return bool(between)
    sure = [script.words[index].probability for index in between]
    return any(probability is not None and probability < UNSURE_WORD for probability in sure)


def _slip(script: Script, words: Sequence[int], flag: GrammarFlag) -> Slip:
    return Slip(
        rule=flag.rule,
        passage=script.passage(words[0], words[-1]),
        message=flag.message,
        correction=flag.suggestions[0] if flag.suggestions else "",
    )


def _row(slip: Slip) -> dict[str, object]:
    return {
        "rule": slip.rule,
        "quote": slip.passage.text,
        "correction": slip.correction,
        "start_seconds": None if slip.passage.start is None else round(slip.passage.start, 2),
        "end_seconds": None if slip.passage.end is None else round(slip.passage.end, 2),
    }


def _explanations(slips: Sequence[Slip], density: float, score: float) -> tuple[Explanation, ...]:
    best = interpolate(0.0, GRAMMAR_CURVE)
    base = explain(
        "grammar",
        "errors_heard",
        measure=Measure(density, "per 100 words"),
        points=best,
        message=(
            f"Begins at {best:.0f}: the rules hear only a part of all errors, so read this as a band, "
            "not as an exact measure."
        ),
    )
    cost = (score - best) / len(slips) if slips else 0.0
    return (base, *(_slip_row(slip, cost) for slip in slips))


def _slip_row(slip: Slip, cost: float) -> Explanation:
    advice = f" Say \u201c{slip.correction}\u201d." if slip.correction else ""
    return explain(
        "grammar",
        slip.rule,
        measure=Measure(1.0, "flag"),
        points=cost,
        message=f"{slip.message}{advice}",
        passage=slip.passage,
    )
