"""
Results of the stages: saving each one so that it may run twice, and keeping earlier evaluations.

While an answer is judged anew it has no evaluation; what it had is among its past ones already. Both ways there may be
walked twice: an evaluation becomes past once, and the new one takes back a past one that is equal.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from typing import Any, Final

from django.conf import settings
from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Exists, Model

from pipeline.domain.values import (
    METRICS,
    Evaluation,
    Explanation,
    JudgedAnswer,
    QuestionBrief,
    ScoreCard,
    Segment,
    Sound,
    Span,
    Transcript,
    Word,
)
from pipeline.llm import session_feedback
from pipeline.models import (
    EvaluationRecord,
    Judgement,
    PastEvaluation,
    PipelineRun,
    SessionFeedback,
    SessionScore,
    TranscriptRecord,
)
from pipeline.scoring.feedback.session import write_feedback
from pipeline.scoring.session_score import score_session
from sessions.models import InterviewSession, Question

Why = PastEvaluation.Why

PARTS: Final = tuple(field.name for field in Judgement._meta.get_fields())
RESULT: Final = tuple(name for name in PARTS if name != "scorer_version")  # a label, no result


def put_away(run: PipelineRun, *, why: Why) -> None:
    """Make the run's evaluation, if there is one, a past one. Needs the caller's transaction."""
    kept = EvaluationRecord.objects.filter(run=run).first()
    if kept is not None:
        _copy(kept, why=why)
        kept.delete()


def put_away_if_other(run: PipelineRun, made: Mapping[str, Any]) -> None:
    """Keep a copy of the evaluation that `made` is about to overwrite, where they differ. Needs the caller's transaction."""
    kept = EvaluationRecord.objects.filter(run=run).first()
    if kept is not None and not _is_same(kept, made):
        is_new_scorer = kept.scorer_version != made["scorer_version"]
        _copy(kept, why=Why.SCORER if is_new_scorer else Why.AGAIN)


def take_back_if_same(run: PipelineRun, made: Mapping[str, Any]) -> None:
    """Forget the latest past evaluation when the one that took its place is equal."""
    latest = PastEvaluation.objects.filter(run=run).order_by("-evaluated_at").first()
    if latest is not None and _is_same(latest, made):
        latest.delete()


def _copy(kept: EvaluationRecord, *, why: Why) -> None:
    languages = TranscriptRecord.objects.filter(run=kept.run_id).values_list("language", flat=True)
    PastEvaluation.objects.get_or_create(
        run_id=kept.run_id,
        evaluated_at=kept.created_at,
        defaults={
            **{name: getattr(kept, name) for name in PARTS},
            "language": languages.first() or "",
            "why": why,
        },
    )


def _is_same(kept: Judgement, made: Mapping[str, Any]) -> bool:
    before = {name: getattr(kept, name) for name in RESULT}
    return _as_text(before) == _as_text({name: made[name] for name in RESULT})


def _as_text(facts: Mapping[str, Any]) -> str:
    """Return the facts as a database would give them back: lists for tuples, and names in any order."""
    return json.dumps(facts, cls=DjangoJSONEncoder, sort_keys=True)


def save_transcript(run: PipelineRun, transcript: Transcript) -> None:
    """Keep the transcript of this run, in place of an earlier one."""
    replace_row(
        TranscriptRecord(
            run=run,
            text=transcript.text,
            language=transcript.language,
            requested_language=run.language,
            duration=transcript.duration,
            confidence=transcript.confidence,
            word_count=transcript.word_count,
            words=[[w.text, w.start, w.end, w.probability] for w in transcript.words],
            segments=[[part.text, part.start, part.end] for part in transcript.segments],
            speech=[[span.start, span.end] for span in transcript.speech],
            model=transcript.model,
            filler_detection=transcript.filler_detection,
            sound=asdict(transcript.sound) if transcript.sound else None,
            heard=None,
        ),
        by="run",
    )


def replace_row(row: Model, *, by: str) -> None:
    """Insert the row, or replace the one of the same run or session, in one statement."""
    others = [field.name for field in row._meta.concrete_fields if field.name not in {"id", by}]
    manager = type(row)._default_manager
    manager.bulk_create([row], update_conflicts=True, unique_fields=[by], update_fields=others)


