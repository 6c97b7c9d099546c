"""Changes of runs: start, retry, stop, edit a transcript, complete a session, remove an answer."""

import logging
from collections.abc import Callable, Iterable
from dataclasses import asdict
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.db.models import Max, QuerySet
from django.db.models.functions import Now

from interview_platform.errors import Conflict, Detail, Invalid, Refused
from interview_platform.http.request_id import current_request_id
from pipeline import quotas
from pipeline.domain.values import Transcript
from pipeline.llm import session_feedback
from pipeline.models import (
    EvaluationRecord,
    PastEvaluation,
    PipelineRun,
    SessionFeedback,
    SessionScore,
    Stage,
    StageRun,
    TranscriptRecord,
)
from pipeline.progress.queue import has_passed
from pipeline.runs import dispatch, notifications, results
from pipeline.runs.leases import NO_LEASE, RESET_FIELDS, Outcome, State, lock_session
from pipeline.scoring.transcript_diff import Correction, correct
from sessions import services as session_services
from sessions.folders import remove_recordings
from sessions.models import InterviewSession, Question
from sessions.services import note_removal

logger = logging.getLogger(__name__)

Why = PastEvaluation.Why

STOPPED_BY_STAFF: Final = "stopped_by_staff"


class AudioExpired(Refused):
    """The operator keeps recordings for some days, and they are over."""

    status = 410
    code = "audio_expired"
    message = "The recording was deleted for its age; what was made of it is kept"


def start_run(  # noqa: PLR0913 - what is known of a recording
    *,
    question: Question,
    attempt: int,
    audio_key: str,
    audio_sha256: str,
    audio_format: str,
    audio_duration: float,
    language: str,
) -> PipelineRun:
    """
    Create the run of a new recording, and send it to the workers once its row is committed.

    Needs the caller's transaction, in which the session's row is held. Earlier attempts at the question that are still in
    work are superseded: their workers' results will be thrown away.
    """
    _supersede(PipelineRun.objects.filter(question=question, attempt__lt=attempt))
    run = PipelineRun.objects.create(
        session=question.session,
        question=question,
        attempt=attempt,
        audio_key=audio_key,
        audio_sha256=audio_sha256,
        audio_format=audio_format,
        audio_duration=audio_duration,
        language=language,
        request_id=current_request_id(),
    )
    _send_new_after_commit(run)
    return run


def start_typed_run(*, question: Question, attempt: int, transcript: Transcript) -> PipelineRun:
    """
    Create the run of a typed answer, which has its transcript and begins at `evaluate`; else as `start_run`.

    Needs the caller's transaction, in which the session's row is held.
    """
    _supersede(PipelineRun.objects.filter(question=question, attempt__lt=attempt))
    run = PipelineRun.objects.create(
        session=question.session,
        question=question,
        attempt=attempt,
        stage=Stage.EVALUATE,
        language=transcript.language,
        request_id=current_request_id(),
    )
    results.save_transcript(run, transcript)
    _send_new_after_commit(run)
    return run


@transaction.atomic
def ask_for_transcript(run: PipelineRun, *, language: str | None) -> None:
    """
    Make sure that the recording is, or will be, transcribed as this language (None: whatever it was made for).

    Another language counts as an answer. Raise `OverQuota`, or `AudioExpired` when that would take a recording that was
    deleted for its age.
    """
    stored = lock_run(run)
    is_expired = bool(stored.audio_format) and not stored.audio_key
    if is_expired and _would_need_audio(stored, language):
        raise AudioExpired
    if language is not None and not _is_heard_as(stored, language):
        quotas.take_answer(stored.session.owner_id, audio_seconds=stored.audio_duration or 0.0)
        stored.language = language
        stored.save(update_fields=["language"])
        _start_again(stored, Stage.TRANSCRIBE, why=Why.LANGUAGE)
    elif stored.state == State.FAILED and stored.stage == Stage.TRANSCRIBE:
        _start_again(stored, Stage.TRANSCRIBE)


