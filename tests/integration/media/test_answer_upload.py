import hashlib
import stat
import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from rest_framework.test import APIClient

from accounts.models import User
from media.models import AudioAnswer
from pipeline.models import PipelineRun
from sessions.models import InterviewSession, Question
from sessions.services import complete_session
from tests.integration.media.conftest import (
    Uploader,
    audio_path,
    detail,
    files_below,
    needs_directory,
)
from tests.recordings import FORMATS, sample, sound_of, video_only, wave_bytes

pytestmark = pytest.mark.django_db

FIELDS = [
    *("audio_id", "file_path", "duration", "format", "size_bytes", "attempt", "status"),
    "metadata_kept",
]
ODD_DURATIONS = (
    *(
        "abc",
        "-1",
        "-0.5",
        "NaN",
        "nan",
        "Infinity",
        "-Infinity",
        "inf",
        "null",
        "undefined",
        "95,5",
    ),
    *("1e308", "1e400", "0x10", "1:35", "[95]", " ", "9" * 2000, "\x00", "🎤"),
)


class TestAnUpload:
    def test_is_answered_as_documented(self, uploader: Uploader, strong_mp3: bytes) -> None:
        response = uploader.send(strong_mp3, name="answer.mp3", duration="95")

        data = response.json()["data"]
        assert response.status_code == 201
        assert list(data) == FIELDS
        assert uuid.UUID(data["audio_id"])
        session = uploader.question.session.uuid
        assert data["file_path"] == f"/uploads/sessions/{session}/question-01-attempt-01.mp3"
        assert data["duration"] == pytest.approx(28.05, abs=0.1)
        assert (data["format"], data["size_bytes"]) == ("mp3", len(strong_mp3))
        assert (data["attempt"], data["status"]) == (1, "queued")
        assert response.headers["Location"] == f"{uploader.path}?attempt=1"

    def test_leaves_the_file_and_a_run_that_knows_it(
        self, uploader: Uploader, strong_mp3: bytes
    ) -> None:
        uploader.upload(strong_mp3)

        [file] = files_below(uploader.storage)
        run = PipelineRun.objects.get()
        assert sound_of(file) == sound_of(sample("strong_answer.mp3"))
        assert file == uploader.storage / run.audio_key
        assert run.audio_sha256 == hashlib.sha256(file.read_bytes()).hexdigest()
        assert (run.audio_format, run.language) == ("mp3", uploader.question.session.language)
        assert run.audio_duration == pytest.approx(28.05, abs=0.1)
        assert (run.question, run.attempt, run.state) == (uploader.question, 1, "queued")

    def test_starts_the_session(self, uploader: Uploader) -> None:
        uploader.upload()

        session = InterviewSession.objects.get()
        assert session.status == "in_progress"
        assert session.started_at is not None

    @pytest.mark.parametrize("audio_format", FORMATS)
    def test_may_have_any_of_the_five_formats(self, uploader: Uploader, audio_format: str) -> None:
        data = uploader.upload(sample(f"strong_answer.{audio_format}").read_bytes())

        assert data["format"] == audio_format
        assert data["duration"] == pytest.approx(28.05, abs=0.2)

    @pytest.mark.parametrize(
        ("content", "name", "audio_format"),
        [("mp3", "answer.wav", "mp3"), ("webm", "answer.mp3", "webm"), ("ogg", "answer", "ogg")],
    )
    def test_is_what_its_bytes_say_whatever_its_name(
        self, uploader: Uploader, content: str, name: str, audio_format: str
    ) -> None:
        data = uploader.upload(sample(f"strong_answer.{content}").read_bytes(), name=name)

        assert data["format"] == audio_format

    @pytest.mark.parametrize(
        "name",
        [
            "антворт 🎤.wav",
            "a" * 300 + ".wav",
            "../../etc/passwd",
            "..\\..\\boot.ini",
            "a\r\nX-Injected: yes.wav",
            'quo"te.wav',
        ],
    )
    def test_never_uses_the_clients_name(self, uploader: Uploader, name: str) -> None:
        data = uploader.upload(name=name)

        [file] = files_below(uploader.storage)
        assert data["file_path"].endswith("/question-01-attempt-01.wav")
        assert file.parent == uploader.storage / str(uploader.question.session.owner.uuid) / str(
            uploader.question.session.uuid
        )
        assert uuid.UUID(file.stem)
        assert "X-Injected" not in uploader.get().headers

    def test_keeps_the_measured_duration_and_what_the_client_believed(
        self, uploader: Uploader
    ) -> None:
        data = uploader.upload(wave_bytes(frames=48_000), duration="95")

        assert data["duration"] == pytest.approx(3.0)
        assert AudioAnswer.objects.get().client_duration == 95.0

    @pytest.mark.parametrize("duration", ["", "0", "12.5"])
    def test_may_leave_the_duration_open(self, uploader: Uploader, duration: str) -> None:
        assert uploader.upload(duration=duration)["duration"] == pytest.approx(1.0)

    @pytest.mark.parametrize("duration", ODD_DURATIONS)
    def test_is_not_refused_for_an_odd_duration(self, uploader: Uploader, duration: str) -> None:
        data = uploader.upload(wave_bytes(frames=48_000), duration=duration)

        assert data["duration"] == pytest.approx(3.0)
        assert AudioAnswer.objects.get().client_duration is None

    @needs_directory
    def test_is_private_on_the_disk(self, uploader: Uploader) -> None:
        uploader.upload()

        [file] = files_below(uploader.storage)
        assert stat.S_IMODE(file.stat().st_mode) == 0o600
        assert stat.S_IMODE(file.parent.stat().st_mode) == 0o700
        assert stat.S_IMODE(file.parent.parent.stat().st_mode) == 0o700


