"""What becomes of recordings and sessions whose time is over."""

from datetime import timedelta
from typing import Any

import pytest
from django.core.files.storage import default_storage
from django.utils import timezone

from media.models import AudioAnswer
from media.retention import delete_old_audio, delete_old_sessions
from pipeline.models import PipelineRun, Stage
from pipeline.runs import periodic
from sessions.models import InterviewSession
from tests.factories import make_evaluation, make_transcript
from tests.integration.media.conftest import Uploader, detail, files_below

pytestmark = pytest.mark.django_db
WEEK_AND_MORE = timedelta(days=8)


@pytest.fixture
def old(uploader: Uploader, settings: Any) -> AudioAnswer:
    """An answer that was given, and judged, eight days ago; recordings are kept for seven."""
    settings.AUDIO_RETENTION_DAYS = 7
    uploader.upload()
    finish(PipelineRun.objects.get())
    AudioAnswer.objects.update(created_at=timezone.now() - WEEK_AND_MORE)
    return AudioAnswer.objects.get()


def finish(run: PipelineRun) -> None:
    make_transcript(run=run)
    make_evaluation(run=run)
    PipelineRun.objects.filter(pk=run.pk).update(
        state=PipelineRun.State.COMPLETED, stage=Stage.DONE, language="en"
    )


def sibling(uploader: Uploader, name: str) -> str:
    return uploader.path.replace("/audio", f"/{name}")


class TestOldRecordings:
    def test_are_deleted_and_said_to_be_gone(self, uploader: Uploader, old: AudioAnswer) -> None:
        assert delete_old_audio() == 1

        assert files_below(uploader.storage) == []
        answer = uploader.get()
        assert answer.status_code == 410
        assert detail(answer) == (410, "body", "audio_expired")
        assert uploader.get(method="HEAD").status_code == 410

    def test_leave_transcript_and_scores(self, uploader: Uploader, old: AudioAnswer) -> None:
        delete_old_audio()

        for name in ("transcript", "evaluation"):
            assert uploader.api.get(sibling(uploader, name)).status_code == 200
        again = uploader.api.post(sibling(uploader, "transcribe"), {}, format="json")
        assert again.status_code == 200

    def test_are_not_heard_anew_in_another_language(
        self, uploader: Uploader, old: AudioAnswer
    ) -> None:
        delete_old_audio()

        response = uploader.api.post(
            sibling(uploader, "transcribe"), {"language": "de"}, format="json"
        )

        assert response.status_code == 410
        assert uploader.api.get(sibling(uploader, "transcript")).status_code == 200

    def test_are_deleted_once(self, old: AudioAnswer) -> None:
        assert [delete_old_audio(), delete_old_audio()] == [1, 0]

    def test_are_marked_by_the_next_pass_when_somebody_died_in_between(
        self, uploader: Uploader, old: AudioAnswer
    ) -> None:
        default_storage.delete(old.storage_key)

        assert delete_old_audio() == 1
        assert uploader.get().status_code == 410

    def test_stay_while_they_are_worked_on(self, uploader: Uploader, old: AudioAnswer) -> None:
        PipelineRun.objects.update(state=PipelineRun.State.QUEUED, stage=Stage.TRANSCRIBE)

        assert delete_old_audio() == 0
        assert uploader.get().status_code == 200

    def test_stay_where_nothing_is_set(
        self, uploader: Uploader, old: AudioAnswer, settings: Any
    ) -> None:
        settings.AUDIO_RETENTION_DAYS = 0

        assert delete_old_audio() == 0
        assert uploader.get().status_code == 200

    def test_leave_younger_ones(self, uploader: Uploader, old: AudioAnswer, settings: Any) -> None:
        settings.AUDIO_RETENTION_DAYS = 9

        assert delete_old_audio() == 0


class TestOldSessions:
    def test_are_deleted_with_all_that_is_theirs(
        self,
        uploader: Uploader,
        old: AudioAnswer,
        settings: Any,
        django_capture_on_commit_callbacks: Any,
    ) -> None:
        settings.SESSION_RETENTION_DAYS = 7
        InterviewSession.objects.update(updated_at=timezone.now() - WEEK_AND_MORE)

        with django_capture_on_commit_callbacks(execute=True):
            assert delete_old_sessions() == 1

        assert not InterviewSession.objects.exists()
        assert files_below(uploader.storage) == []

    def test_stay_where_nothing_is_set(self, uploader: Uploader, old: AudioAnswer) -> None:
        InterviewSession.objects.update(updated_at=timezone.now() - WEEK_AND_MORE)

        assert delete_old_sessions() == 0


class TestUpkeep:
    def test_deletes_what_is_old(self) -> None:
        assert {"delete old recordings", "delete old sessions"} <= set(periodic.JOBS)
