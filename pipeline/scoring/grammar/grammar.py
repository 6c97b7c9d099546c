"""Grammar score of spoken English: flagged errors and usual wording."""

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from pipeline.domain.ports import GrammarChecker, GrammarFlag, LinguisticParser, WordingModel
from pipeline.domain.values import Explanation
from pipeline.scoring.confidence import grammar_interval
from pipeline.scoring.curves import as_score, band, interpolate, mean
from pipeline.scoring.explain import Finding, Measure, explain
from pipeline.scoring.grammar.spoken_rules import find_spoken_errors
from pipeline.scoring.lexicon import spell_numbers
from pipeline.scoring.thresholds import (
    GRAMMAR_BANDS,
    GRAMMAR_CURVE,
    GRAMMAR_STEP,
    MIN_WORDS,
    QUOTE_WORDS,
    READ_WORDS,
    SHORT_GRAMMAR,
    UNSURE_WORD,
    WORDING_PAIRS_CURVE,
)
from pipeline.scoring.transcript import Passage, Script

_SENTENCE = re.compile(r"\S(?:.*?)(?:\.(?=\s|$)|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Wording:
    """What the wording of a text adds to the grammar score, or takes from it."""

    value: float  # mean logarithm: how much likelier each word is in its place than anywhere
    points: float  # signed


def judge_wording(text: str, *, model: WordingModel) -> Wording:
    """Measure a checked text."""
    pairs = [pair for read in model.read(list(_segments(text))) for pair in read]
    value = mean([pair.log_probability - pair.usual for pair in pairs])
    return Wording(value, interpolate(value, WORDING_PAIRS_CURVE))


def _segments(text: str) -> Iterator[str]:
    """Yield the sentences of a checked text, those over `READ_WORDS` words in parts."""
    for sentence in _SENTENCE.finditer(text):
        words = list(re.finditer(r"\S+", sentence.group()))
        for begin in range(0, len(words), READ_WORDS):
            part = words[begin : begin + READ_WORDS]
            yield sentence.group()[part[0].start() : part[-1].end()]


# Heard among fluent speakers, or raised falsely where the recogniser's text has no commas.
_SPOKEN_FREELY = frozenset(
    {"SubjunctiveWasToWere", "ThisTypeOfThing", "MassNouns", "DoToDueTo", "InterestedIn"}
)
ROUNDING = 0.35  # points; what rounding each row to one decimal may come to
_FIRST_PERSON = re.compile(r"\bi\b")


@dataclass(frozen=True, slots=True)
class CheckedText:
    """The text that the rules read, and the script's word behind every stretch of it."""

    text: str
    spans: tuple[tuple[int, int, int], ...]  # start, end, index in the script

    def words_of(self, flag: GrammarFlag) -> list[int]:
        """Return the script's words that a flag covers."""
        first = bisect_right(self.spans, flag.start, key=lambda span: span[1])
        beyond = bisect_left(self.spans, flag.end, key=lambda span: span[0])
        return [index for _, _, index in self.spans[first:beyond]]


@dataclass(frozen=True, slots=True)
class Slip:
    """An error with the literal words that show it."""

    rule: str
    passage: Passage
    message: str
    correction: str


@dataclass(frozen=True, slots=True)
class Grammar:
    """What was measured in one text."""

    words: int
    slips: tuple[Slip, ...]
    wording: Wording

    @property
    def density(self) -> float:
        """Errors per 100 words."""
        return 100.0 * len(self.slips) / max(self.words, 1)

    @property
    def reach(self) -> int:
        """The words that the errors are held against: in few words one error may be chance."""
        return max(self.words, SHORT_GRAMMAR)

    @property
    def counted(self) -> float:
        """Errors per 100 words as they count."""
        return 100.0 * len(self.slips) / self.reach

    @property
    def score(self) -> float:
        """Points, not rounded."""
        points = interpolate(self.counted, GRAMMAR_CURVE) + self.wording.points
        return min(100.0, max(0.0, points))


def judge_grammar(
    script: Script,
    *,
    parser: LinguisticParser,
    checker: GrammarChecker,
    wording: WordingModel | None = None,
) -> Finding:
    """Return 0-100 from heard errors and how usual the wording is; None below `MIN_WORDS` words."""
    checked = checked_text(script)
    words = len(checked.spans)
    engine = f"spoken rules + {checker.engine}" + (f" + {wording.engine}" if wording else "")
    if words < MIN_WORDS:
        return Finding(score=None, reason="too_short", measures={"grammar_engine": engine})
    grammar = measure_grammar(script, checked, parser=parser, checker=checker, wording=wording)
    score = as_score(grammar.score)
    if words < SHORT_GRAMMAR:  # a band: so few words show no decimals
        score = as_score(GRAMMAR_STEP * round(grammar.score / GRAMMAR_STEP))
    return Finding(
        score=score,
        explanations=_explanations(script, grammar, score),
        measures={
            "grammar_engine": engine,
            "grammar_band": band(score, GRAMMAR_BANDS),
            "grammar_words_checked": words,
            "grammar_flags_per_100_words": round(grammar.density, 2),
            "grammar_flags": [_row(slip) for slip in grammar.slips],
            "usual_wording": None if wording is None else round(grammar.wording.value, 3),
        },
        interval=grammar_interval(
            score,
            errors=grammar.counted * grammar.reach / 100.0,
            words=grammar.reach,
            wording=grammar.wording.points,
        ),
    )


def measure_grammar(
    script: Script,
    checked: CheckedText,
    *,
    parser: LinguisticParser,
    checker: GrammarChecker,
    wording: WordingModel | None = None,
) -> Grammar:
    """Measure a text of any length."""
    tokens = parser.parse(checked.text)
    usual = Wording(value=0.0, points=0.0)
    if wording is not None:
        usual = judge_wording(checked.text, model=wording)
    flags = find_spoken_errors(tokens)
    flags += [flag for flag in checker.check(checked.text) if flag.rule not in _SPOKEN_FREELY]
    slips = sorted(_find_slips(script, checked, flags), key=lambda slip: slip.passage.first)
    return Grammar(words=len(checked.spans), slips=tuple(slips), wording=usual)


def checked_text(script: Script) -> CheckedText:
    """Write the answer as it was spoken: no fillers, repeats, unsure words, commas or capitals."""
    pieces: list[str] = []
    spans: list[tuple[int, int, int]] = []
    length, begins = 0, True
    for index in script.clean:
        word = script.words[index]
        if word.probability is not None and word.probability < UNSURE_WORD:
            continue
        piece = _FIRST_PERSON.sub("I", spell_numbers(word.plain))
        piece = piece[:1].upper() + piece[1:] if begins else piece
        begins = word.ends_sentence
        spans.append((length, length + len(piece), index))
        pieces.append(f"{piece}." if begins else piece)
        length += len(pieces[-1]) + 1
    return CheckedText(text=" ".join(pieces), spans=tuple(spans))


def _find_slips(script: Script, checked: CheckedText, flags: Sequence[GrammarFlag]) -> list[Slip]:
    """Return the errors in order; where two flags cover the same words, the first one's."""
    slips: list[Slip] = []
    taken: set[int] = set()
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
    if flag.rule == "article" or flag.kind == "Usage":  # "a, um, engineer" is a pause, not an error
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


def _explanations(script: Script, grammar: Grammar, score: float) -> tuple[Explanation, ...]:
    best = interpolate(0.0, GRAMMAR_CURVE)
    usual = grammar.wording
    base = explain(
        "grammar",
        "errors_heard",
        measure=Measure(grammar.counted, "per 100 words"),
        points=best,
        message=(
            f"Begins at {best:.0f}: the rules hear only a part of all errors, so read this as a band, "
            "not as an exact measure."
        ),
    )
    wording = explain(
        "grammar",
        "usual_wording",
        measure=Measure(usual.value, "mean log ratio"),
        points=usual.points,
        message=(
            "Word by word, your sentences run as fluent English does."
            if usual.points >= 0
            else "Word by word, your sentences often run otherwise than fluent English does."
        ),
        passage=None if grammar.slips else script.smoothest(words=QUOTE_WORDS),
    )
    cost = interpolate(grammar.counted, GRAMMAR_CURVE) - best
    rows = [_slip_row(slip, cost / len(grammar.slips)) for slip in grammar.slips]
    rest = score - sum(row.points for row in (base, wording, *rows))
    if abs(rest) < ROUNDING:
        return (base, wording, *rows)
    return (base, wording, *rows, _band_row(grammar.words, rest))


def _band_row(words: int, points: float) -> Explanation:
    return explain(
        "grammar",
        "rounded",
        measure=Measure(float(words), "words"),
        points=points,
        message="Rounded: so few words show a band, and the scale ends at 0 and 100.",
    )


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