def load_transcript(run: PipelineRun) -> Transcript:
    """Return the transcript of this run as the stages know it."""
    return transcript_of(TranscriptRecord.objects.get(run=run))


def load_both(run: PipelineRun) -> tuple[Transcript, Transcript | None]:
    """Return the transcript of this run, and, where a person has put it right, as the recogniser made it."""
    kept = run.transcript  # loaded with the claim
    return transcript_of(kept), heard_of(kept) if kept.edited else None


def transcript_of(kept: TranscriptRecord) -> Transcript:
    """Return the kept transcript as the stages know it."""
    return Transcript(
        text=kept.text,
        language=kept.language,
        duration=kept.duration,
        words=tuple(Word(*row) for row in kept.words),
        segments=tuple(Segment(*row) for row in kept.segments),
        speech=tuple(Span(*row) for row in kept.speech),
        model=kept.model,
        filler_detection="prompted" if kept.filler_detection == "prompted" else "unprompted",
        sound=Sound(**kept.sound) if kept.sound else None,
    )


def heard_of(kept: TranscriptRecord) -> Transcript:
    """Return the transcript as the recogniser made it."""
    now = transcript_of(kept)
    if kept.heard is None:
        return now
    return replace(
        now,
        text=kept.heard["text"],
        words=tuple(Word(*row) for row in kept.heard["words"]),
        segments=tuple(Segment(*row) for row in kept.heard["segments"]),
    )


def keywords_of(run: PipelineRun) -> list[str]:
    """Return the keywords that the run is judged by: those that the client asked for, else the question's."""
    if run.expected_keywords is not None:
        return [str(word) for word in run.expected_keywords]
    return _question(run).expected_keywords if run.question else []


def load_brief(run: PipelineRun) -> QuestionBrief:
    """Return what the judge must know of the run's question."""
    question = _question(run)
    return QuestionBrief(
        text=question.text,
        category=question.category,
        difficulty=question.difficulty,
        expected_keywords=tuple(keywords_of(run)),
        skills=tuple(question.skills),
        answer_prototype=question.answer_prototype,
        reference_points=tuple(question.reference_points),
        keyword_variants={word: tuple(names) for word, names in question.keyword_variants.items()},
    )


def terms_of(run: PipelineRun) -> tuple[str, ...]:
    """Return the names worth hearing right in this answer."""
    session = run.session
    terms = [session.target_role, session.target_company, *_question(run).skills, *keywords_of(run)]
    return tuple(dict.fromkeys(term for term in terms if term))


def save_evaluation(run: PipelineRun, evaluation: Evaluation) -> None:
    """Keep the judgement of this run; one that it takes the place of is kept among the past ones, unless it is equal."""
    made: dict[str, Any] = {
        **{name: evaluation.metric(name) for name in METRICS},
        "overall": evaluation.overall,
        "scorable": evaluation.scorable,
        "reasons": list(evaluation.reasons),
        "metrics": evaluation.metrics,
        "explanations": [asdict(row) for row in evaluation.explanations],
        "intervals": {name: list(ends) for name, ends in evaluation.intervals.items()},
        "observations": evaluation.observations,
        "summary": evaluation.summary,
        "suggestions": list(evaluation.suggestions),
        "expected_keywords": keywords_of(run),
        "scorer_version": evaluation.scorer_version,
    }
    made["edited"], was_judged, has_past = _existing_rows(run)
    if was_judged:
        put_away_if_other(run, made)
    replace_row(EvaluationRecord(run=run, **made), by="run")
    if was_judged or has_past:
        take_back_if_same(run, made)


def save_score(session: InterviewSession) -> None:
    """Make the score card of all finished answers. Needs the session's lock; the order of answers changes nothing."""
    found = latest_evaluations(session)
    card = _card(session, [_judged(record) for record in found])
    replace_row(
        SessionScore(
            session=session,
            inputs_version=_score_inputs(found, asked=card.asked),
            total_score=card.total_score,
            letter_grade=card.letter_grade or "",
            card=asdict(card),
        ),
        by="session",
    )
    InterviewSession.objects.filter(pk=session.pk).update(total_score=card.total_score)


