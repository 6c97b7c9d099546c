"""Recordings in a bucket of a real S3 server: the way of one from the upload to its end."""

import hashlib
import tempfile
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from rest_framework.test import APIClient

from accounts.models import User
from accounts.services import close_account
from media.models import AudioAnswer
from media.services import sweep_orphans
from pipeline.domain.ports import PermanentError, TransientError
from pipeline.models import PipelineRun
from pipeline.providers import registry
from sessions.models import Question
from tests.integration.media.conftest import Uploader, files_below
from tests.recordings import sample, sound_of, wave_bytes

pytestmark = pytest.mark.django_db(transaction=True)

AWAY = "s3://key:secret@127.0.0.1:1/recordings?tls=no"


@pytest.fixture
def bucket(uploads_in_bucket: Path) -> Path:
    """The folder in which the server keeps what lies in the bucket."""
    return uploads_in_bucket


@pytest.fixture
def uploader(
    bucket: Path, alice: User, question: Question, client_for: Callable[[User], APIClient]
) -> Uploader:
    """Alice at her question."""
    return Uploader(api=client_for(alice), question=question, storage=bucket)


class TestAnUpload:
    def test_lies_in_the_bucket_and_nowhere_else(
        self, uploader: Uploader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
        content = sample("weak_answer.mp3").read_bytes()

        uploader.upload(content)

        [file] = files_below(uploader.storage)
        assert sound_of(file) == sound_of(sample("weak_answer.mp3"))
        assert file == uploader.storage / PipelineRun.objects.get().audio_key
        assert files_below(tmp_path) == []

    def test_is_refused_and_leaves_nothing_when_the_bucket_is_away(
        self, uploader: Uploader, settings: Any
    ) -> None:
        settings.STORAGES = bucket_at(AWAY, settings)

        response = uploader.send()

        assert response.status_code == 503
        assert not AudioAnswer.objects.exists()


class TestAWorker:
    def test_loads_the_recording_and_keeps_no_copy(
        self, uploader: Uploader, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
    ) -> None:
        uploader.upload(wave_bytes())
        run = PipelineRun.objects.get()
        monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))

        with registry.audio_store().local_copy(run.audio_key, sha256=run.audio_sha256) as audio:
            assert audio.read_bytes() == wave_bytes()
            assert files_below(tmp_path) == [audio]

        assert files_below(tmp_path) == []

    def test_refuses_what_is_not_what_was_uploaded(self, uploader: Uploader) -> None:
        uploader.upload()
        run = PipelineRun.objects.get()
        store = registry.audio_store()
        files_below(uploader.storage)[0].write_bytes(b"another recording")
        with (
            pytest.raises(PermanentError),
            store.local_copy(run.audio_key, sha256=run.audio_sha256),
        ):
            pass
        files_below(uploader.storage)[0].unlink()
        with (
            pytest.raises(PermanentError),
            store.local_copy(run.audio_key, sha256=run.audio_sha256),
        ):
            pass

    def test_tries_again_later_when_the_bucket_is_away(self, bucket: Path, settings: Any) -> None:
        settings.STORAGES = bucket_at(AWAY, settings)

        with (
            pytest.raises(TransientError, match="storage_unavailable"),
            registry.audio_store().local_copy("u/s/a.wav", sha256="0" * 64),
        ):
            pass


class TestGettingIt:
    def test_gives_it_whole_or_a_part(self, uploader: Uploader) -> None:
        content = wave_bytes()
        uploader.upload(content)

        assert uploader.get().body == content
        part = uploader.get(range="bytes=10-19")
        assert (part.status_code, part.body) == (206, content[10:20])
        assert part.headers["Content-Range"] == f"bytes 10-19/{len(content)}"
        assert uploader.get(range="bytes=-5").body == content[-5:]
        assert uploader.get(range="bytes=999999-").status_code == 416
        assert uploader.get(method="HEAD").headers["Content-Length"] == str(len(content))

    def test_says_when_it_is_gone_or_the_bucket_is_away(
        self, uploader: Uploader, settings: Any
    ) -> None:
        uploader.upload()
        files_below(uploader.storage)[0].unlink()
        gone = uploader.get()
        settings.STORAGES = bucket_at(AWAY, settings)

        assert gone.status_code == 404
        assert uploader.get().status_code == 503

    def test_redirects_who_asks_for_it_to_the_bucket_for_a_short_time(
        self, uploader: Uploader, settings: Any
    ) -> None:
        settings.SIGNED_URL_SECONDS = 60
        content = wave_bytes()
        uploader.upload(content)

        response = uploader.get(f"{uploader.path}?redirect=true")
        address = response.headers["Location"]
        loaded = httpx.get(address)

        assert response.status_code == 302
        assert "no-store" in response.headers["Cache-Control"]
        assert "X-Amz-Expires=60" in address
        assert loaded.content == content
        assert loaded.headers["Content-Type"] == "audio/wav"
        assert loaded.headers["Content-Disposition"].startswith("attachment")
        assert httpx.get(address.partition("?")[0]).is_client_error, "not without a signature"
        assert uploader.get().status_code == 200, "who does not ask gets it from here"

    def test_shows_nobody_the_bucket_where_the_operator_does_not(
        self, uploader: Uploader, settings: Any
    ) -> None:
        settings.SIGNED_URL_SECONDS = 0
        uploader.upload()

        assert uploader.get(f"{uploader.path}?redirect=true").body == wave_bytes()

    def test_redirects_nobody_else(
        self, uploader: Uploader, mallory: User, client_for: Callable[[User], APIClient]
    ) -> None:
        uploader.upload()
        uploader.api = client_for(mallory)

        assert uploader.get(f"{uploader.path}?redirect=true").status_code == 404


class TestItsEnd:
    def test_comes_with_the_account(self, uploader: Uploader, alice: User) -> None:
        uploader.upload()
        own = uploader.storage / str(alice.uuid)
        theirs = default_storage.save("somebody-else/s/a.wav", ContentFile(b"a"))
        before = files_below(own)

        close_account(user=alice)

        assert len(before) == 1
        assert files_below(own) == []
        assert default_storage.exists(theirs)

    def test_comes_with_the_sweeper_where_no_row_knows_it(self, uploader: Uploader) -> None:
        uploader.upload()
        [kept] = files_below(uploader.storage)
        orphan = f"{kept.parent.relative_to(uploader.storage)}/orphan.wav"
        default_storage.save(orphan, ContentFile(b"nobody's"))

        young = sweep_orphans()
        old = sweep_orphans(older_than=timedelta(seconds=-60))

        assert young.recordings == ()
        assert old.recordings == (orphan,)
        assert files_below(uploader.storage) == [kept]
        assert hashlib.sha256(kept.read_bytes()).hexdigest()


def bucket_at(url: str, settings: Any) -> dict[str, Any]:
    """Return `STORAGES` with the bucket at this address."""
    from interview_platform.storage_url import storage_from_url

    return {**settings.STORAGES, "default": storage_from_url(url)}
