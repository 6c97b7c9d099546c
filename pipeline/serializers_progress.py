"""What goes out about how far the work on a session is."""

from typing import Any

from rest_framework import serializers

from pipeline.progress import Outcome, Progress
from pipeline.selectors_session import QuestionProgress, SessionProgress
from pipeline.serializers_parts import REACHED, STATUSES, FailureOut, UnderWayOut
from sessions.models import InterviewSession


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