class TestAnUploadIsRefused:
    @pytest.mark.parametrize(
        ("form", "refusal"),
        [
            ({}, (422, "file", "required")),
            ({"file": "just words"}, (422, "file", "invalid")),
            ({"audio": SimpleUploadedFile("a.wav", wave_bytes())}, (422, "file", "required")),
            ({"": SimpleUploadedFile("a.wav", wave_bytes())}, (422, "file", "required")),
            ({"file": SimpleUploadedFile("a.wav", b"")}, (422, "file", "empty_file")),
        ],
        ids=["no file", "words", "another field", "a field without a name", "no bytes"],
    )
    def test_without_a_file(
        self, uploader: Uploader, form: dict[str, object], refusal: tuple[int, str, str]
    ) -> None:
        response = uploader.api.post(uploader.path, form, format="multipart")

        assert detail(response) == refusal
        uploader.assert_nothing_is_left()

    @pytest.mark.parametrize(
        ("body", "content_type"),
        [('{"file": "x"}', "application/json"), ("file=x", "application/x-www-form-urlencoded")],
    )
    def test_as_another_kind_of_body(
        self, uploader: Uploader, body: str, content_type: str
    ) -> None:
        response = uploader.api.generic("POST", uploader.path, body, content_type=content_type)

        assert detail(response)[:2] == (422, "file")
        assert response.json()["error"]["details"][0]["message"] == "No file was submitted"

    def test_with_two_files(self, uploader: Uploader) -> None:
        files = [SimpleUploadedFile(f"{n}.wav", wave_bytes()) for n in (1, 2)]

        response = uploader.api.post(uploader.path, {"file": files}, format="multipart")

        assert detail(response) == (422, "file", "too_many_files")
        uploader.assert_nothing_is_left()

    def test_with_a_thousand_fields_more(self, uploader: Uploader) -> None:
        assert uploader.send(fields={f"extra{n}": "x" for n in range(1000)}).status_code == 400
        uploader.assert_nothing_is_left()

    @pytest.mark.parametrize(
        "content",
        [
            b"\x89PNG\r\n\x1a\n" + bytes(2000),
            b"PK\x03\x04" + bytes(2000),
            b"<!DOCTYPE html><html><body>hello</body></html>",
            b"ffconcat version 1.0\nfile 'real.wav'\n",
            b"#EXTM3U\n#EXTINF:1,\nreal.wav\n",
            b"v=0\r\no=- 0 0 IN IP4 127.0.0.1\r\nm=audio 9 RTP/AVP 0\r\n",
            b"ID3\x04\x00\x00\x00\x00\x00\x00" + bytes(range(256)) * 40,
        ],
        ids=["png", "zip", "html", "concat", "playlist", "sdp", "a tag and junk"],
    )
    def test_when_it_is_no_sound(self, uploader: Uploader, content: bytes) -> None:
        response = uploader.send(content, name="answer.mp3")

        assert detail(response) == (415, "file", "unsupported_format")
        assert "MP3, WAV, M4A, WebM or Ogg" in response.json()["error"]["message"]
        uploader.assert_nothing_is_left()

    @pytest.mark.parametrize(
        ("content", "code"),
        [
            (wave_bytes(frames=0), "no_audio"),
            (wave_bytes(frames=500_000, rate=8), "unsupported_audio_parameters"),
            (wave_bytes(rate=384_000), "unsupported_audio_parameters"),
            (wave_bytes(frames=2000, channels=9), "unsupported_audio_parameters"),
        ],
    )
    def test_when_there_is_nothing_in_it_to_hear(
        self, uploader: Uploader, content: bytes, code: str
    ) -> None:
        assert detail(uploader.send(content)) == (422, "file", code)
        uploader.assert_nothing_is_left()

    def test_when_it_is_a_silent_film(self, uploader: Uploader, tmp_path: Path) -> None:
        film = video_only(tmp_path).read_bytes()

        assert detail(uploader.send(film)) == (422, "file", "no_audio")

    def test_when_the_session_is_complete(self, uploader: Uploader) -> None:
        complete_session(session=uploader.question.session)

        response = uploader.send()

        assert response.status_code == 409
        assert response.json()["error"]["message"] == "Session is already complete"
        uploader.assert_nothing_is_left()

    def test_to_somebody_elses_question(
        self,
        uploader: Uploader,
        mallory: User,
        client_for: Callable[[User], APIClient],
    ) -> None:
        uploader.api = client_for(mallory)

        response = uploader.send()

        assert response.status_code == 404
        assert response.json()["error"]["message"] == "Interview session not found"
        uploader.assert_nothing_is_left()

    def test_to_a_question_that_is_not_there(self, uploader: Uploader) -> None:
        stranger = Question(uuid=uuid.uuid4(), session=uploader.question.session)

        response = uploader.api.post(audio_path(stranger), {}, format="multipart")

        assert response.status_code == 404
        assert response.json()["error"]["message"] == "Question not found"

    def test_without_a_token(self, uploader: Uploader) -> None:
        uploader.api = APIClient()

        assert uploader.send().status_code == 401
        uploader.assert_nothing_is_left()
