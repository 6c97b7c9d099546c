"""Serializers of a session's results and of its progress."""

from collections.abc import Mapping
from typing import Any

from rest_framework import serializers

from pipeline.api.serializers import (
    REACHED,
    STATUSES,
    EvaluationFields,
    FailureOut,
    SettledOut,
    UnderWayOut,
    evaluation_body,
    names_of,
    score,
    text,
)
from pipeline.api.session_selectors import (
    JudgedQuestion,
    QuestionProgress,
    SessionEvaluation,
    SessionProgress,
)
from pipeline.models import SessionFeedback, SessionScore
from pipeline.progress.estimates import Outcome, Progress
from sessions.models import Category, InterviewSession, Question

BY_RULES = {"engine": "rules", "narrative": (), "model_answers": ()}  # feedback of older releases

# --- Score card -----------------------------------------------------------------------------------------------------


class MetricShareOut(serializers.Serializer[Any]):
    """One metric's share of the total."""

    raw = score("Mean over the answers that could be graded; null without one.")
    weighted = serializers.FloatField(help_text="`raw` times the weight, one decimal.")


class BreakdownOut(serializers.Serializer[Any]):
    """The shares; their `weighted` add up to the total."""

    relevance = MetricShareOut()
    grammar = MetricShareOut()
    fluency = MetricShareOut()
    keywords = MetricShareOut()


class WeightsOut(serializers.Serializer[Any]):
    """The weights as applied: those of metrics that were not judged are shared among the rest."""

    relevance = serializers.FloatField()
    grammar = serializers.FloatField()
    fluency = serializers.FloatField()
    keywords = serializers.FloatField()


class QuestionScoreOut(serializers.Serializer[Any]):
    """One answer's line on the score card."""

    question_id = serializers.UUIDField()
    position = serializers.IntegerField()
    category = serializers.ChoiceField(choices=Category.choices)
    attempt = serializers.IntegerField()
    scorable = serializers.BooleanField()
    overall_score = score()
    relevance_score = score()
    grammar_score = score()
    fluency_score = score()
    keyword_score = score()


class ScoresFields(serializers.Serializer[Any]):
    """The score card of a session."""

    total_score = score("The sum of `breakdown.*.weighted`; null without a graded answer.")
    letter_grade = text("A+ to F.")
    breakdown = BreakdownOut(allow_null=True)
    question_scores = QuestionScoreOut(many=True, allow_null=True)
    performance_summary = text()
    weights = WeightsOut(allow_null=True)
    category_scores = serializers.DictField(child=serializers.FloatField(), allow_null=True)
    answered = serializers.IntegerField(
        allow_null=True, help_text="Questions with a judged answer."
    )
    asked = serializers.IntegerField(allow_null=True, help_text="Questions of the session.")


class ScoresOut(ScoresFields, SettledOut):
    """A score card that is there, or failed."""


class ScoresUnderWayOut(ScoresFields, UnderWayOut):
    """A score card that is being made."""


# --- Feedback -------------------------------------------------------------------------------------------------------


class RemarkOut(serializers.Serializer[Any]):
    """A strength, weakness or suggestion, with the words that show it."""

    category = serializers.CharField()
    message = serializers.CharField()
    quote = serializers.CharField(allow_blank=True, help_text="Words of the answer.")
    question_id = serializers.UUIDField(allow_null=True)
    start = serializers.FloatField(allow_null=True, help_text="Seconds.")
    end = serializers.FloatField(allow_null=True, help_text="Seconds.")


class ResourceOut(serializers.Serializer[Any]):
    """A public page worth reading."""

    title = serializers.CharField()
    type = serializers.CharField(help_text="course, article, video, tool or book.")
    url = serializers.URLField()
    category = serializers.CharField(allow_blank=True)


class ReadinessOut(serializers.Serializer[Any]):
    """The three parts that `readiness_score` is the rounded sum of."""

    performance = serializers.FloatField(help_text="Up to 85: the total score.")
    coverage = serializers.FloatField(help_text="Up to 5: the answered questions.")
    practice = serializers.FloatField(help_text="Up to 10: earlier completed sessions.")


class ModelAnswerOut(serializers.Serializer[Any]):
    """A good answer to one of the questions, to learn from."""

    question_id = serializers.UUIDField()
    text = serializers.CharField()
    source = serializers.ChoiceField(  # type: ignore[assignment] # the base class has an attribute of that name
        choices=Question.Source.choices
    )


class FeedbackFields(serializers.Serializer[Any]):
    """What the candidate reads about a session."""

    overall_rating = text("Null when no answer could be graded.")
    summary = text()
    strengths = RemarkOut(many=True, allow_null=True)
    weaknesses = RemarkOut(many=True, allow_null=True)
    suggestions = RemarkOut(many=True, allow_null=True)
    resources = ResourceOut(many=True, allow_null=True)
    readiness_score = serializers.IntegerField(allow_null=True, min_value=0, max_value=100)
    readiness_level = text()
    readiness = ReadinessOut(allow_null=True)
    next_steps = serializers.ListField(child=serializers.CharField(), allow_null=True)
    engine = text("`rules`, or the language model that added `narrative`; it sets no score.")
    narrative = RemarkOut(
        many=True, allow_null=True, help_text="The language model's remarks, each with a quote."
    )
    model_answers = ModelAnswerOut(many=True, allow_null=True)


class FeedbackOut(FeedbackFields, SettledOut):
    """Feedback that is there, or failed."""


