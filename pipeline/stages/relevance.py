"""Whether the answer is about what was asked."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.stages.curves import as_score, interpolate, mean
from pipeline.stages.explain import Finding, Measure, explain, shorten
from pipeline.stages.gates import Gate, cut_question, find_gate, has_reference, new_words
from pipeline.stages.keyword_forms import stem
from pipeline.stages.lexicon import FUNCTION_WORDS
from pipeline.stages.thresholds import (
    BEST_SENTENCES,
    BY_SENTENCE_SHARE,
    CHUNK_WORDS,
    DRIFT_BELOW,
    MAX_SENTENCES,
    POINT_MENTIONED,
    PROTOTYPE_SHARE,
    QUESTION_CURVE,
    QUOTE_WORDS,
    REFERENCE_SHARE,
    TECHNICAL_CURVE,
    TOPIC_CURVE,
    TOPIC_ONLY_CAP,
    WHOLE_SHARE,
)
from pipeline.stages.transcript import Passage, Script, plain_words
from pipeline.stages.vectors import RememberingEncoder, Vector, cosine, mean_vector
from pipeline.values import Explanation, QuestionBrief

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

    method: str  # "prototype" | "reference" | "question"
    likeness: float  # the mix that the curve reads
    question_cosine: float
    anchor_cosine: float | None = None  # of the prototype or the reference points
    coverage: float | None = None  # share of the reference terms that were said
    missing: tuple[str, ...] = ()  # reference points nobody spoke of

    @property
    def score(self) -> float:
        """Points before the gates."""
        if self.method == "question":
            return min(interpolate(self.likeness, QUESTION_CURVE), TOPIC_ONLY_CAP)
        curve = TECHNICAL_CURVE if self.method == "reference" else TOPIC_CURVE
        return interpolate(self.likeness, curve)


def judge_relevance(
    script: Script, *, question: QuestionBrief, encoder: RememberingEncoder
) -> Finding:
    """Return 0-100: how near the answer is to the question, less what empty talk costs."""
    kept = cut_question(script, question=question.text)
    gate = find_gate(script, kept=kept, question=question)
    if gate.factor == 0.0 or not kept:
        return _refusal(script, gate)
    sentences = read_sentences(script, kept=kept, encoder=encoder)
    topic = find_topic(sentences, question=question, encoder=encoder)
    score = as_score(topic.score * gate.factor)
    return Finding(
        score=score,
        explanations=_explanations(script, topic, gate, sentences, encoder, question),
        measures=_measures(topic, gate, len(new_words(script, kept=kept, question=question))),
    )


def read_sentences(
    script: Script, *, kept: Sequence[int], encoder: RememberingEncoder
) -> list[Sentence]:
    """Return the sentences that still say something, with their vectors."""
    remaining = set(kept)
    found: list[tuple[str, Passage]] = []
    for first, last in script.sentences[:MAX_SENTENCES]:
        words = [script.words[index].text for index in range(first, last + 1) if index in remaining]
        if words:
            found.append((" ".join(words), script.passage(first, last)))
    vectors = encoder.encode([text for text, _ in found])
    return [
        Sentence(text=text, passage=passage, vector=vector)
        for (text, passage), vector in zip(found, vectors, strict=True)
    ]


def find_topic(
    sentences: Sequence[Sentence], *, question: QuestionBrief, encoder: RememberingEncoder
) -> Topic:
    """Measure the answer against the reference points, else the prototype, else the question."""
    whole = _whole_vector(sentences, encoder)
    asked = _likeness(whole, sentences, encoder.encode([question.text])[0])
    if has_reference(question):
        return _reference_topic(whole, sentences, question, encoder, asked)
    parts = [*_SENTENCE_END.split(question.answer_prototype), *question.reference_points]
    parts = [part.strip() for part in parts if part.strip()]
    if not parts:
        return Topic(method="question", likeness=asked, question_cosine=asked)
    near = _anchor_likeness(whole, sentences, parts=parts, encoder=encoder)
    mix = PROTOTYPE_SHARE * near + (1 - PROTOTYPE_SHARE) * asked
    return Topic(method="prototype", likeness=mix, question_cosine=asked, anchor_cosine=near)


def _anchor_likeness(
    whole: Vector, sentences: Sequence[Sentence], *, parts: list[str], encoder: RememberingEncoder
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
    whole: Vector,
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
    return Topic(
        method="reference",
        likeness=REFERENCE_SHARE * near + (1 - REFERENCE_SHARE) * coverage,
        question_cosine=asked,
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


def _whole_vector(sentences: Sequence[Sentence], encoder: RememberingEncoder) -> Vector:
    words = " ".join(sentence.text for sentence in sentences).split()
    chunks = [
        " ".join(words[begin : begin + CHUNK_WORDS]) for begin in range(0, len(words), CHUNK_WORDS)
    ]
    return mean_vector(encoder.encode(chunks))


def _likeness(whole: Vector, sentences: Sequence[Sentence], anchor: Vector) -> float:
    best = sorted((cosine(sentence.vector, anchor) for sentence in sentences), reverse=True)
    return WHOLE_SHARE * cosine(whole, anchor) + (1 - WHOLE_SHARE) * mean(best[:BEST_SENTENCES])


def _refusal(script: Script, gate: Gate) -> Finding:
    row = explain(
        "relevance",
        gate.rule,
        measure=Measure(gate.value, gate.unit),
        points=0.0,
        message=gate.message,
        passage=script.opening(words=QUOTE_WORDS),
    )
    return Finding(
        score=0.0,
        explanations=(row,),
        measures={"relevance_gate": gate.rule, "relevance_gate_factor": 0.0},
    )


def _explanations(
    script: Script,
    topic: Topic,
    gate: Gate,
    sentences: Sequence[Sentence],
    encoder: RememberingEncoder,
    question: QuestionBrief,
) -> tuple[Explanation, ...]:
    anchor = encoder.encode([question.answer_prototype or question.text])[0]
    ranked = sorted(sentences, key=lambda sentence: cosine(sentence.vector, anchor))
    rows = [
        explain(
            "relevance",
            f"topic_{topic.method}",
            measure=Measure(topic.likeness, "cosine"),
            points=topic.score,
            message=_topic_message(topic),
            passage=shorten(script, ranked[-1].passage, words=2 * QUOTE_WORDS),
        )
    ]
    if gate.factor < 1.0:
        rows.append(_gate_row(gate, topic, shorten(script, ranked[0].passage, words=QUOTE_WORDS)))
    if len(ranked) > 1 and topic.score * gate.factor < DRIFT_BELOW:
        rows.append(
            _drift_row(
                cosine(ranked[0].vector, anchor),
                shorten(script, ranked[0].passage, words=QUOTE_WORDS),
            )
        )
    rows += [_missing_row(point) for point in topic.missing]
    return tuple(rows)


def _gate_row(gate: Gate, topic: Topic, passage: Passage) -> Explanation:
    return explain(
        "relevance",
        gate.rule,
        measure=Measure(gate.value, gate.unit),
        points=topic.score * (gate.factor - 1.0),
        message=gate.message,
        passage=passage,
    )


def _drift_row(nearness: float, passage: Passage) -> Explanation:
    return explain(
        "relevance",
        "farthest_sentence",
        measure=Measure(nearness, "cosine"),
        points=0.0,
        message="Of all your sentences this one says least about the question.",
        passage=passage,
    )


def _missing_row(point: str) -> Explanation:
    return explain(
        "relevance",
        "point_missing",
        measure=Measure(None, "cosine"),
        points=0.0,
        message=f"A full answer would also say: {point}",
    )


def _topic_message(topic: Topic) -> str:
    if topic.method == "reference":
        return (
            "Compared with the points that a good answer contains; your nearest words are quoted."
        )
    if topic.method == "prototype":
        return "Compared with a sketch of an answer and with the question; your nearest words are quoted."
    return (
        "Topic only: there is no sample answer for this question, so only closeness to its words "
        f"was measured, and {TOPIC_ONLY_CAP:.0f} is the most it can give."
    )


def _measures(topic: Topic, gate: Gate, new_word_count: int) -> dict[str, object]:
    return {
        "relevance_method": topic.method,
        "topic_cosine": round(topic.likeness, 3),
        "question_cosine": round(topic.question_cosine, 3),
        "anchor_cosine": None if topic.anchor_cosine is None else round(topic.anchor_cosine, 3),
        "reference_terms_covered_percent": (
            None if topic.coverage is None else round(100 * topic.coverage, 1)
        ),
        "reference_points_missing": list(topic.missing),
        "relevance_gate": gate.rule,
        "relevance_gate_factor": round(gate.factor, 3),
        "new_content_words": new_word_count,
    }