@transaction.atomic
def ask_for_evaluation(run: PipelineRun, *, expected_keywords: list[str] | None) -> None:
    """
    Make sure that the answer is, or will be, judged by these keywords (None: whatever it was judged by).

    Other keywords count as an answer. Raise `OverQuota`.
    """
    stored = lock_run(run)
    if expected_keywords is not None and expected_keywords != results.keywords_of(stored):
        stored.expected_keywords = expected_keywords
        stored.save(update_fields=["expected_keywords"])
        if stored.stage != Stage.TRANSCRIBE:
            quotas.take_answer(stored.session.owner_id)
            _start_again(stored, Stage.EVALUATE, why=Why.KEYWORDS)
            return
    if stored.state == State.FAILED and stored.stage in {Stage.TRANSCRIBE, Stage.EVALUATE}:
        _start_again(stored, Stage(stored.stage))


def judge_again(run: PipelineRun, *, why: Why) -> None:
    """Put a run that is locked and has its transcript back to where it is judged; its evaluation becomes a past one."""
    _start_again(run, Stage.EVALUATE, why=why)


@transaction.atomic
def re_evaluate(run: PipelineRun) -> bool:
    """Have a finished answer judged by the scorer of today; tell whether it is one that was judged."""
    stored = lock_run(run)
    judged = EvaluationRecord.objects.filter(run=stored)
    if stored.state not in {State.COMPLETED, State.FAILED} or not judged.exists():
        return False
    judge_again(stored, why=Why.SCORER)
    return True


@transaction.atomic
def ask_for_session_results(session: InterviewSession) -> None:
    """Make sure that score and feedback of the session are, or will be, made of all answers that can be judged."""
    InterviewSession.objects.select_for_update(no_key=True).get(pk=session.pk)
    runs = list(latest_runs(session))
    own = session.runs.filter(question__isnull=True, state__in=PipelineRun.UNFINISHED)
    if own.exists() or any(run.state in PipelineRun.UNFINISHED for run in runs):
        return
    for run in runs:
        if run.state == State.FAILED and _is_worth_a_start(run):
            _start_again(run, Stage(run.stage))
    judged = bool(results.latest_evaluations(session))
    if judged and not results.results_are_current(session):
        _start_session_run(session)


def ask_for_feedback(session: InterviewSession) -> None:
    """
    Make sure of the session's results, and of what a language model adds to the feedback where one is set.

    The answers are read between two transactions: SQLite lets nobody else write while one is open.
    """
    ask_for_session_results(session)
    unfinished = session.runs.filter(state__in=PipelineRun.UNFINISHED)
    if unfinished.exists() or not session_feedback.is_wanted(
        session, results.judged_answers(session)
    ):
        return
    with transaction.atomic():
        InterviewSession.objects.select_for_update(no_key=True).get(pk=session.pk)
        if not unfinished.exists():
            _start_session_run(session, stage=Stage.FEEDBACK)


@transaction.atomic
def complete_session(session: InterviewSession) -> None:
    """Close the session for recordings, and start its final score and feedback; they wait for the answers in work."""
    changed = session_services.complete_session(session=session)
    if changed and session.runs.exists():
        _start_session_run(session)


def latest_runs(session: InterviewSession) -> "QuerySet[PipelineRun]":
    """Return the run of the latest recording of each answered question."""
    answered = session.runs.filter(question__isnull=False)
    latest = answered.values("question").annotate(latest=Max("pk")).values("latest")
    return PipelineRun.objects.filter(pk__in=latest)


@transaction.atomic
def retry_run(run: PipelineRun) -> bool:
    """Start a failed run again from the stage that failed; tell whether it was one."""
    stored = lock_run(run)
    if stored.state != State.FAILED:
        return False
    _start_again(stored, Stage(stored.stage))
    return True


@transaction.atomic
def requeue_run(run: PipelineRun) -> bool:
    """Take an unfinished run from whoever holds it and send it anew; tell whether it was one."""
    stored = lock_run(run)
    if stored.state not in PipelineRun.UNFINISHED:
        return False
    _start_again(stored, Stage(stored.stage))
    return True