def save_feedback(session: InterviewSession) -> None:
    """Write the feedback on all finished answers. Needs the session's lock."""
    found = latest_evaluations(session)
    answers = [_judged(record) for record in found]
    card = _card(session, answers)
    rules = write_feedback(
        card=card,
        answers=answers,
        completed_sessions=_completed_sessions(session),
        is_open=session.status != InterviewSession.Status.COMPLETED,
    )
    report = session_feedback.add_to(rules, session=session, answers=answers)
    replace_row(
        SessionFeedback(
            session=session,
            inputs_version=_feedback_inputs(session, found, asked=card.asked),
            overall_rating=report.overall_rating or "",
            readiness_score=report.readiness.score,
            report=asdict(report),
        ),
        by="session",
    )


def judged_answers(session: InterviewSession) -> list[JudgedAnswer]:
    """Return what the session's score and feedback are made from."""
    return [_judged(record) for record in latest_evaluations(session)]


def results_are_current(session: InterviewSession) -> bool:
    """Tell whether score and feedback were made from the answers that are finished now."""
    found = latest_evaluations(session)
    asked = session.questions.count()
    score = SessionScore.objects.filter(session=session).values_list("inputs_version", flat=True)
    feedback = SessionFeedback.objects.filter(session=session)
    return score.first() == _score_inputs(found, asked=asked) and feedback.values_list(
        "inputs_version", flat=True
    ).first() == _feedback_inputs(session, found, asked=asked)


def latest_evaluations(session: InterviewSession) -> Sequence[EvaluationRecord]:
    """Return each question's evaluation of the latest evaluated attempt, by position."""
    found = (
        EvaluationRecord.objects.filter(run__session=session, run__question__isnull=False)
        .select_related("run__question", "run__transcript")
        .order_by("run__question__position", "run__attempt")
    )
    return list({record.run.question_id: record for record in found}.values())


def _existing_rows(run: PipelineRun) -> tuple[bool, bool, bool]:
    """Return whether the run has an edited transcript, an evaluation, and past evaluations."""
    edited, judged, past = (
        PipelineRun.objects.filter(pk=run.pk)
        .values_list(
            Exists(TranscriptRecord.objects.filter(run=run, heard__isnull=False)),
            Exists(EvaluationRecord.objects.filter(run=run)),
            Exists(PastEvaluation.objects.filter(run=run)),
        )
        .get()
    )
    return edited, judged, past


def _card(session: InterviewSession, answers: Sequence[JudgedAnswer]) -> ScoreCard:
    asked = session.questions.count()
    return score_session(answers=answers, asked=asked, weights=settings.SCORE_WEIGHTS)


def _score_inputs(found: Sequence[EvaluationRecord], *, asked: int) -> str:
    """Return a hash of all that the score card is made from."""
    rows = [[row.run_id, row.created_at.isoformat(), row.scorer_version] for row in found]
    return _hash([rows, asked, sorted(settings.SCORE_WEIGHTS.items())])


def _feedback_inputs(
    session: InterviewSession, found: Sequence[EvaluationRecord], *, asked: int
) -> str:
    """Return a hash of all that the feedback is made from."""
    return _hash([_score_inputs(found, asked=asked), session.status])


def _judged(record: EvaluationRecord) -> JudgedAnswer:
    question = _question(record.run)
    return JudgedAnswer(
        question_id=str(question.uuid),
        position=question.position,
        question_text=question.text,
        category=question.category,
        attempt=record.run.attempt,
        transcript_text=record.run.transcript.text,
        sketch=question.answer_prototype,
        sketch_source=question.source,
        evaluation=Evaluation(
            **{name: getattr(record, name) for name in METRICS},
            overall=record.overall,
            scorable=record.scorable,
            reasons=tuple(record.reasons),
            metrics=record.metrics,
            explanations=tuple(Explanation(**row) for row in record.explanations),
            intervals={name: tuple(ends) for name, ends in record.intervals.items()},
            observations=record.observations,
            summary=record.summary,
            suggestions=tuple(record.suggestions),
            scorer_version=record.scorer_version,
        ),
    )


def _completed_sessions(session: InterviewSession) -> int:
    return InterviewSession.objects.filter(
        owner=session.owner_id, status=InterviewSession.Status.COMPLETED
    ).count()


def _question(run: PipelineRun) -> Question:
    if run.question is None:
        raise ValueError("a session's own run has no question")
    return run.question


def _hash(facts: Any) -> str:
    return hashlib.sha256(json.dumps(facts, sort_keys=True).encode()).hexdigest()
