"""One builder for each model, valid by default."""

import itertools
import uuid
from datetime import timedelta
from typing import Any

from django.utils import timezone

from accounts.models import ExportJob, IdempotentAnswer, User
from analytics.models import StaffScore
from media.models import AudioAnswer
from pipeline.models import (
    EvaluationRecord,
    Lease,
    PipelineRun,
    SessionFeedback,
    SessionScore,
    Stage,
    StageRun,
    TranscriptRecord,
    WorkerHeartbeat,
)
from sessions.models import InterviewSession, Question, SessionShare, ShareComment

PASSWORD = "correct-horse-9"
_numbers = itertools.count(1)


def make_user(email: str = "", **fields: Any) -> User:
    """Return a person who may log in with `PASSWORD`."""
    address = email or f"person{next(_numbers)}@example.com"
    fields.setdefault("full_name", address.partition("@")[0].title())
    return User.objects.create_user(address, PASSWORD, **fields)


def make_idempotent_answer(*, owner: User | None = None, **fields: Any) -> IdempotentAnswer:
    """Return the kept answer to a request of the owner."""
    values = {"key": f"key-{next(_numbers)}", "fingerprint": "0" * 64, "status": 201, "body": {}}
    return IdempotentAnswer.objects.create(owner=owner or make_user(), **{**values, **fields})


def make_session(*, owner: User | None = None, **fields: Any) -> InterviewSession:
    """Return an interview; one that is completed knows when."""
    values: dict[str, Any] = {"title": "Practice", "target_role": "Software Engineer"}
    if fields.get("status") == InterviewSession.Status.COMPLETED:
        values |= {"started_at": timezone.now(), "completed_at": timezone.now()}
    return InterviewSession.objects.create(owner=owner or make_user(), **{**values, **fields})


def make_question(*, session: InterviewSession | None = None, **fields: Any) -> Question:
    """Return the next question of the session."""
    session = session or make_session()
    values = {
        "position": session.questions.count() + 1,
        "text": "Tell me about a time when you brought a late project back on track.",
        "category": "behavioral",
        "difficulty": "medium",
        "expected_keywords": ["deadline", "team", "result"],
        "skills": ["Communication"],
        "answer_prototype": "I found what held the project up, and agreed on a plan with the team.",
    }
    return Question.objects.create(session=session, **{**values, **fields})


def make_run(*, question: Question | None = None, **fields: Any) -> PipelineRun:
    """Return the run of the question's next recording, waiting to be worked on."""
    question = question or make_question()
    number = fields.pop("attempt", question.runs.count() + 1)
    values = {
        "audio_key": f"{question.session.owner.uuid}/{question.session.uuid}/{uuid.uuid4()}.mp3",
        "audio_sha256": "0" * 64,
        "audio_format": "mp3",
        "audio_duration": 28.0,
        "language": "en",
    }
    return PipelineRun.objects.create(
        session=question.session, question=question, attempt=number, **{**values, **fields}
    )


def make_session_run(*, session: InterviewSession | None = None, **fields: Any) -> PipelineRun:
    """Return a run of the session itself."""
    values = {"stage": Stage.SCORE}
    return PipelineRun.objects.create(session=session or make_session(), **{**values, **fields})


def make_finished_run(*, question: Question | None = None, **fields: Any) -> PipelineRun:
    """Return a run that is through."""
    values = {
        "state": PipelineRun.State.COMPLETED,
        "stage": Stage.DONE,
        "started_at": timezone.now(),
        "finished_at": timezone.now(),
    }
    return make_run(question=question, **{**values, **fields})


def make_stage_run(*, run: PipelineRun | None = None, **fields: Any) -> StageRun:
    """Return a try at the run's present stage."""
    run = run or make_run()
    values = {
        "stage": run.stage,
        "attempt": 1,
        "token": uuid.uuid4(),
        "worker": "gpu@test",
        "started_at": timezone.now(),
    }
    return StageRun.objects.create(run=run, **{**values, **fields})