@transaction.atomic
def stop_run(run: PipelineRun, *, reason: str) -> bool:
    """Fail an unfinished run with a reason that the candidate reads; tell whether it was one."""
    lock_session(run.pk)
    stopped = PipelineRun.objects.filter(pk=run.pk, state__in=PipelineRun.UNFINISHED).update(
        **NO_LEASE,
        state=State.FAILED,
        failure_code=STOPPED_BY_STAFF,
        failure_message=reason[:500],
        failure_retryable=True,
        next_run_at=None,
        finished_at=Now(),
    )
    _close_tries([run.pk])
    return bool(stopped)


def _would_need_audio(run: PipelineRun, language: str | None) -> bool:
    if run.state == State.FAILED and run.stage == Stage.TRANSCRIBE:
        return True
    return language is not None and not _is_heard_as(run, language)


def _is_heard_as(run: PipelineRun, language: str) -> bool:
    """Tell whether the run's transcript is what this language asks for; detected English is as good as asked for."""
    if run.language == language or not run.audio_format:  # a typed answer cannot be heard otherwise
        return True
    heard = TranscriptRecord.objects.filter(run=run, language=language)
    return run.stage != Stage.TRANSCRIBE and heard.exists()


def _is_worth_a_start(run: PipelineRun) -> bool:
    """Tell whether a failed answer is to be tried again for the session: only when that can help."""
    return run.failure_retryable or run.stage in {Stage.SCORE, Stage.FEEDBACK}


def _start_session_run(session: InterviewSession, *, stage: Stage = Stage.SCORE) -> None:
    own = session.runs.filter(question__isnull=True, state__in=PipelineRun.UNFINISHED)
    if own.exists():
        return
    run = PipelineRun.objects.create(session=session, stage=stage, request_id=current_request_id())
    _send_after_commit(run)


def _start_again(run: PipelineRun, stage: Stage, *, why: Why = Why.AGAIN) -> None:
    """Reset the run to `stage` without later results; its worker loses the lease."""
    _close_tries([run.pk])
    PipelineRun.objects.filter(pk=run.pk).update(
        **RESET_FIELDS, stage=stage, state=State.QUEUED, request_id=current_request_id()
    )
    if stage in {Stage.TRANSCRIBE, Stage.EVALUATE}:
        results.put_away(run, why=why)
    if stage == Stage.TRANSCRIBE:
        TranscriptRecord.objects.filter(run=run).delete()
    _send_after_commit(run)


def _supersede(runs: "QuerySet[PipelineRun]") -> None:
    unfinished = runs.filter(state__in=PipelineRun.UNFINISHED)
    numbers = list(unfinished.values_list("pk", flat=True))
    if not numbers:  # the session is held: there will be none, either
        return
    unfinished.update(**NO_LEASE, state=State.SUPERSEDED, next_run_at=None, finished_at=Now())
    _close_tries(numbers)


def _close_tries(runs: Iterable[int]) -> None:
    tries = StageRun.objects.filter(run__in=list(runs), outcome=Outcome.RUNNING)
    tries.update(outcome=Outcome.FENCED, ended_at=Now())


def _send_after_commit(run: PipelineRun) -> None:
    _tell_after_commit(run, partial(dispatch.enqueue_run, run.pk))


def _send_new_after_commit(run: PipelineRun) -> None:
    _tell_after_commit(run, partial(dispatch.enqueue_new_run, run))


def _tell_after_commit(run: PipelineRun, send: Callable[[], object]) -> None:
    transaction.on_commit(send, robust=True)
    transaction.on_commit(partial(notifications.announce, run.session.uuid), robust=True)


def lock_run(run: PipelineRun) -> PipelineRun:
    """Return the run as it is stored, held until the transaction ends; its session first, as everywhere."""
    lock_session(run.pk)
    return (
        PipelineRun.objects.select_for_update(of=("self",), no_key=True)
        .select_related("session", "question")
        .get(pk=run.pk)
    )


WORDS_PER_SECOND: Final = 6  # nobody speaks faster for longer than a breath
WORDS_AT_LEAST: Final = 60  # are always allowed


