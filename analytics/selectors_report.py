"""A session's report for its owner, there or not."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any
from uuid import UUID

from accounts.models import User
from analytics.report import (
    METRIC_NAMES,
    Page,
    Report,
    ReportAnswer,
    Score,
    Share,
    draw_up_charts,
    read_points,
    read_scores,
)
from analytics.selectors import zone_of
from analytics.stats import local_day
from pipeline.api.session_selectors import (
    JudgedQuestion,
    find_feedback,
    find_scores,
    find_session_evaluation,
)
from pipeline.domain.values import METRICS
from pipeline.models import EvaluationRecord, TranscriptRecord
from pipeline.progress.estimates import Outcome
from sessions.models import InterviewSession, Question
from sessions.selectors import get_session

NOT_ANSWERED = "This question was not answered."
NOT_GRADED = "This answer could not be graded."


def find_report(*, owner: User, session_uuid: UUID, with_name: bool = True) -> Outcome[Report]:
    """Return how the session's report stands: it waits for scores and feedback. A fixed number of queries."""
    session = get_session(owner=owner, session_uuid=session_uuid)
    feedback = find_feedback(owner=owner, session_uuid=session_uuid)
    if feedback.row is None:
        return Outcome(progress=feedback.progress, failure=feedback.failure)
    scores = find_scores(owner=owner, session_uuid=session_uuid)
    evaluation = find_session_evaluation(owner=owner, session_uuid=session_uuid)
    if scores.row is None or evaluation.row is None:
        unsettled = scores if scores.row is None else evaluation
        return Outcome(progress=unsettled.progress, failure=unsettled.failure)
    answers = _answers(session, evaluation.row.answers, feedback.row.report)
    report = _report(session, scores.row.card, feedback.row.report, answers)
    named = replace(report, candidate=owner.full_name if with_name else None)
    return Outcome(row=named, warnings=feedback.warnings)


def _report(
    session: InterviewSession,
    card: Mapping[str, Any],
    feedback: Mapping[str, Any],
    answers: tuple[ReportAnswer, ...],
) -> Report:
    held_at = session.completed_at or session.started_at or session.created_at
    readiness = feedback.get("readiness") or {}
    metrics = _metrics(card)
    return Report(
        title=session.title,
        candidate=None,
        target_role=session.target_role,
        target_company=session.target_company,
        difficulty=session.difficulty,
        language=session.language,
        held_on=local_day(held_at, zone_of(session.owner)),
        total_score=card.get("total_score"),
        letter_grade=card.get("letter_grade"),
        overall_rating=feedback.get("overall_rating"),
        readiness_score=readiness.get("score"),
        readiness_level=readiness.get("level"),
        answered=card.get("answered", 0),
        asked=card.get("asked", len(answers)),
        summary=feedback.get("summary", ""),
        metrics=metrics,
        charts=draw_up_charts(metrics, answers),
        answers=answers,
        strengths=read_points(feedback.get("strengths", ())),
        weaknesses=read_points(feedback.get("weaknesses", ())),
        suggestions=read_points(feedback.get("suggestions", ())),
        narrative=read_points(feedback.get("narrative", ())),
        next_steps=tuple(feedback.get("next_steps", ())),
        resources=tuple(Page(row["title"], row["url"]) for row in feedback.get("resources", ())),
    )


def _metrics(card: Mapping[str, Any]) -> tuple[Share, ...]:
    shares, weights = card.get("breakdown") or {}, card.get("weights") or {}
    return tuple(
        Share(
            name=METRIC_NAMES[name],
            raw=shares[name]["raw"],
            weight=weights.get(name, 0.0),
            weighted=shares[name]["weighted"],
        )
        for name in METRICS
        if name in shares
    )


def _answers(
    session: InterviewSession, judged: Sequence[JudgedQuestion], feedback: Mapping[str, Any]
) -> tuple[ReportAnswer, ...]:
    """Return all questions of the session, answered or not, in their order. Two queries."""
    found = {row.question.pk: row for row in judged}
    runs = [row.evaluation.run_id for row in judged if row.evaluation]
    transcripts = {row.run_id: row for row in TranscriptRecord.objects.filter(run__in=runs)}
    models = {row["question_id"]: row["text"] for row in feedback.get("model_answers", ())}
    return tuple(
        _answer(
            question,
            found.get(question.pk),
            transcripts,
            model_answer=models.get(str(question.uuid), ""),
        )
        for question in session.questions.order_by("position")
    )


def _answer(
    question: Question,
    row: JudgedQuestion | None,
    transcripts: Mapping[int, TranscriptRecord],
    *,
    model_answer: str,
) -> ReportAnswer:
    evaluation = row.evaluation if row else None
    transcript = transcripts.get(evaluation.run_id) if evaluation else None
    return ReportAnswer(
        question_id=question.uuid,
        position=question.position,
        question=question.text,
        category=question.category,
        attempt=row.attempt if row else None,
        transcript=transcript.text if transcript else "",
        edited=bool(evaluation and evaluation.edited),
        overall_score=evaluation.overall if evaluation else None,
        scores=_scores(evaluation),
        summary=evaluation.summary if evaluation else "",
        suggestions=tuple(evaluation.suggestions) if evaluation else (),
        model_answer=model_answer,
        trouble=_trouble(row),
    )


def _scores(evaluation: EvaluationRecord | None) -> tuple[Score, ...]:
    """Return the four scores; none of an answer without a grade: all or nothing."""
    if evaluation is None or not evaluation.scorable:
        return ()
    return read_scores(
        {name: getattr(evaluation, name) for name in METRICS},
        intervals=evaluation.intervals,
        explanations=evaluation.explanations,
    )


def _trouble(row: JudgedQuestion | None) -> str:
    if row is None:
        return NOT_ANSWERED
    if row.failure is not None:
        return row.failure.message
    return "" if row.evaluation and row.evaluation.scorable else NOT_GRADED
