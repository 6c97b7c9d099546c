import os
import resource
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.core.files.storage import InMemoryStorage, default_storage
from django.db import connection

from media.models import AudioAnswer
from pipeline.domain.ports import TransientError
from pipeline.models import PipelineRun
from sessions.services import complete_session, delete_session
from tests.integration.media.conftest import (
    Uploader,
    detail,
    files_below,
    needs_directory,
    waiting_files,
)
from tests.recordings import wave_bytes

pytestmark = pytest.mark.django_db


@pytest.fixture
def small_files() -> Iterator[int]:
    """No file may grow over this size: what a full disk is, without a disk."""
    limit = 4_000_000
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
    yield limit
    resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))


class TestAFileIsThereBeforeItsRow:
    @needs_directory
    def test_and_waits_beside_the_storage_until_it_is_whole(
        self, uploader: Uploader, while_probing: Callable[..., None]
    ) -> None:
        seen: list[int] = []
        while_probing(lambda: seen.append(len(waiting_files(uploader.storage))))

        uploader.upload()

        assert seen == [2]  # what was sent, and the copy that is made of it
        assert waiting_files(uploader.storage) == []
        assert len(files_below(uploader.storage)) == 1

    @needs_directory
    def test_and_is_synced_with_its_folders(
        self, uploader: Uploader, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        synced: list[str] = []
        real = os.fsync

        def watch(descriptor: int) -> None:
            synced.append(str(Path(f"/proc/self/fd/{descriptor}").readlink()))
            real(descriptor)

        monkeypatch.setattr(os, "fsync", watch)

        uploader.upload()

        [file] = files_below(uploader.storage)
        assert "interview-upload-" in synced[0]
        for folder in (file.parent, file.parent.parent, uploader.storage):
            assert str(folder) in synced


class TestNothingIsLeft:
    def test_when_the_disk_is_full(self, uploader: Uploader, small_files: int) -> None:
        response = uploader.send(wave_bytes(frames=small_files))

        assert response.status_code == 500
        assert response.json()["error"]["message"] == "Internal server error"
        uploader.assert_nothing_is_left()
        assert uploader.upload()["attempt"] == 1

    def test_when_the_database_refuses_the_rows(
        self, uploader: Uploader, while_probing: Callable[..., None]
    ) -> None:
        while_probing(lambda: None, duration=None)

        assert uploader.send().status_code == 500

        uploader.assert_nothing_is_left()
        uploader.question.refresh_from_db()
        assert uploader.question.attempt_count == 0

    def test_when_the_session_is_deleted_meanwhile(
        self, uploader: Uploader, while_probing: Callable[..., None]
    ) -> None:
        while_probing(lambda: delete_session(uploader.question.session))

        assert uploader.send().status_code == 404

        assert files_below(uploader.storage) == []
        assert not AudioAnswer.objects.exists()
        assert not PipelineRun.objects.exists()

    def test_when_the_session_is_completed_meanwhile(
        self, uploader: Uploader, while_probing: Callable[..., None]
    ) -> None:
        def complete() -> None:
            complete_session(session=uploader.question.session)

        while_probing(complete)

        assert uploader.send().status_code == 409
        uploader.assert_nothing_is_left()

    def test_when_it_cannot_be_probed_now(
        self, uploader: Uploader, while_probing: Callable[..., None]
    ) -> None:
        def fail() -> None:
            raise TransientError("audio_timeout", "Reading the recording took too long.")

        while_probing(fail)

        response = uploader.send()

        assert response.status_code == 503
        assert response.headers["Retry-After"] == "5"
        uploader.assert_nothing_is_left()

    def test_when_the_form_has_no_end(self, uploader: Uploader) -> None:
        body = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\n'
        body += wave_bytes()

        response = uploader.api.post(
            uploader.path, body, content_type="multipart/form-data; boundary=x"
        )

        assert response.status_code == 400
        uploader.assert_nothing_is_left()


class TestANewUpload:
    def test_is_a_new_attempt_that_supersedes_the_one_in_work(self, uploader: Uploader) -> None:
        first = uploader.upload(wave_bytes(frames=8000))
        second = uploader.upload(wave_bytes(frames=16_000))

        assert (first["attempt"], second["attempt"]) == (1, 2)
        states = PipelineRun.objects.order_by("attempt").values_list("state", flat=True)
        assert list(states) == ["superseded", "queued"]

    def test_is_one_even_with_the_same_bytes(self, uploader: Uploader) -> None:
        assert [uploader.upload()["attempt"] for _ in range(3)] == [1, 2, 3]

    def test_with_the_bytes_of_one_that_was_accepted_meanwhile_is_that_one(
        self, uploader: Uploader, while_probing: Callable[..., None]
    ) -> None:
        twins: list[Any] = []

        def send_the_same() -> None:
            while_probing(lambda: None)
            twins.append(uploader.upload())

        while_probing(send_the_same)

        assert uploader.upload() == twins[0]
        assert uploader.question.runs.count() == 1
        assert len(files_below(uploader.storage)) == 1
        uploader.question.refresh_from_db()
        assert uploader.question.attempt_count == 1

    def test_with_the_same_bytes_as_others_under_way_is_the_same_as_they_are(
        self, uploader: Uploader
    ) -> None:
        before = time.time()
        first = uploader.upload()
        after_first = time.time()

        second = uploader.upload(began=before)
        third = uploader.upload(began=after_first)  # it overlaps with the second alone

        assert first == second == third
        assert uploader.upload()["attempt"] == 2

    def test_with_other_bytes_than_one_that_was_accepted_meanwhile_is_its_own(
        self, uploader: Uploader, while_probing: Callable[..., None]
    ) -> None:
        def send_another() -> None:
            while_probing(lambda: None)
            uploader.upload(wave_bytes(frames=8000))

        while_probing(send_another)

        assert uploader.upload()["attempt"] == 2

    def test_with_the_same_key_is_the_first_one(self, uploader: Uploader) -> None:
        headers = {"Idempotency-Key": "the-first-answer"}

        answers = [uploader.send(headers=headers) for _ in range(2)]

        assert answers[0].json()["data"] == answers[1].json()["data"]
        assert answers[0].headers["Location"] == answers[1].headers["Location"]
        assert detail(uploader.send(wave_bytes(frames=8), headers=headers))[::2] == (
            422,
            "key_reused",
        )


@pytest.mark.django_db(transaction=True)
class TestUploadsAtOnce:
    def test_of_different_recordings_leave_one_run_in_work(self, uploader: Uploader) -> None:
        def send(number: int) -> int:
            try:
                return int(uploader.upload(wave_bytes(frames=8000 + number))["attempt"])
            finally:
                connection.close()

        with ThreadPoolExecutor(8) as pool:
            attempts = sorted(pool.map(send, range(8)))

        assert attempts == list(range(1, 9))
        unfinished = PipelineRun.objects.filter(state__in=PipelineRun.UNFINISHED)
        assert [run.attempt for run in unfinished] == [8]
        assert len(files_below(uploader.storage)) == 8


class TestABucket:
    @pytest.fixture
    def bucket(self, uploader: Uploader, settings: Any, tmp_path: Path) -> Path:
        """A storage without paths; return where uploads wait."""
        settings.STORAGES = {
            **settings.STORAGES,
            "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
        }
        settings.FILE_UPLOAD_TEMP_DIR = str(tmp_path / "waiting")
        return tmp_path / "waiting"

    def test_keeps_recordings_as_a_directory_does(self, uploader: Uploader, bucket: Path) -> None:
        uploader.upload()

        assert uploader.get(range="bytes=0-3").body == b"RIFF"
        assert default_storage.exists(PipelineRun.objects.get().audio_key)
        assert files_below(bucket) == []

    def test_that_is_away_is_no_fault_of_the_clients(
        self, uploader: Uploader, bucket: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def away(*_: Any, **__: Any) -> str:
            raise ConnectionError

        monkeypatch.setattr(InMemoryStorage, "_save", away)

        response = uploader.send()

        assert response.status_code == 503
        assert response.headers["Retry-After"]
        uploader.assert_nothing_is_left()
        assert files_below(bucket) == []