class NotYetCorrectable(Conflict):
    """The answer is still being worked on, or a newer one took its place."""

    code = "not_finished"
    message = "This answer is not finished: its transcript cannot be corrected now"


def correct_transcript(run: PipelineRun, *, text: str) -> Correction:
    """
    Keep `text` as what was said and have the answer judged anew; return how it differs from what was heard.

    The same text again changes nothing; what was heard, word by word, takes the correction back. A change counts as an
    answer. Raise `NotYetCorrectable`, `OverQuota`, or `Invalid` for more words than the recording has time for.
    The texts are compared before the transaction: SQLite lets nobody else write while it is open.
    """
    heard = results.heard_of(_correctable(run))
    _require_time_for(text, heard)
    correction = correct(heard, text)
    with transaction.atomic():
        stored = lock_run(run)
        kept = _correctable(stored)
        if results.heard_of(kept) != heard:  # it was transcribed again meanwhile
            raise NotYetCorrectable
        if correction.transcript.text != " ".join(kept.text.split()):
            quotas.take_answer(stored.session.owner_id)
            _keep(kept, correction, heard)
            judge_again(stored, why=PastEvaluation.Why.TRANSCRIPT)
    return correction


def _correctable(run: PipelineRun) -> TranscriptRecord:
    """Return the transcript of an answer that is finished; raise `NotYetCorrectable`."""
    kept = TranscriptRecord.objects.filter(run=run).first()
    if run.state not in {State.COMPLETED, State.FAILED} or kept is None:
        raise NotYetCorrectable
    if not has_passed(run, Stage.TRANSCRIBE):
        raise NotYetCorrectable
    return kept


def correction_body(correction: Correction) -> dict[str, Any]:
    """Return the difference as it goes out."""
    return {
        "kept": correction.kept,
        "removed": correction.removed,
        "added": correction.added,
        "changes": [asdict(change) for change in correction.changes],
    }


def _require_time_for(text: str, heard: Transcript) -> None:
    if not heard.words:
        return
    most = max(WORDS_AT_LEAST, round(WORDS_PER_SECOND * heard.duration))
    if len(text.split()) > most:
        message = f"More than {most} words cannot have been said in this recording."
        raise Invalid(details=(Detail("transcript", message, "too_long"),))


def _keep(kept: TranscriptRecord, correction: Correction, heard: Transcript) -> None:
    restored = not correction.changes
    made = heard if restored else correction.transcript
    kept.heard = None if restored else _rows(heard)
    kept.text = made.text
    kept.word_count, kept.confidence = made.word_count, made.confidence
    kept.words, kept.segments = _rows(made)["words"], _rows(made)["segments"]
    kept.save()


def _rows(transcript: Transcript) -> dict[str, Any]:
    return {
        "text": transcript.text,
        "words": [[w.text, w.start, w.end, w.probability] for w in transcript.words],
        "segments": [[part.text, part.start, part.end] for part in transcript.segments],
    }


@transaction.atomic
def remove_run(run: PipelineRun) -> bool:
    """
    Remove the run with all rows of it, and its recording once that is committed; tell whether it was still there.

    A worker that is at it finds its lease gone. The session is scored anew from the answers that are left.
    """
    session = InterviewSession.objects.select_for_update(no_key=True).filter(runs=run.pk).first()
    stored = PipelineRun.objects.select_related("question").filter(pk=run.pk).first()
    if session is None or stored is None:
        return False
    question, recording = stored.question, stored.audio_key
    stored.delete()
    if recording:
        transaction.on_commit(partial(remove_recordings, [recording]), robust=True)
    if question is not None:
        note_removal(question=question, is_answered=question.runs.exists())
        _settle(session)
    return True


def _settle(session: InterviewSession) -> None:
    """Have the results made anew, or take them away where nothing is left that they could be made from."""
    if results.latest_evaluations(session):
        ask_for_session_results(session)
        return
    SessionScore.objects.filter(session=session).delete()
    SessionFeedback.objects.filter(session=session).delete()
    InterviewSession.objects.filter(pk=session.pk).update(total_score=None)
