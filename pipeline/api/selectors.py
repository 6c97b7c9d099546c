"""Reads of one recording's results, and the hints that follow a failure."""

from collections.abc import Iterable
from typing import Any, Final
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from interview_platform.errors import NotFound
from pipeline.models import EvaluationRecord, PastEvaluation, PipelineRun, Stage, TranscriptRecord
from pipeline.progress.estimates import Failure, Outcome
from pipeline.progress.queue import Board, has_passed, with_queue_facts
from sessions.selectors import get_question

State = PipelineRun.State


class NoRecording(NotFound):
    """The question has no recording yet."""

    code = "no_audio"
    message = "No audio uploaded for this question"


class NoSuchAttempt(NotFound):
    """The question has recordings, but none of this number."""

    code = "no_such_attempt"
    message = "No such attempt at this question"


def get_run(
    *,
    owner: User,
    session_uuid: UUID,
    question_uuid: UUID,
    attempt: int | None = None,
    related: Iterable[str] = (),
) -> PipelineRun:
    """Return the run of that recording, the latest by default; raise the not-found that fits. One query when it is there."""
    runs = PipelineRun.objects.filter(
        question__uuid=question_uuid, session__uuid=session_uuid, session__owner=owner
    )
    wanted = runs if attempt is None else runs.filter(attempt=attempt)
    run = with_queue_facts(wanted).select_related("session", *related).order_by("-attempt").first()
    if run is None:
        get_question(owner=owner, session_uuid=session_uuid, question_uuid=question_uuid)
        raise NoSuchAttempt if attempt is not None and runs.exists() else NoRecording
    return run


def find_transcript(
    *, owner: User, session_uuid: UUID, question_uuid: UUID, attempt: int | None = None
) -> Outcome[TranscriptRecord]:
    """Return how the transcript of a recording stands. One query when it is there."""
    run = get_run(
        owner=owner,
        session_uuid=session_uuid,
        question_uuid=question_uuid,
        attempt=attempt,
        related=("transcript",),
    )
    if has_passed(run, Stage.TRANSCRIBE) and hasattr(run, "transcript"):
        return Outcome(row=run.transcript, attempt=run.attempt)
    return _not_there(run, Stage.TRANSCRIBE)


def find_evaluation(
    *, owner: User, session_uuid: UUID, question_uuid: UUID, attempt: int | None = None
) -> Outcome[EvaluationRecord]:
    """Return how the evaluation of a recording stands. One query when it is there."""
    run = get_run(
        owner=owner,
        session_uuid=session_uuid,
        question_uuid=question_uuid,
        attempt=attempt,
        related=("evaluation",),
    )
    if has_evaluation(run):
        return Outcome(row=run.evaluation, attempt=run.attempt)
    return _not_there(run, Stage.EVALUATE)


def list_past_evaluations(run: PipelineRun) -> "QuerySet[PastEvaluation]":
    """Return what the run's recording was judged before, the latest first."""
    return PastEvaluation.objects.filter(run=run).order_by("-evaluated_at")


def has_evaluation(run: PipelineRun) -> bool:
    """Tell whether the run's evaluation is there, for the input that it has now. No query when it was joined."""
    return has_passed(run, Stage.EVALUATE) and hasattr(run, "evaluation")


def failure_of(run: PipelineRun) -> Failure:
    """Return why the run, which is not under way, brought no result."""
    if run.state == State.FAILED:
        code, retryable = run.failure_code, run.failure_retryable
        message = with_remedy(run.failure_message, code=code, retryable=retryable)
        return Failure(code, message, retryable, stage=run.stage)
    if run.state == State.SUPERSEDED:
        message = "A newer recording of this question took the place of this one."
        return Failure("superseded", message, retryable=False, stage=run.stage)
    return missing(run.stage)


def missing(stage: str) -> Failure:
    """Return what is said of a result that should be there and is not."""
    return Failure(
        "missing", "The result is missing. Ask for it again.", retryable=True, stage=stage
    )


def _not_there(run: PipelineRun, goal: Stage) -> Outcome[Any]:
    progress = Board([run]).progress([run], goal=goal)
    failure = None if progress else failure_of(run)
    return Outcome(progress=progress, failure=failure, attempt=run.attempt)


LATER: Final = "Please try again in a few minutes."
RECORD: Final = "Please record the answer again."
TELL: Final = "Please tell those who run this platform; your recording is kept."
REMEDIES: Final = {
    "no_audio": "Please check your microphone and record the answer again.",
    "audio_too_long": "Please record a shorter answer.",
    "unsupported_language": "Please choose another language.",
    "stopped_by_staff": "",  # staff say in their own words what is to be done
}
OURS: Final = ("model_", "encoder_")  # how the codes begin of what no candidate can help


def with_remedy(message: str, *, code: str, retryable: bool) -> str:
    """Return the message with what to do, where it does not ask for something itself."""
    if "please" in message.lower():
        return message
    return f"{message} {_remedy(code, retryable=retryable)}".rstrip()


def _remedy(code: str, *, retryable: bool) -> str:
    if code in REMEDIES:
        return REMEDIES[code]
    if retryable:
        return LATER
    return TELL if code.startswith(OURS) else RECORD
