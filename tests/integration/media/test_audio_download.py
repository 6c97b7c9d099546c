import uuid
from collections.abc import Callable
from pathlib import Path

import pytest
from rest_framework.test import APIClient

from accounts.models import User
from media.models import AudioAnswer
from media.sending import Blocks, RangeNotSatisfiable, Span, parse_range
from sessions.models import Question
from tests.factories import make_question
from tests.integration.media.conftest import Uploader, audio_path, files_below
from tests.recordings import FORMATS, sample, sound_of, wave_bytes

pytestmark = pytest.mark.django_db

TYPES = {
    "mp3": "audio/mpeg",
    "wav": "audio/wav",
    "m4a": "audio/mp4",
    "webm": "audio/webm",
    "ogg": "audio/ogg",
}


class TestGettingTheRecording:
    @pytest.mark.parametrize("audio_format", FORMATS)
    def test_returns_the_same_sound_as_what_it_is(
        self, uploader: Uploader, audio_format: str, tmp_path: Path
    ) -> None:
        sent = sample(f"strong_answer.{audio_format}")
        uploader.upload(sent.read_bytes(), name="misleading.txt")

        response = uploader.get()

        assert response.status_code == 200
        served = tmp_path / "served"
        served.write_bytes(response.body)
        assert sound_of(served) == sound_of(sent)
        assert response.headers["Content-Type"] == TYPES[audio_format]
        assert response.headers["Content-Length"] == str(len(response.body))

    def test_can_only_be_saved_by_a_browser_and_by_no_cache(self, uploader: Uploader) -> None:
        uploader.upload(name='<script>".wav')

        headers = uploader.get().headers

        assert headers["Content-Disposition"] == 'attachment; filename="question-01-attempt-01.wav"'
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "private, no-store"
        assert headers["Content-Security-Policy"].startswith("sandbox")
        assert headers["Accept-Ranges"] == "bytes"

    @pytest.mark.parametrize("accept", ["audio/*", "audio/mpeg", "text/html", "*/*"])
    def test_takes_what_any_player_says_it_accepts(self, uploader: Uploader, accept: str) -> None:
        uploader.upload()

        assert uploader.get(accept=accept).status_code == 200

    def test_returns_the_latest_attempt_or_the_one_asked_for(self, uploader: Uploader) -> None:
        first, second = wave_bytes(frames=8000), wave_bytes(frames=16_000)
        uploader.upload(first)
        location = uploader.send(second).headers["Location"]

        assert uploader.get().body == second
        assert uploader.get(location).body == second
        assert uploader.get(f"{uploader.path}?attempt=1").body == first

    @pytest.mark.parametrize("attempt", ["0", "-1", "one", "99999999999999999999"])
    def test_wants_a_number_for_an_attempt(self, uploader: Uploader, attempt: str) -> None:
        uploader.upload()

        response = uploader.get(f"{uploader.path}?attempt={attempt}")

        assert response.status_code == 422
        assert response.json()["error"]["details"][0]["field"] == "attempt"

    def test_says_when_there_is_no_such_attempt(self, uploader: Uploader) -> None:
        uploader.upload()

        assert uploader.get(f"{uploader.path}?attempt=2").status_code == 404

    def test_says_when_nothing_was_uploaded(self, uploader: Uploader) -> None:
        response = uploader.get()

        assert response.status_code == 404
        assert response.json()["error"]["message"] == "No audio uploaded for this question"

    def test_says_when_the_file_is_gone(self, uploader: Uploader) -> None:
        uploader.upload()
        [file] = files_below(uploader.storage)
        file.unlink()

        response = uploader.get()

        assert response.status_code == 404
        assert response.json()["error"]["message"] == "The recording is no longer in the storage"

    def test_answers_a_head_without_a_body(self, uploader: Uploader) -> None:
        uploader.upload()

        response = uploader.get(method="HEAD")

        assert (response.status_code, response.body) == (200, b"")
        assert response.headers["Content-Length"] == str(len(wave_bytes()))


class TestRanges:
    @pytest.mark.parametrize(
        ("header", "start", "end"),
        [("bytes=0-1", 0, 2), ("bytes=-5", -5, None), ("bytes=10-", 10, None)],
    )
    def test_return_a_part(
        self, uploader: Uploader, header: str, start: int, end: int | None
    ) -> None:
        content = wave_bytes()
        uploader.upload(content)

        response = uploader.get(range=header)

        assert response.status_code == 206
        assert response.body == content[start:end]
        first = start % len(content)
        last = first + len(response.body) - 1
        assert response.headers["Content-Range"] == f"bytes {first}-{last}/{len(content)}"
        assert response.headers["Content-Length"] == str(len(response.body))

    def test_after_the_end_cannot_be_had(self, uploader: Uploader) -> None:
        uploader.upload()

        response = uploader.get(range="bytes=999999-")

        assert response.status_code == 416
        assert response.json()["error"]["code"] == 416
        assert response.headers["Content-Range"] == f"bytes */{len(wave_bytes())}"

    @pytest.mark.parametrize("header", ["abc", "bytes=abc", "bytes=0-1,5-6", "lines=0-1"])
    def test_of_several_or_of_nonsense_get_the_whole(self, uploader: Uploader, header: str) -> None:
        uploader.upload()

        response = uploader.get(range=header)

        assert (response.status_code, response.body) == (200, wave_bytes())

    def test_belong_to_one_recording(self, uploader: Uploader) -> None:
        uploader.upload()
        etag = uploader.get().headers["ETag"]
        uploader.upload(wave_bytes(frames=5000))

        begun = uploader.get(range="bytes=100-", if_range=etag)
        same = uploader.get(f"{uploader.path}?attempt=1", range="bytes=100-", if_range=etag)

        assert begun.status_code == 200
        assert same.status_code == 206


