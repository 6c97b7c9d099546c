"""What keeps empty talk from looking relevant: echo, lists of words, "I don't know"."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.domain.values import QuestionBrief
from pipeline.scoring.curves import interpolate
from pipeline.scoring.keywords.forms import stem_in
from pipeline.scoring.lexicon import LIST_GLUE, bare
from pipeline.scoring.thresholds import (
    CLICHE_CURVE,
    FUNCTION_WORDS_CURVE,
    LIST_WORDS,
    NEW_WORDS_CURVE,
    NON_ANSWER_WORDS,
    OWN_WORDS_CURVE,
    OWN_WORDS_LEAST,
    OWN_WORDS_REACH,
    QUESTION_NGRAM,
    REFERENCE_WORDS_CURVE,
    VARIETY_CURVE,
    Curve,
)
from pipeline.scoring.transcript import Script, plain_words


@dataclass(frozen=True, slots=True)
class Gate:
    """What the topic's points are multiplied with, and why."""

    rule: str
    factor: float  # 0..1
    value: float
    unit: str
    message: str


def cut_question(script: Script, *, question: str) -> list[int]:
    """Return the indices of the answer's words that are no fillers and no runs of the question."""
    asked = plain_words(question)
    runs = _ngrams(asked)
    kept = [index for index in script.spoken if script.plain[index]]
    words = [script.plain[index] for index in kept]
    echoed: set[int] = set()
    for begin, run in enumerate(
        zip(*(words[step:] for step in range(QUESTION_NGRAM)), strict=False)
    ):
        if run in runs:
            echoed.update(kept[begin : begin + QUESTION_NGRAM])
    return [index for index in kept if index not in echoed]


def new_words(script: Script, *, kept: Sequence[int], question: QuestionBrief) -> set[str]:
    """Return the stems of content words that the question did not bring, or that a good answer needs."""
    asked = {stem_in(script.language, word) for word in plain_words(question.text)}
    points = plain_words(" ".join(question.reference_points))
    wanted = {stem_in(script.language, word) for word in points}
    return {
        stem_in(script.language, word)
        for word in (script.plain[index] for index in kept)
        if is_content(script, word) and word not in script.lists.meta_words
    } - (asked - wanted)


def is_content(script: Script, word: str) -> bool:
    """Tell whether a word says something by itself."""
    return word not in script.lists.function_words and bare(word) not in script.lists.function_words


def has_reference(question: QuestionBrief) -> bool:
    """Tell whether the answer can be held against the points of a good one."""
    return question.category == "technical" and bool(question.reference_points)


def find_gate(script: Script, *, kept: Sequence[int], question: QuestionBrief) -> Gate:
    """Return the strictest gate that the answer meets."""
    fresh = new_words(script, kept=kept, question=question)
    curve = REFERENCE_WORDS_CURVE if has_reference(question) else NEW_WORDS_CURVE
    gates = [
        _non_answer_gate(script, kept, len(fresh)),  # first: it names the cause best
        _content_gate(script, kept, len(fresh), curve),
    ]
    if len(kept) >= LIST_WORDS or not has_reference(question):
        gates.append(_function_word_gate(script, kept))
    gates += [_variety_gate(script, kept), _cliche_gate(script, kept)]
    gates.append(_own_words_gate(script, kept, question))
    return min(gates, key=lambda gate: gate.factor)


def _content_gate(script: Script, kept: Sequence[int], fresh: int, curve: Curve) -> Gate:
    echo = len(kept) < len(script.spoken) / 2
    return Gate(
        rule="repeats_question" if echo else "little_content",
        factor=interpolate(fresh, curve),
        value=float(fresh),
        unit="new content words",
        message=(
            "Most of this repeats the question; what counts is what you add to it."
            if echo
            else "There is little in the answer beyond the question's own words; add what you did or know."
        ),
    )


def _non_answer_gate(script: Script, kept: Sequence[int], fresh: int) -> Gate:
    said = " ".join(script.plain[index] for index in kept)
    phrase = next((phrase for phrase in script.lists.non_answers if phrase in said), "")
    refused = bool(phrase) and fresh <= NON_ANSWER_WORDS
    return Gate(
        rule="non_answer",
        factor=0.0 if refused else 1.0,
        value=float(fresh),
        unit="new content words",
        message=(
            "Nobody knows everything, and saying so is honest; but do not end there. Say what you do know about "
            "it, or how you would find out."
        ),
    )


def _function_word_gate(script: Script, kept: Sequence[int]) -> Gate:
    words = [script.plain[index] for index in kept]
    little = sum(word not in LIST_GLUE and _holds_function_word(script, word) for word in words)
    share = little / max(len(words), 1)
    return Gate(
        rule="list_of_words",
        factor=interpolate(share, FUNCTION_WORDS_CURVE),
        value=share,
        unit="share of function words",
        message="This reads as a list of words; put them into sentences that say what you did.",
    )


def _holds_function_word(script: Script, word: str) -> bool:
    """Tell whether a word is one of the little ones, or begins with one: "l'équipe"."""
    return word in script.lists.function_words or (
        script.lists.language == "fr" and bare(word) != word
    )


def _variety_gate(script: Script, kept: Sequence[int]) -> Gate:
    content = [script.plain[index] for index in kept if is_content(script, script.plain[index])]
    reach = content[:100]  # longer answers come back to the same words for good reason
    variety = len(set(reach)) / len(reach) if reach else 1.0
    return Gate(
        rule="same_words_again",
        factor=interpolate(variety, VARIETY_CURVE),
        value=variety,
        unit="share of different content words",
        message="The same words come back again and again; say each thing once and go on.",
    )


def _cliche_gate(script: Script, kept: Sequence[int]) -> Gate:
    words = [script.plain[index].replace("-", " ") for index in kept]
    said = f" {' '.join(words)} "
    content = sum(is_content(script, word) for word in said.split())
    praise = 0
    for phrase in script.lists.cliches:  # longer ones first: none is counted twice
        praise += said.count(f" {phrase} ") * sum(
            is_content(script, word) for word in phrase.split()
        )
        said = said.replace(f" {phrase} ", " | ")
    share = praise / content if content else 0.0
    return Gate(
        rule="praise_without_example",
        factor=interpolate(share, CLICHE_CURVE),
        value=share,
        unit="share of content words",
        message=(
            "Much of this is general praise of yourself that anybody could say; one concrete example "
            "would prove it."
        ),
    )


def _own_words_gate(script: Script, kept: Sequence[int], question: QuestionBrief) -> Gate:
    """Many words that fit any question say less than a few of one's own; a short answer is given the benefit."""
    reach = kept[:OWN_WORDS_REACH]  # longer answers come back to the same words for good reason
    everyday = {stem_in(script.language, word) for word in script.lists.everyday_words}
    own = new_words(script, kept=reach, question=question) - everyday
    share = len(own) / len(reach) if reach else 1.0
    judged = bool(everyday) and len(reach) >= OWN_WORDS_LEAST
    return Gate(
        rule="fits_any_question",
        factor=interpolate(share, OWN_WORDS_CURVE) if judged else 1.0,
        value=share,
        unit="share of words of its own",
        message=(
            "Nearly all of this could be said to any question. Say who, what, where and when: one thing that "
            "really happened, or one that you would really do."
        ),
    )


def _ngrams(words: Sequence[str]) -> set[tuple[str, ...]]:
    return set(zip(*(words[step:] for step in range(QUESTION_NGRAM)), strict=False))