def make_transcript(*, run: PipelineRun | None = None, **fields: Any) -> TranscriptRecord:
    """Return what was said: four words."""
    values = {
        "text": "We finished in time.",
        "language": "en",
        "requested_language": "en",
        "duration": 2.0,
        "confidence": 0.9,
        "word_count": 4,
        "words": [
            ["We", 0.0, 0.3, 0.9],
            ["finished", 0.3, 0.9, 0.9],
            ["in", 0.9, 1.1, 0.9],
            ["time.", 1.1, 1.6, 0.9],
        ],
        "segments": [["We finished in time.", 0.0, 1.6]],
        "speech": [[0.0, 1.6]],
        "model": "base",
        "filler_detection": "prompted",
    }
    return TranscriptRecord.objects.create(run=run or make_finished_run(), **{**values, **fields})


def make_evaluation(*, run: PipelineRun | None = None, **fields: Any) -> EvaluationRecord:
    """Return a scorable judgement."""
    values = {
        "relevance": 80.0,
        "grammar": 70.0,
        "fluency": 60.0,
        "keywords": 50.0,
        "overall": 67.0,
        "scorable": True,
        "summary": "A clear answer.",
        "suggestions": ["Name the result."],
        "scorer_version": "test",
    }
    return EvaluationRecord.objects.create(run=run or make_finished_run(), **{**values, **fields})


def make_score(*, session: InterviewSession | None = None, **fields: Any) -> SessionScore:
    """Return a score card without rows."""
    values = {"inputs_version": "0" * 64, "total_score": 67.0, "letter_grade": "B-", "card": {}}
    return SessionScore.objects.create(session=session or make_session(), **{**values, **fields})


def make_feedback(*, session: InterviewSession | None = None, **fields: Any) -> SessionFeedback:
    """Return a report without rows."""
    values = {
        "inputs_version": "0" * 64,
        "overall_rating": "Satisfactory",
        "readiness_score": 60,
        "report": {},
    }
    return SessionFeedback.objects.create(session=session or make_session(), **{**values, **fields})


def make_recording(*, run: PipelineRun | None = None, **fields: Any) -> AudioAnswer:
    """Return the row of a recording; there is no file behind it."""
    run = run or make_run()
    values = {
        "question": run.question,
        "attempt": run.attempt,
        "storage_key": run.audio_key,
        "sha256": run.audio_sha256,
        "size_bytes": 140_805,
        "format": run.audio_format,
        "duration": run.audio_duration,
    }
    return AudioAnswer.objects.create(run=run, **{**values, **fields})


def make_heartbeat(**fields: Any) -> WorkerHeartbeat:
    """Return a worker that was seen just now."""
    values = {"name": f"gpu-{next(_numbers)}@test", "queues": ["gpu"], "seen_at": timezone.now()}
    return WorkerHeartbeat.objects.create(**{**values, **fields})


def make_lease(**fields: Any) -> Lease:
    """Return a lease that somebody holds."""
    until = timezone.now() + timedelta(minutes=1)
    values = {"name": f"lease-{next(_numbers)}", "holder": "gpu@test", "until": until}
    return Lease.objects.create(**{**values, **fields})


def make_share(*, session: InterviewSession | None = None, **fields: Any) -> SessionShare:
    """Return a link to a session's report that leads to it for a week; nobody knows its secret."""
    values = {
        "token_hash": f"{next(_numbers):064x}",
        "expires_at": timezone.now() + timedelta(days=7),
    }
    return SessionShare.objects.create(session=session or make_session(), **{**values, **fields})


def make_comment(*, share: SessionShare | None = None, **fields: Any) -> ShareComment:
    """Return what a visitor of a shared report left."""
    values = {"author": "A coach", "text": "Name the result sooner.", "score": 70}
    return ShareComment.objects.create(share=share or make_share(), **{**values, **fields})


def make_export(*, owner: User | None = None, **fields: Any) -> ExportJob:
    """Return a person's wish for an archive, waiting to be carried out."""
    return ExportJob.objects.create(owner=owner or make_user(), **fields)


def make_staff_score(
    *, run: PipelineRun | None = None, reviewer: User | None = None, **fields: Any
) -> StaffScore:
    """Return what a reviewer says of an attempt."""
    values = {"relevance": 75, "fluency": 65, "grammar": 70, "keywords": 55, "note": "Good."}
    return StaffScore.objects.create(
        run=run or make_finished_run(),
        reviewer=reviewer or make_user(is_staff=True),
        **{**values, **fields},
    )
