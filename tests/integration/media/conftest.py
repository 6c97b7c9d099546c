import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any
from unittest.mock import patch

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.utils import timezone
from rest_framework.test import APIClient

from accounts.models import User
from interview_platform.http.exchange import Exchange
from interview_platform.storage_url import storage_from_url
from media.models import AudioAnswer
from media.storage import INCOMING
from pipeline.domain.values import AudioFacts
from pipeline.providers import registry
from sessions.models import Question
from tests.objects import ObjectServer
from tests.recordings import sample, wave_bytes


def audio_path(question: Question) -> str:
    """Return where the recordings of a question are uploaded to and read from."""
    return f"/api/v1/interviews/sessions/{question.session.uuid}/questions/{question.uuid}/audio"


def files_below(folder: Path) -> list[Path]:
    """Return every file in the folder and below it."""
    return sorted(path for path in folder.rglob("*") if path.is_file())


def detail(response: Any) -> tuple[int, str, str]:
    """Return status, field and code of an answer that refuses one field."""
    error = response.json()["error"]
    assert error["code"] == response.status_code
    [row] = error["details"]
    return response.status_code, row["field"], row["code"]


@dataclass
class Uploader:
    """Somebody who answers one question."""

    api: APIClient
    question: Question
    storage: Path

    @property
    def path(self) -> str:
        return audio_path(self.question)

    def send(
        self,
        content: bytes | None = None,
        *,
        name: str = "answer.wav",
        duration: str | None = None,
        fields: dict[str, str] | None = None,
        headers: dict[str, str] | None = None,
        began: float | None = None,
    ) -> Any:
        """Upload these bytes (one second of sound by default), begun at this time; return the answer."""
        body = wave_bytes() if content is None else content
        form: dict[str, Any] = {"file": SimpleUploadedFile(name, body), **(fields or {})}
        if duration is not None:
            form["duration"] = duration
        began_at = timezone.now() if began is None else datetime.fromtimestamp(began, UTC)
        with patch("media.views.exchange_of", return_value=Exchange(began_at=began_at)):
            return self.api.post(self.path, form, format="multipart", headers=headers)

    def upload(self, content: bytes | None = None, **fields: Any) -> Any:
        """Upload; return the data of an answer that must be a success."""
        response = self.send(content, **fields)
        assert response.status_code == 201, response.content
        return response.json()["data"]

    def get(self, path: str = "", *, method: str = "GET", **headers: str) -> Any:
        """Load a recording, the latest of this question by default; the answer has its `body` read."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        response: Any = self.api.generic(method, path or self.path, headers=named)
        response.body = b"".join(response) if response.streaming else response.content
        return response

    def assert_nothing_is_left(self) -> None:
        """Find neither a row nor a file, finished or not."""
        assert not AudioAnswer.objects.exists()
        assert not self.question.runs.exists()
        assert files_below(self.storage) == []


@pytest.fixture(scope="session")
def object_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[ObjectServer]:
    """An S3 server."""
    server = ObjectServer(tmp_path_factory.mktemp("objects"))
    server.start()
    yield server
    server.stop()


@pytest.fixture
def uploads(settings: Any, tmp_path: Path, request: pytest.FixtureRequest) -> Path:
    """The storage, in a folder of this test; with `TEST_STORAGE=s3` a bucket, whose server keeps its objects there."""
    if os.environ.get("TEST_STORAGE") == "s3":
        bucket: Path = request.getfixturevalue("uploads_in_bucket")
        return bucket
    folder = tmp_path / "uploads"
    folder.mkdir()
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": str(folder)},
        },
    }
    return folder


@pytest.fixture
def uploads_in_bucket(settings: Any, object_server: ObjectServer) -> Path:
    """The storage, in a bucket of this test."""
    url, folder = object_server.make_bucket()
    settings.STORAGE_URL = url
    settings.STORAGES = {**settings.STORAGES, "default": storage_from_url(url)}
    return folder


class Probe:
    """An `AudioProbe` during which something happens."""

    def __init__(self, happens: Callable[[], object], *, duration: float | None = 1.0) -> None:
        self.happens = happens
        self.duration = duration

    def probe(self, audio: Path, *, audio_format: str, copy: Path | None = None) -> AudioFacts:
        assert audio.exists()
        self.happens()
        return AudioFacts(
            format=audio_format,
            duration=self.duration,  # type: ignore[arg-type] # None is what the database refuses
            sample_rate=16_000,
            channels=1,
        )


@pytest.fixture
def while_probing(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Have something happen while a recording is probed; this probe writes no copy."""

    def arrange(happens: Callable[[], object], **facts: Any) -> None:
        monkeypatch.setattr(registry, "audio_probe", lambda: Probe(happens, **facts))

    return arrange


needs_directory = pytest.mark.skipif(
    os.environ.get("TEST_STORAGE") == "s3", reason="a bucket has neither modes nor folders"
)
needs_clock = pytest.mark.skipif(
    os.environ.get("TEST_STORAGE") == "s3", reason="a bucket refuses what was signed on another day"
)


@pytest.fixture
def uploader(
    uploads: Path, alice: User, question: Question, client_for: Callable[[User], APIClient]
) -> Uploader:
    """Alice at her question."""
    return Uploader(api=client_for(alice), question=question, storage=uploads)


@pytest.fixture
def strong_mp3() -> bytes:
    """A real answer."""
    return sample("strong_answer.mp3").read_bytes()


def waiting_files(storage: Path) -> list[Path]:
    """Return the temporary files of uploads that have not ended."""
    return files_below(storage / INCOMING)
