"""
Changes to recordings and typed answers.

A new upload is a new attempt and supersedes the one in work, even with bytes that were sent before.
But a double click, a proxy that retries or twenty copies of one request at once are one recording:
the same bytes that were under way when an attempt was accepted, or when a duplicate of them got its
answer, get this answer, too, and make neither a row nor a run. Clients that want more send an
`Idempotency-Key`.
"""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import DatabaseError, transaction
from django.utils import timezone

from interview_platform.errors import Detail, Invalid, Refused, UnsupportedMedia
from media import orphan_cleanup, storage
from media.audio_files import sniff_format
from media.metadata_stripping import probe_and_strip
from media.models import AudioAnswer
from media.receiving import FIELD, ReceivedFile
from media.selectors import find_duplicate
from pipeline import quotas
from pipeline.domain.ports import PermanentError, TransientError
from pipeline.domain.values import AudioFacts, Transcript
from pipeline.models import PipelineRun
from pipeline.runs.services import start_run, start_typed_run
from sessions.languages import AUTO, ENGLISH, known_or_auto
from sessions.models import InterviewSession, Question
from sessions.services import SessionCompleted, note_recording

logger = logging.getLogger(__name__)

QUOTAS_OF_A_RECORDING: Final = ("uploads", "bytes", "audio-seconds", "runs")
TYPED: Final = "typed"  # in place of a recogniser's name
ORPHAN_AGE: Final = timedelta(hours=1)  # far above the time between a file and its row


class UnsupportedFormat(UnsupportedMedia):
    """Signature or decoder say that this is no audio of a format that we take."""

    code = "unsupported_format"

    def __init__(self) -> None:
        message = "Unsupported audio format; send MP3, WAV, M4A, WebM or Ogg"
        super().__init__(message, details=(Detail(FIELD, message, self.code),))


class UnusableAudio(Invalid):
    """The recording is audio without sound, or with too much of it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(details=(Detail(FIELD, message, code),))


class ProbeFailed(Refused):
    """The machine has no room or no time to probe the recording now."""

    status = 503
    code = "unavailable"
    message = "The service is temporarily unavailable"


class DuplicateUpload(Exception):  # noqa: N818 - not an error: it rolls the transaction back
    """The same bytes became an attempt while these were under way."""

    def __init__(self, recording: AudioAnswer) -> None:
        super().__init__()
        self.recording = recording


@dataclass(frozen=True, slots=True)
class Upload:
    """A received file, when its request began, and what the client said of it."""

    file: ReceivedFile
    began_at: datetime
    client_duration: float | None = None  # seconds


def require_open_for_recordings(session: InterviewSession) -> None:
    """Raise `SessionCompleted` before a body is read in vain; checked again under the lock."""
    if session.status == InterviewSession.Status.COMPLETED:
        raise SessionCompleted


def receive_recording(*, question: Question, upload: Upload) -> AudioAnswer:
    """
    Check the recording, make it durable, and start its run: file first, then rows.

    Raise `UnsupportedFormat`, `UnusableAudio`, `ProbeFailed`, `SessionCompleted`, `OverQuota` or a
    not-found; after these, and after any unexpected error, no row and no file are left.
    """
    facts = probe(upload.file)
    key = storage.store(
        upload.file.spool,
        key=storage.recording_key(question.session, uuid=uuid.uuid4(), audio_format=facts.format),
    )
    try:
        recording = _save(question=question, upload=upload, facts=facts, key=key)
    except BaseException:  # without a 201 nothing is to be left, whatever it was
        _delete_unless_saved(key)
        raise
    if recording.storage_key != key:
        storage.delete(key)
    return recording


@transaction.atomic
def receive_text(*, question: Question, text: str) -> PipelineRun:
    """Take a typed answer as the next attempt and start its run; raise as `receive_recording`."""
    attempt = note_recording(question=question)
    quotas.take_answer(question.session.owner_id)
    typed = Transcript(
        text=text, language=_language_of(question.session), duration=0.0, model=TYPED
    )
    return start_typed_run(question=question, attempt=attempt, transcript=typed)


def probe(file: ReceivedFile) -> AudioFacts:
    """Return what the recording holds, and remove its metadata; its signature picks the demuxer."""
    audio_format = sniff_format(file.head)
    if audio_format is None:
        raise UnsupportedFormat
    try:
        return probe_and_strip(file, audio_format=audio_format)
    except PermanentError as refusal:
        if refusal.code == UnsupportedFormat.code:
            raise UnsupportedFormat from refusal
        raise UnusableAudio(refusal.code, refusal.message) from refusal
    except (TransientError, OSError) as error:
        logger.warning("A recording could not be probed: %s", error)
        raise ProbeFailed(headers={"Retry-After": "5"}) from error


def sweep_orphans(
    *, older_than: timedelta = ORPHAN_AGE, dry_run: bool = False
) -> orphan_cleanup.Swept:
    """
    Remove recordings without a row, and what killed uploads have left; return what there was.

    Rows whose file is gone stay: their run says `audio_missing`. What is younger than `older_than`
    is not touched.
    """
    return orphan_cleanup.sweep(older_than=older_than, dry_run=dry_run)


def _language_of(session: InterviewSession) -> str:
    """Return what the user writes in: the session's language, else their own."""
    known = (session.language, known_or_auto(session.owner.language))
    return next((language for language in known if language != AUTO), ENGLISH)


def _save(*, question: Question, upload: Upload, facts: AudioFacts, key: str) -> AudioAnswer:
    """Write the rows in one transaction, or return the attempt that these bytes are already."""
    try:
        with transaction.atomic():
            attempt = note_recording(question=question)
            _require_no_duplicate(question, upload)
            _use_quotas(question, upload, facts)
            return _create(question, attempt=attempt, upload=upload, facts=facts, key=key)
    except DuplicateUpload as same:  # of many at once, the next may overlap with this one alone
        AudioAnswer.objects.filter(pk=same.recording.pk).update(sent_again_at=timezone.now())
        return same.recording


def _use_quotas(question: Question, upload: Upload, facts: AudioFacts) -> None:
    owner = question.session.owner_id
    size = upload.file.size or 0
    quotas.take(owner, {"uploads": 1, "bytes": size, "audio-seconds": facts.duration})
    quotas.take_place(owner)


def _require_no_duplicate(question: Question, upload: Upload) -> None:
    duplicate = find_duplicate(question=question, sha256=upload.file.sha256, since=upload.began_at)
    if duplicate is not None:
        raise DuplicateUpload(duplicate)


def _create(
    question: Question, *, attempt: int, upload: Upload, facts: AudioFacts, key: str
) -> AudioAnswer:
    run = start_run(
        question=question,
        attempt=attempt,
        audio_key=key,
        audio_sha256=upload.file.kept_sha256,
        audio_format=facts.format,
        audio_duration=facts.duration,
        language=question.session.language,
    )
    return AudioAnswer.objects.create(
        question=question,
        run=run,
        attempt=attempt,
        storage_key=key,
        sha256=upload.file.sha256,
        size_bytes=upload.file.size or 0,
        format=facts.format,
        duration=facts.duration,
        client_duration=upload.client_duration,
        metadata_kept=not facts.is_copied,
    )


def _delete_unless_saved(key: str) -> None:
    """Delete the file, unless the commit went through although it said otherwise."""
    try:
        is_saved = AudioAnswer.objects.filter(storage_key=key).exists()
    except DatabaseError:  # unknown: the sweep will look when the database is back
        return
    if not is_saved:
        storage.delete(key)