class FeedbackUnderWayOut(FeedbackFields, UnderWayOut):
    """Feedback that is being written."""


# --- The evaluations of all answers -----------------------------------------------------------------------------------


class AverageScoresOut(serializers.Serializer[Any]):
    """Means over the answers that could be graded."""

    relevance_score = score()
    grammar_score = score()
    fluency_score = score()
    keyword_score = score()
    overall_score = score()


class AnswerEvaluationOut(EvaluationFields, SettledOut):
    """The evaluation of one answer: that of the highest attempt which has one."""

    question_id = serializers.UUIDField()
    position = serializers.IntegerField()
    question_text = serializers.CharField()
    category = serializers.ChoiceField(choices=Category.choices)
    attempt = serializers.IntegerField(min_value=1)


class SessionEvaluationFields(serializers.Serializer[Any]):
    """The evaluations of a session's answers."""

    evaluations = AnswerEvaluationOut(many=True, allow_null=True)
    average_scores = AverageScoresOut(allow_null=True)


class SessionEvaluationOut(SessionEvaluationFields, SettledOut):
    """Evaluations that are there, or failed."""


class SessionEvaluationUnderWayOut(SessionEvaluationFields, UnderWayOut):
    """Evaluations of which one at least is being made."""


# --- Bodies ---------------------------------------------------------------------------------------------------------


def scores_body(record: SessionScore) -> dict[str, Any]:
    """Return the documented fields of a score card."""
    return _pick(record.card, ScoresFields)


def feedback_body(record: SessionFeedback) -> dict[str, Any]:
    """Return the documented fields of a session's feedback."""
    readiness = record.report.get("readiness") or {}
    return {
        **_pick({**BY_RULES, **record.report}, FeedbackFields),
        "readiness_score": readiness.get("score"),
        "readiness_level": readiness.get("level"),
        "readiness": {name: readiness.get(name, 0.0) for name in names_of(ReadinessOut)},
    }


def session_evaluation_body(found: SessionEvaluation) -> dict[str, Any]:
    """Return the documented fields of the evaluations of a session."""
    return {
        "evaluations": [_answer_body(row) for row in found.answers],
        "average_scores": {
            "relevance_score": found.average("relevance"),
            "grammar_score": found.average("grammar"),
            "fluency_score": found.average("fluency"),
            "keyword_score": found.average("keywords"),
            "overall_score": found.average("overall"),
        },
    }


def _pick(values: Mapping[str, Any], fields: type[serializers.Serializer[Any]]) -> dict[str, Any]:
    return {name: values.get(name) for name in names_of(fields)}


def _answer_body(row: JudgedQuestion) -> dict[str, Any]:
    about = {
        "question_id": row.question.uuid,
        "position": row.question.position,
        "question_text": row.question.text,
        "category": row.question.category,
        "attempt": row.attempt,
    }
    if row.evaluation is not None:
        return {**about, **evaluation_body(row.evaluation), "status": "completed"}
    failure = FailureOut(row.failure).data
    return {**about, **_pick({}, EvaluationFields), "status": "failed", "failure": failure}


class WorkOut(serializers.Serializer[Any]):
    """How far something is; all null where there is nothing to work on."""

    status = serializers.ChoiceField(choices=STATUSES, allow_null=True)
    stage = serializers.ChoiceField(choices=REACHED, allow_null=True)
    progress = serializers.FloatField(min_value=0, max_value=1)
    queue_position = serializers.IntegerField(allow_null=True, min_value=0)
    eta_seconds = serializers.FloatField(allow_null=True, min_value=0)
    failure = FailureOut(allow_null=True)


class QuestionProgressOut(WorkOut):
    """How far the latest recording of a question is."""

    question_id = serializers.UUIDField()
    position = serializers.IntegerField()
    attempt = serializers.IntegerField(allow_null=True, min_value=1)


class ResultsProgressOut(serializers.Serializer[Any]):
    """How far the session's own results are."""

    scores = WorkOut()
    feedback = WorkOut()


class SessionProgressOut(WorkOut):
    """How far the work on a session is."""

    session_id = serializers.UUIDField()
    session_status = serializers.ChoiceField(choices=InterviewSession.Status.choices)
    questions = QuestionProgressOut(many=True)
    results = ResultsProgressOut()


def progress_body(found: SessionProgress) -> dict[str, Any]:
    """Return how far a session is, its questions in order."""
    return {
        "session_id": found.session.uuid,
        "session_status": found.session.status,
        **_work_body(found.feedback),
        "questions": [_question_body(row) for row in found.questions],
        "results": {
            "scores": _work_body(found.scores),
            "feedback": _work_body(found.feedback),
        },
    }


def _question_body(row: QuestionProgress) -> dict[str, Any]:
    return {
        "question_id": row.question.uuid,
        "position": row.question.position,
        "attempt": row.attempt,
        **_work_body(row.work),
    }


def _work_body(work: Outcome[Any] | None) -> dict[str, Any]:
    if work is None:
        return _standing(None, None, 0.0)
    if work.failure is not None:
        failed = _standing("failed", work.failure.stage, 0.0)
        return {**failed, "failure": FailureOut(work.failure).data}
    if isinstance(work.progress, Progress):
        return {**UnderWayOut(work.progress).data, "failure": None}
    return _standing("completed", "done", 1.0)


def _standing(status: str | None, stage: str | None, progress: float) -> dict[str, Any]:
    nothing = dict.fromkeys(("queue_position", "eta_seconds", "failure"))
    return {"status": status, "stage": stage, "progress": progress, **nothing}
