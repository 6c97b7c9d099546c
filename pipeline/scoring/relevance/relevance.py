"""Whether the answer is about what was asked."""

from collections.abc import Sequence
from dataclasses import replace

from pipeline.domain.values import Explanation, QuestionBrief
from pipeline.scoring.confidence import relevance_interval
from pipeline.scoring.curves import as_score
from pipeline.scoring.explain import Finding, Measure, explain, shorten
from pipeline.scoring.relevance.gates import Gate, cut_question, find_gate, is_content, new_words
from pipeline.scoring.relevance.topic import (
    RememberingEncoder,
    Sentence,
    Topic,
    cosine,
    find_topic,
    read_sentences,
)
from pipeline.scoring.thresholds import (
    DRIFT_BELOW,
    DRIFT_CONTENT,
    DRIFT_WORDS,
    QUOTE_WORDS,
    TOPIC_ONLY_CAP,
)
from pipeline.scoring.transcript import Passage, Script


def judge_relevance(
    script: Script, *, question: QuestionBrief, encoder: RememberingEncoder
) -> Finding:
    """Return 0-100: how near the answer is to the question, less what empty talk costs."""
    is_foreign = script.lists.language != "en"
    if is_foreign:
        question = _without_terms(question)
    kept = cut_question(script, question=question.text)
    gate = find_gate(script, kept=kept, question=question)
    if gate.factor == 0.0 or not kept:
        return _refusal(script, gate)
    sentences = read_sentences(script, kept=kept, encoder=encoder)
    topic = replace(
        find_topic(sentences, question=question, encoder=encoder), is_foreign=is_foreign
    )
    score = as_score(topic.score * gate.factor)
    return Finding(
        score=score,
        explanations=_explanations(script, topic, gate, sentences, encoder, question),
        measures=_measures(topic, gate, len(new_words(script, kept=kept, question=question))),
        interval=relevance_interval(
            score,
            topic.likeness,
            points=lambda likeness: replace(topic, likeness=likeness).score * gate.factor,
        ),
    )


def _without_terms(question: QuestionBrief) -> QuestionBrief:
    """
    Return the question with its prototype alone, or with its points in the place of one.

    They are in English. In an answer in another language their words cannot be counted, but their meaning can be
    compared, a prototype's best; and no sketch is derived, as the bound for that was measured on English.
    """
    points = " ".join(f"{point.rstrip('.')}." for point in question.reference_points)
    whole = question.answer_prototype.strip() or points
    return replace(question, category="technical", answer_prototype=whole, reference_points=())


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
        interval=(0.0, 0.0),
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
    long = [each for each in ranked if _says_something(script, each.passage)]
    if len(long) > 1 and topic.score * gate.factor < DRIFT_BELOW:
        nearness = cosine(long[0].vector, anchor)
        rows.append(_drift_row(nearness, shorten(script, long[0].passage, words=QUOTE_WORDS)))
    rows += [_missing_row(point) for point in topic.missing]
    return tuple(rows)


def _says_something(script: Script, passage: Passage) -> bool:
    """Tell whether a sentence is worth naming: "Um, so, let me think about that" leads nobody astray."""
    spoken = script.spoken_in(passage.first, passage.last)
    content = {script.plain[index] for index in spoken if is_content(script, script.plain[index])}
    return len(spoken) >= DRIFT_WORDS and len(content) >= DRIFT_CONTENT


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
    if topic.method == "derived":
        return (
            "Topic only: there is no sample answer for this question, so it was compared with what people "
            f"usually say to such a question, and {TOPIC_ONLY_CAP:.0f} is the most it can give."
        )
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
