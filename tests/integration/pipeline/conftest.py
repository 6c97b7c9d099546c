"""A recording in the storage, runs of it, and a way to let a lease run out."""

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db.models.functions import Now

from pipeline.models import PipelineRun
from sessions.models import Question
from tests.factories import make_run


@pytest.fixture
def run(question: Question, strong_recording: Path) -> PipelineRun:
    """The run of a recording that lies in the storage."""
    content = strong_recording.read_bytes()
    key = default_storage.save("tests/strong_answer.mp3", ContentFile(content))
    return make_run(
        question=question, audio_key=key, audio_sha256=hashlib.sha256(content).hexdigest()
    )


def let_lease_run_out(run: PipelineRun) -> None:
    """Make it seem that the worker was last heard of long ago."""
    PipelineRun.objects.filter(pk=run.pk).update(
        lease_until=Now() - timedelta(seconds=1), heartbeat_at=Now() - timedelta(seconds=60)
    )


def let_time_pass(run: PipelineRun, *, seconds: float) -> None:
    """Make it seem that the run was last sent, and is due, so much earlier."""
    run.refresh_from_db()
    ago = timedelta(seconds=seconds)
    for name in ("published_at", "next_run_at", "created_at"):
        moment = getattr(run, name)
        if moment is not None:
            PipelineRun.objects.filter(pk=run.pk).update(**{name: moment - ago})
    run.refresh_from_db()
