"""Evaluation of one answer: whether it can be scored, and the four metrics."""

from collections.abc import Mapping
from dataclasses import replace

from pipeline.domain.ports import Judges
from pipeline.domain.values import METRICS, Evaluation, MetricName, QuestionBrief, Sound, Transcript
from pipeline.scoring.curves import as_score
from pipeline.scoring.explain import Finding
from pipeline.scoring.feedback.answer_summary import suggest, summarize
from pipeline.scoring.fluency.fluency import judge_fluency
from pipeline.scoring.grammar.grammar import judge_grammar
from pipeline.scoring.keywords.keywords import judge_keywords
from pipeline.scoring.lexicon import HEDGES
from pipeline.scoring.observations import observe
from pipeline.scoring.relevance.relevance import judge_relevance
from pipeline.scoring.relevance.topic import RememberingEncoder
from pipeline.scoring.thresholds import (
    ASKED_LANGUAGE_LEAST,
    CLIPPED_MOST,
    LEVEL_LEAST,
    MIN_CONFIDENCE,
    MIN_WORDS,
    SCORER_VERSION,
    UNSURE_WORD,
)
from pipeline.scoring.transcript import Script, read_script


def find_reasons(script: Script, transcript: Transcript, judges: Judges) -> tuple[str, ...]:
    """Return why the answer gets no grade; nothing where it does."""
    reasons: list[str] = []
    if len(script.spoken) < MIN_WORDS:
        reasons.append("too_short")
    if transcript.sound is not None:
        reasons += _sound_reasons(transcript.sound, transcript.language)
    if transcript.confidence is not None and transcript.confidence < MIN_CONFIDENCE:
        reasons.append("low_confidence")
    if judges.encoder is None:  # without relevance, a grade would not be about the answer
        reasons.append("language_not_supported")
    return tuple(reasons)


def _sound_reasons(sound: Sound, asked: str) -> list[str]:
    """
    Return what is wrong with the recording itself.

    The language is another one only where the asked one is all but impossible: English with a strong accent is English.
    """
    reasons = []
    share = sound.asked_probability
    if sound.language != asked and share is not None and share < ASKED_LANGUAGE_LEAST:
        reasons.append("wrong_language")
    if sound.level < LEVEL_LEAST:
        reasons.append("low_volume")
    if sound.clipped > CLIPPED_MOST:
        reasons.append("clipped")
    return reasons


JUDGED_LANGUAGE = "en"


def evaluate_answer(
    *,
    transcript: Transcript,
    question: QuestionBrief,
    judges: Judges,
    weights: Mapping[MetricName, float],
    heard: Transcript | None = None,
) -> Evaluation:
    """
    Judge an answer; what cannot be graded honestly keeps its text and says why it has no grade.

    `heard` is what the recogniser made of a transcript that a person has put right: fluency is judged from it, so that
    nobody writes their fillers away.
    """
    script = read_script(transcript)
    if not script.spoken:
        return _unheard(transcript)
    findings = judge_metrics(script, transcript=transcript, question=question, judges=judges)
    if heard is not None:
        findings["fluency"] = _fluency_as_heard(heard)
    reasons = find_reasons(script, transcript, judges)
    scores = {name: finding.score for name, finding in findings.items()}
    scorable = not reasons
    rows = tuple(row for name in METRICS for row in findings[name].explanations)
    seen = observe(script, question=question, language=transcript.language)
    metric_reasons = tuple(
        f"{findings[name].reason}:{name}" for name in METRICS if findings[name].reason
    )
    return Evaluation(
        relevance=scores["relevance"],
        grammar=scores["grammar"],
        fluency=scores["fluency"],
        keywords=scores["keywords"],
        overall=weigh(scores, weights) if scorable else None,
        scorable=scorable,
        reasons=reasons + metric_reasons,
        metrics=_metrics(script, transcript, judges, findings),
        explanations=rows,
        intervals={name: ends for name in METRICS if (ends := findings[name].interval) is not None},
        observations=seen,
        summary=summarize(
            scores,
            reasons=reasons,
            words=len(script.spoken),
            observations=seen,
            languages=_languages(transcript),
            weights=weights,
        ),
        suggestions=suggest(
            script,
            scores=scores,
            rows=rows,
            observations=seen,
            question=question.text,
            weights=weights,
        ),
        scorer_version=SCORER_VERSION,
    )


