"""
The front door for changes to recordings.

What is the same recording? A new upload is a new attempt, and supersedes the one in work, even with bytes that were sent
before: whoever sends them again after an answer means it. But a double click, a proxy that retries or twenty copies of one
request at once are one recording: the same bytes that were already under way when an attempt was accepted, or when
others like them got its answer, get it, too, and make neither a row nor a run. Clients that want more send an `Idempotency-Key`.
"""

import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from django.db import DatabaseError, transaction
from django.utils import timezone

from interview_platform.errors import Detail, Invalid, Refused, UnsupportedMedia
from media import keeping, orphans
from media.audio_files import sniff_format
from media.models import AudioAnswer
from media.receiving import FIELD, ReceivedFile
from media.selectors import find_twin
from media.stripping import strip_tags
from pipeline import quotas
from pipeline.models import PipelineRun
from pipeline.ports import PermanentError, TransientError
from pipeline.providers import registry
from pipeline.services import start_run, start_typed_run
from pipeline.values import AudioFacts, Transcript
from sessions.languages import AUTO, ENGLISH, known_or_auto
from sessions.models import InterviewSession, Question
from sessions.services import SessionCompleted, note_recording

logger = logging.getLogger(__name__)

QUOTAS_OF_A_RECORDING: Final = ("uploads", "bytes", "audio-seconds", "runs")
TYPED: Final = "typed"  # in place of a recogniser's name
ORPHAN_AGE: Final = timedelta(hours=1)  # far above the time between a file and its row


class UnsupportedFormat(UnsupportedMedia):
    """Neither signature nor decoder say that this is audio of a kind that we take."""

    code = "unsupported_format"

    def __init__(self) -> None:
        message = "Unsupported audio format; send MP3, WAV, M4A, WebM or Ogg"
        super().__init__(message, details=(Detail(FIELD, message, self.code),))


class UselessRecording(Invalid):
    """It is audio, but there is nothing in it, or too much."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(details=(Detail(FIELD, message, code),))


class CannotExamine(Refused):
    """The machine has no room or no time to look at the recording now."""

    status = 503
    code = "unavailable"
    message = "The service is temporarily unavailable"


class AlreadyReceived(Exception):  # noqa: N818 - not an error: it takes back the transaction
    """The same bytes became an attempt while these were under way."""

    def __init__(self, recording: AudioAnswer) -> None:
        super().__init__()
        self.recording = recording


@dataclass(frozen=True, slots=True)
class Upload:
    """What came in, and when it began to."""

    file: ReceivedFile
    began_at: datetime
    client_duration: float | None = None  # seconds


def require_open_for_recordings(session: InterviewSession) -> None:
    """Raise `SessionCompleted` before a body is read in vain; the same is asked again under the lock."""
    if session.status == InterviewSession.Status.COMPLETED:
        raise SessionCompleted


def receive_recording(*, question: Question, upload: Upload) -> AudioAnswer:
    """
    Check the recording, make it durable, and start its run: file first, then rows.

    Raise `UnsupportedFormat`, `UselessRecording`, `SessionCompleted`, `OverQuota` or a not-found; after these, and after any surprise,
    no row and no file are left.
    """
    facts = examine(upload.file)
    key = keeping.keep(
        upload.file.spool,
        key=keeping.recording_key(question.session, uuid=uuid.uuid4(), audio_format=facts.format),
    )
    try:
        recording = _note(question=question, upload=upload, facts=facts, key=key)
    except BaseException:  # without a 201 nothing is to be left, whatever it was
        _discard_unless_noted(key)
        raise
    if recording.storage_key != key:
        keeping.discard(key)
    return recording


@transaction.atomic
def receive_text(*, question: Question, text: str) -> PipelineRun:
    """Take a typed answer as the question's next attempt, and start its run; raise as `receive_recording` does."""
    attempt = note_recording(question=question)
    quotas.take_answer(question.session.owner_id)
    typed = Transcript(
        text=text, language=_language_of(question.session), duration=0.0, model=TYPED
    )
    return start_typed_run(question=question, attempt=attempt, transcript=typed)


def examine(file: ReceivedFile) -> AudioFacts:
    """
    Return what the recording holds; its signature picks the demuxer, a bounded child looks inside.

    What its recorder wrote beside the sound is blanked before: what we cannot read afterwards we would not keep.
    """
    audio_format = sniff_format(file.head)
    if audio_format is None:
        raise UnsupportedFormat
    path = Path(file.temporary_file_path())
    try:
        strip_tags(file, audio_format=audio_format)
    except OSError as trouble:
        logger.warning("A recording could not be rid of its tags: %s", trouble)
        raise CannotExamine(headers={"Retry-After": "5"}) from trouble
    try:
        return registry.audio_probe().probe(path, audio_format=audio_format)
    except PermanentError as refusal:
        if refusal.code == UnsupportedFormat.code:
            raise UnsupportedFormat from refusal
        raise UselessRecording(refusal.code, refusal.message) from refusal
    except TransientError as trouble:
        logger.warning("A recording could not be examined: %s", trouble)
        raise CannotExamine(headers={"Retry-After": "5"}) from trouble


def sweep_orphans(*, older_than: timedelta = ORPHAN_AGE, dry_run: bool = False) -> orphans.Swept:
    """
    Remove recordings without a row, and what killed uploads have left; say what there was.

    Rows whose file is gone stay: their run says `audio_missing`. Nothing younger than `older_than` is touched.
    """
    return orphans.sweep(older_than=older_than, dry_run=dry_run)


def _language_of(session: InterviewSession) -> str:
    """Return what the person writes in: the session's language, else his own; nobody looks at the words."""
    known = (session.language, known_or_auto(session.owner.language))
    return next((language for language in known if language != AUTO), ENGLISH)


def _note(*, question: Question, upload: Upload, facts: AudioFacts, key: str) -> AudioAnswer:
    """Write the rows, in one transaction, or return the attempt that these bytes are already."""
    try:
        with transaction.atomic():
            attempt = note_recording(question=question)
            _look_for_twin(question, upload)
            _use_quotas(question, upload, facts)
            return _create(question, attempt=attempt, upload=upload, facts=facts, key=key)
    except AlreadyReceived as same:  # of many at once, the next may overlap with this one alone
        AudioAnswer.objects.filter(pk=same.recording.pk).update(sent_again_at=timezone.now())
        return same.recording


def _use_quotas(question: Question, upload: Upload, facts: AudioFacts) -> None:
    owner = question.session.owner_id
    size = upload.file.size or 0
    quotas.take(owner, {"uploads": 1, "bytes": size, "audio-seconds": facts.duration})
    quotas.take_place(owner)


def _look_for_twin(question: Question, upload: Upload) -> None:
    twin = find_twin(question=question, sha256=upload.file.sha256, since=upload.began_at)
    if twin is not None:
        raise AlreadyReceived(twin)


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
    )


def _discard_unless_noted(key: str) -> None:
    """Remove the file, unless the commit went through although it said otherwise."""
    try:
        noted = AudioAnswer.objects.filter(storage_key=key).exists()
    except DatabaseError:  # nobody knows: the sweeper will look when the database is back
        return
    if not noted:
        keeping.discard(key)
