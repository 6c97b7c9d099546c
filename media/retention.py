"""What is deleted because its time is over: recordings after some days, whole sessions after others. Off by default."""

import logging
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.core.files.storage import default_storage
from django.db import transaction
from django.utils import timezone

from media.models import AudioAnswer
from pipeline.models import PipelineRun
from sessions.models import InterviewSession
from sessions.services import delete_session

logger = logging.getLogger(__name__)

AT_ONCE: Final = 500  # rows of one pass; the next one comes soon


def delete_old_audio() -> int:
    """Delete recordings of more than `AUDIO_RETENTION_DAYS`, but for those in work; what was made of them stays."""
    if not settings.AUDIO_RETENTION_DAYS:
        return 0
    before = timezone.now() - timedelta(days=settings.AUDIO_RETENTION_DAYS)
    old = AudioAnswer.objects.filter(created_at__lt=before, expired_at__isnull=True)
    idle = old.exclude(run__state__in=PipelineRun.UNFINISHED).order_by("pk")
    rows = list(idle[:AT_ONCE])
    for row in rows:
        _expire(row)
    return len(rows)


def delete_old_sessions() -> int:
    """Delete whole sessions that nothing has changed in for `SESSION_RETENTION_DAYS`, files and results included."""
    if not settings.SESSION_RETENTION_DAYS:
        return 0
    before = timezone.now() - timedelta(days=settings.SESSION_RETENTION_DAYS)
    old = InterviewSession.objects.filter(updated_at__lt=before)
    idle = old.exclude(runs__state__in=PipelineRun.UNFINISHED).order_by("pk")
    sessions = list(idle[:AT_ONCE])
    for session in sessions:
        delete_session(session)
    return len(sessions)


def _expire(row: AudioAnswer) -> None:
    """Delete the file, then say so in the rows: whoever dies in between is followed by the next pass."""
    default_storage.delete(row.storage_key)
    with transaction.atomic():
        AudioAnswer.objects.filter(pk=row.pk).update(expired_at=timezone.now())
        PipelineRun.objects.filter(pk=row.run_id).update(audio_key="")
