"""An owner's recordings, as the interface sees them."""

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from accounts.models import User
from media.audio_files import read_name
from media.models import AudioAnswer
from pipeline.api.selectors import NoRecording, NoSuchAttempt
from sessions.models import Question
from sessions.selectors import get_question, get_session


def get_recording(
    *, owner: User, session_uuid: UUID, question_uuid: UUID, attempt: int | None = None
) -> AudioAnswer:
    """Return one attempt, else the latest; raise a not-found that says what is missing."""
    found = _own(owner).filter(question__uuid=question_uuid, question__session__uuid=session_uuid)
    if attempt is not None:
        recording = found.filter(attempt=attempt).first()
    else:
        recording = found.order_by("-attempt").first()
    if recording is not None:
        return recording
    get_question(owner=owner, session_uuid=session_uuid, question_uuid=question_uuid)
    if attempt is not None and found.exists():
        raise NoSuchAttempt
    raise NoRecording


def get_recording_by_name(*, owner: User, session_uuid: UUID, name: str) -> AudioAnswer:
    """Return the recording that a `file_path` names; raise `SessionNotFound` or `NoRecording`."""
    session = get_session(owner=owner, session_uuid=session_uuid)
    parts = read_name(name)
    if parts is None:
        raise NoRecording
    position, attempt, audio_format = parts
    recording = (
        _own(owner)
        .filter(question__session=session, question__position=position)
        .filter(attempt=attempt, format=audio_format)
        .first()
    )
    if recording is None:
        raise NoRecording
    return recording


def find_duplicate(*, question: Question, sha256: str, since: datetime) -> AudioAnswer | None:
    """Return the latest recording if these bytes were sent for it, and answered, after `since`."""
    latest = (
        AudioAnswer.objects.filter(question=question)
        .select_related("question__session", "run")
        .order_by("-attempt")
        .first()
    )
    if latest is None or latest.sha256 != sha256:
        return None
    return latest if since <= (latest.sent_again_at or latest.created_at) else None


def _own(owner: User) -> "QuerySet[AudioAnswer]":
    return AudioAnswer.objects.filter(question__session__owner=owner).select_related(
        "question__session", "run"
    )
