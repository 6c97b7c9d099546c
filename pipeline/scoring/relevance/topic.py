"""Likeness of an answer to its question: sentence vectors, answer templates and topic terms."""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.domain.ports import SentenceEncoder
from pipeline.domain.values import QuestionBrief
from pipeline.scoring.curves import interpolate, mean
from pipeline.scoring.keywords.forms import stem
from pipeline.scoring.lexicon import FUNCTION_WORDS, spell_numbers
from pipeline.scoring.relevance.gates import has_reference
from pipeline.scoring.thresholds import (
    BEGINNINGS,
    BEST_SENTENCES,
    BY_SENTENCE_SHARE,
    CHUNK_WORDS,
    DERIVED_CURVE,
    FOREIGN_QUESTION_CURVE,
    FOREIGN_TOPIC_CURVE,
    MAX_SENTENCES,
    MIN_WORDS,
    POINT_MENTIONED,
    PROTOTYPE_SHARE,
    QUESTION_CURVE,
    REFERENCE_SHARE,
    SKETCH_COSINE,
    SPOKEN_CURVE,
    SPOKEN_POINTS,
    TECHNICAL_CURVE,
    TOPIC_CURVE,
    TOPIC_ONLY_CAP,
    WHOLE_SHARE,
)
from pipeline.scoring.transcript import Passage, Script, plain_words

Vector = list[float]


class RememberingEncoder:
    """Encodes every sentence once, for the time of one evaluation."""

    def __init__(self, encoder: SentenceEncoder) -> None:
        self._encoder = encoder
        self._known: dict[str, Vector] = {}

    def encode(self, sentences: Sequence[str]) -> list[Vector]:
        """Return one unit vector for each sentence."""
        new = [text for text in dict.fromkeys(sentences) if text not in self._known]
        if new:
            self._known.update(zip(new, self._encoder.encode(new), strict=True))
        return [self._known[text] for text in sentences]


def cosine(left: Vector, right: Vector) -> float:
    """Return the cosine of two unit vectors."""
    return sum(a * b for a, b in zip(left, right, strict=True))


def mean_vector(vectors: Sequence[Vector]) -> Vector:
    """Return the unit vector in the middle of several; the only one unchanged."""
    if len(vectors) == 1:
        return vectors[0]
    total = [sum(column) for column in zip(*vectors, strict=True)]
    length = sum(number * number for number in total) ** 0.5 or 1.0
    return [number / length for number in total]


_DATA = Path(__file__).parent.parent / "resources" / "answer_sketches.json"


@dataclass(frozen=True, slots=True)
class Sketch:
    """What people say when they answer a question of this kind."""

    name: str
    asks: tuple[str, ...]  # ways of asking it
    text: str  # declarative, first person


@cache
def all_sketches() -> tuple[Sketch, ...]:
    """Return every sketch of the data file."""
    rows = json.loads(_DATA.read_text(encoding="utf-8"))
    return tuple(Sketch(row["name"], tuple(row["asks"]), row["sketch"]) for row in rows)


def derive_sketch(question: str, *, encoder: RememberingEncoder) -> str:
    """Return the sketch whose questions are nearest to this one; empty when none is near enough."""
    wanted = encoder.encode([question])[0]
    asks = [(ask, sketch.text) for sketch in all_sketches() for ask in sketch.asks]
    vectors = encoder.encode([ask for ask, _ in asks])
    likeness, place = max((cosine(wanted, vector), -index) for index, vector in enumerate(vectors))
    return asks[-place][1] if likeness >= SKETCH_COSINE else ""


_SENTENCE_END = re.compile(r"(?<=[.?!])\s+")


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of the answer without the question's words, and where it stands."""

    text: str
    passage: Passage
    vector: Vector


@dataclass(frozen=True, slots=True)
class Topic:
    """How near the answer is to what was asked."""

    method: str  # "prototype" | "reference" | "derived" | "question"
    likeness: float  # the mix that the curve reads
    question_cosine: float
    anchor_cosine: float | None = None  # of the prototype or the reference points
    coverage: float | None = None  # share of the reference terms that were said
    missing: tuple[str, ...] = ()  # reference points nobody spoke of
    spoken: float | None = None  # likeness to question and points of a long answer in its own words
    is_foreign: bool = False  # measured by the multilingual encoder, whose cosines are others

    @property
    def score(self) -> float:
        """Points before the gates."""
        if self.is_foreign:
            if self.method == "question":
                return min(interpolate(self.likeness, FOREIGN_QUESTION_CURVE), TOPIC_ONLY_CAP)
            return interpolate(self.likeness, FOREIGN_TOPIC_CURVE)
        if self.method == "question":
            return min(interpolate(self.likeness, QUESTION_CURVE), TOPIC_ONLY_CAP)
        if self.method == "reference":
            spoken = 0.0 if self.spoken is None else interpolate(self.spoken, SPOKEN_CURVE)
            return max(interpolate(self.likeness, TECHNICAL_CURVE), spoken)
        if (
            self.method == "derived"
        ):  # a guess at what is usually said must not cost who says it otherwise
            by_question = interpolate(self.question_cosine, QUESTION_CURVE)
            return min(max(interpolate(self.likeness, DERIVED_CURVE), by_question), TOPIC_ONLY_CAP)
        return interpolate(self.likeness, TOPIC_CURVE)