class TestParseRange:
    @pytest.mark.parametrize(
        ("header", "span"),
        [
            ("bytes=0-0", Span(0, 1)),
            ("bytes=0-99", Span(0, 10)),
            ("BYTES=2-5", Span(2, 6)),
            ("bytes=-100", Span(0, 10)),
            ("bytes=9-", Span(9, 10)),
            ("bytes=5-2", None),
            ("bytes=-", None),
            ("", None),
        ],
    )
    def test_reads_one_range(self, header: str, span: Span | None) -> None:
        assert parse_range(header, size=10) == span

    @pytest.mark.parametrize("header", ["bytes=10-", "bytes=10-20", "bytes=-0"])
    def test_refuses_what_lies_outside(self, header: str) -> None:
        with pytest.raises(RangeNotSatisfiable):
            parse_range(header, size=10)


class TestBlocks:
    def test_hold_no_more_than_a_block(self, tmp_path: Path) -> None:
        path = tmp_path / "recording"
        path.write_bytes(bytes(300_000))

        sizes = [len(block) for block in Blocks(path.open("rb"), 200_000)]

        assert sum(sizes) == 200_000
        assert max(sizes) <= 65_536

    def test_close_the_file_of_a_client_that_goes_away(self, tmp_path: Path) -> None:
        path = tmp_path / "recording"
        path.write_bytes(bytes(10))
        file = path.open("rb")

        Blocks(file, 10).close()

        assert file.closed


class TestTheFilePath:
    def test_serves_what_the_upload_said(self, uploader: Uploader) -> None:
        path = uploader.upload()["file_path"]

        assert uploader.get(path).body == wave_bytes()
        assert uploader.get(path, range="bytes=0-3").body == b"RIFF"

    def test_names_each_attempt(self, uploader: Uploader) -> None:
        contents = [wave_bytes(frames=count) for count in (1000, 2000)]
        paths = [uploader.upload(content)["file_path"] for content in contents]

        assert [uploader.get(path).body for path in paths] == contents

    @pytest.mark.parametrize(
        "name",
        [
            "question-01-attempt-02.wav",
            "question-01-attempt-01.mp3",
            "question-02-attempt-01.wav",
            "..%2F..%2Fdb.sqlite3",
            "x",
        ],
    )
    def test_serves_nothing_else(self, uploader: Uploader, name: str) -> None:
        uploader.upload()

        response = uploader.get(f"/uploads/sessions/{uploader.question.session.uuid}/{name}")

        assert response.status_code == 404
        assert response.json()["error"]["code"] == 404

    def test_serves_no_key_of_the_storage(self, uploader: Uploader) -> None:
        uploader.upload()

        assert uploader.get(f"/uploads/{AudioAnswer.objects.get().storage_key}").status_code == 404


class TestSomebodyElse:
    @pytest.fixture
    def paths(self, uploader: Uploader) -> list[str]:
        """Every way to Alice's recording."""
        path = uploader.upload()["file_path"]
        return [uploader.path, f"{uploader.path}?attempt=1", path]

    def test_gets_the_answer_for_a_session_that_is_not_there(
        self,
        uploader: Uploader,
        paths: list[str],
        mallory: User,
        client_for: Callable[[User], APIClient],
    ) -> None:
        uploader.api = client_for(mallory)

        for path in paths:
            response = uploader.get(path)
            assert response.status_code == 404
            assert response.json()["error"]["message"] == "Interview session not found"

    def test_is_asked_for_a_token(self, uploader: Uploader, paths: list[str]) -> None:
        uploader.api = APIClient()

        assert [uploader.get(path).status_code for path in paths] == [401, 401, 401]

    def test_cannot_come_by_a_session_of_his_own(
        self,
        uploader: Uploader,
        mallory: User,
        client_for: Callable[[User], APIClient],
    ) -> None:
        uploader.upload()
        uploader.api = client_for(mallory)
        own = make_question()
        own.session.owner = mallory
        own.session.save()
        crossed = Question(uuid=uploader.question.uuid, session=own.session)

        assert uploader.get(audio_path(crossed)).status_code == 404
        stranger = Question(uuid=uuid.uuid4(), session=uploader.question.session)
        assert uploader.get(audio_path(stranger)).status_code == 404