def judge_metrics(
    script: Script, *, transcript: Transcript, question: QuestionBrief, judges: Judges
) -> dict[MetricName, Finding]:
    """Return the finding of every metric."""
    encoder = RememberingEncoder(judges.encoder) if judges.encoder else None
    foreign = Finding(score=None, reason="language_not_supported")
    grammar = foreign
    if judges.parser is not None and judges.grammar is not None:
        grammar = judge_grammar(
            script, parser=judges.parser, checker=judges.grammar, wording=judges.wording
        )
    return {
        "relevance": (
            judge_relevance(script, question=question, encoder=encoder) if encoder else foreign
        ),
        "grammar": grammar,
        "fluency": judge_fluency(script, transcript=transcript),
        "keywords": _keywords(script, transcript, question, encoder),
    }


def _fluency_as_heard(heard: Transcript) -> Finding:
    found = judge_fluency(read_script(heard), transcript=heard)
    return replace(found, measures={**found.measures, "fluency_judged_from": "recogniser"})


def weigh(
    scores: Mapping[MetricName, float | None], weights: Mapping[MetricName, float]
) -> float | None:
    """Return the weighted mean of the metrics that were judged; None of none."""
    judged = {name: score for name, score in scores.items() if score is not None}
    whole = sum(weights[name] for name in judged)
    if whole <= 0:
        return None
    return as_score(sum(weights[name] * score for name, score in judged.items()) / whole)


def _keywords(
    script: Script,
    transcript: Transcript,
    question: QuestionBrief,
    encoder: RememberingEncoder | None,
) -> Finding:
    judged = transcript.language == JUDGED_LANGUAGE
    found = judge_keywords(
        script,
        keywords=question.expected_keywords,
        encoder=encoder if judged else None,
        variants=question.keyword_variants,
    )
    if judged or found.score is None:
        return found
    # The keywords are English: too few of those that are meant are found in another language (decision 0010). What was
    # literally said is shown, and not scored.
    return Finding(score=None, reason="language_not_supported", measures=found.measures)


def _unheard(transcript: Transcript) -> Evaluation:
    reason = "only_fillers" if transcript.text.strip() or transcript.words else "no_speech"
    return Evaluation(
        relevance=None,
        grammar=None,
        fluency=None,
        keywords=None,
        overall=None,
        scorable=False,
        reasons=(reason,),
        metrics={
            "words": 0,
            "filler_detection": transcript.filler_detection,
            "recogniser": transcript.model,
        },
        summary=summarize({}, reasons=(reason,)),
        suggestions=(
            "Before your next answer, check that the right microphone is selected: record a few "
            "words and listen to them.",
        ),
        scorer_version=SCORER_VERSION,
    )


def _metrics(
    script: Script, transcript: Transcript, judges: Judges, findings: Mapping[MetricName, Finding]
) -> dict[str, object]:
    confidence = transcript.confidence
    unsure = sum(word.probability < UNSURE_WORD for word in transcript.words)
    measured: dict[str, object] = {
        "words": len(script.spoken),
        "recording_seconds": round(transcript.duration, 2),
        "language": transcript.language,
        "recogniser": transcript.model,
        "filler_detection": transcript.filler_detection,
        "confidence": None if confidence is None else round(confidence, 3),
        "unsure_words_percent": (
            round(100.0 * unsure / len(transcript.words), 1) if transcript.words else None
        ),
        **_sound(transcript.sound),
        "hedges_per_100_words": _hedges(script),
        "encoder": _engine(judges.encoder),
        "parser": _engine(judges.parser),
    }
    for name in METRICS:
        measured.update(findings[name].measures)
    return measured


def _languages(transcript: Transcript) -> tuple[str, str]:
    """Return the language that was asked for, and the one it sounds like."""
    heard = transcript.sound.language if transcript.sound else ""
    return transcript.language, heard or transcript.language


def _sound(sound: Sound | None) -> dict[str, object]:
    if sound is None:
        return {}
    return {
        "speech_level_dbfs": sound.level,
        "clipped_percent": round(100.0 * sound.clipped, 2),
        "language_heard": sound.language,
        "asked_language_probability": sound.asked_probability,
    }


def _hedges(script: Script) -> float:
    said = f" {' '.join(script.plain)} "
    count = sum(said.count(f" {hedge} ") for hedge in HEDGES)
    return round(100.0 * count / len(script.spoken), 2)


def _engine(judge: object | None) -> str | None:
    return None if judge is None else str(getattr(judge, "engine", type(judge).__name__))