def read_sentences(
    script: Script, *, kept: Sequence[int], encoder: RememberingEncoder
) -> list[Sentence]:
    """Return the sentences that still say something, with their vectors."""
    remaining = set(kept)
    found: list[tuple[str, Passage]] = []
    for first, last in script.sentences[:MAX_SENTENCES]:
        words = [script.plain[index] for index in range(first, last + 1) if index in remaining]
        if words:
            said = " ".join(words)
            spelt = spell_numbers(said) if script.lists.language == "en" else said
            found.append((spelt, script.passage(first, last)))
    vectors = encoder.encode([text for text, _ in found])
    return [
        Sentence(text=text, passage=passage, vector=vector)
        for (text, passage), vector in zip(found, vectors, strict=True)
    ]


def find_topic(
    sentences: Sequence[Sentence], *, question: QuestionBrief, encoder: RememberingEncoder
) -> Topic:
    """Measure the answer against its question's points, prototype, a general sketch, or the question alone."""
    whole = _whole_vectors(sentences, encoder)
    asked = _likeness(whole, sentences, encoder.encode([question.text])[0])
    if has_reference(question):
        return _reference_topic(whole, sentences, question, encoder, asked)
    parts = [*_SENTENCE_END.split(question.answer_prototype), *question.reference_points]
    method = "prototype"
    if not any(part.strip() for part in parts) and question.category != "technical":
        method = "derived"
        parts = _SENTENCE_END.split(derive_sketch(question.text, encoder=encoder))
    parts = [part.strip() for part in parts if part.strip()]
    if not parts:
        return Topic(method="question", likeness=asked, question_cosine=asked)
    near = _anchor_likeness(whole, sentences, parts=parts, encoder=encoder)
    mix = PROTOTYPE_SHARE * near + (1 - PROTOTYPE_SHARE) * asked
    return Topic(method=method, likeness=mix, question_cosine=asked, anchor_cosine=near)


def _anchor_likeness(
    whole: Sequence[Vector],
    sentences: Sequence[Sentence],
    *,
    parts: list[str],
    encoder: RememberingEncoder,
) -> float:
    vectors = encoder.encode(parts)
    nearest = sorted(
        (max(cosine(sentence.vector, vector) for vector in vectors) for sentence in sentences),
        reverse=True,
    )
    together = _likeness(whole, sentences, encoder.encode([" ".join(parts)])[0])
    by_sentence = mean(nearest[:BEST_SENTENCES])
    return BY_SENTENCE_SHARE * by_sentence + (1 - BY_SENTENCE_SHARE) * together


def _reference_topic(
    whole: Sequence[Vector],
    sentences: Sequence[Sentence],
    question: QuestionBrief,
    encoder: RememberingEncoder,
    asked: float,
) -> Topic:
    points = question.reference_points
    anchors = [*points, " ".join(points)]
    near = max(_likeness(whole, sentences, vector) for vector in encoder.encode(anchors))
    nearest = [
        max(cosine(sentence.vector, vector) for sentence in sentences)
        for vector in encoder.encode(points)
    ]
    coverage = term_coverage(
        " ".join(sentence.text for sentence in sentences),
        reference=" ".join(points),
        question=question.text,
    )
    words = sum(len(sentence.text.split()) for sentence in sentences)
    is_spoken = len(points) >= SPOKEN_POINTS and words >= MIN_WORDS
    return Topic(
        method="reference",
        likeness=REFERENCE_SHARE * near + (1 - REFERENCE_SHARE) * coverage,
        question_cosine=asked,
        spoken=(near + asked) / 2 if is_spoken else None,
        anchor_cosine=near,
        coverage=coverage,
        missing=tuple(
            point for point, near_ in zip(points, nearest, strict=True) if near_ < POINT_MENTIONED
        ),
    )


def term_coverage(answer: str, *, reference: str, question: str) -> float:
    """Return the share of the reference's own content words that the answer says; 0..1."""
    asked = {stem(word) for word in plain_words(question)}
    terms = {stem(word) for word in plain_words(reference) if word not in FUNCTION_WORDS} - asked
    said = {stem(word) for word in plain_words(answer)}
    return len(terms & said) / len(terms) if terms else 0.0


def _whole_vectors(sentences: Sequence[Sentence], encoder: RememberingEncoder) -> list[Vector]:
    """
    Return the vector of the whole answer and of its beginnings.

    A vector of many details lies further from everything: without the beginnings an answer would lose by
    going on. They end at set lengths, so that they stay the same when it does.
    """
    words: list[str] = []
    beginnings: list[str] = []
    steps = list(BEGINNINGS)
    for sentence in sentences:
        words += sentence.text.split()
        if steps and len(words) >= steps[0]:
            beginnings.append(" ".join(words[:CHUNK_WORDS]))
            steps = [step for step in steps if step > len(words)]
    chunks = [
        " ".join(words[begin : begin + CHUNK_WORDS]) for begin in range(0, len(words), CHUNK_WORDS)
    ]
    return [mean_vector(encoder.encode(chunks)), *encoder.encode(beginnings)]


def _likeness(whole: Sequence[Vector], sentences: Sequence[Sentence], anchor: Vector) -> float:
    best = sorted((cosine(sentence.vector, anchor) for sentence in sentences), reverse=True)
    together = max(cosine(vector, anchor) for vector in whole)
    return WHOLE_SHARE * together + (1 - WHOLE_SHARE) * mean(best[:BEST_SENTENCES])
