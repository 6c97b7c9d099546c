"""What a phone writes beside the sound is neither stored nor served, or the answer says so."""

import hashlib
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import av
import pytest

from media.models import AudioAnswer
from media.services import receive_recording
from pipeline.providers import registry
from tests.integration.media.conftest import Uploader, files_below, needs_directory, waiting_files
from tests.recordings import noise, sound_of
from tests.tagged import CANARY, tagged

pytestmark = pytest.mark.django_db


@pytest.fixture
def from_a_phone(tmp_path: Path) -> bytes:
    """A voice memo with its owner's name, place and device."""
    return tagged(tmp_path, "m4a-itunes")


@pytest.fixture
def joined(tmp_path: Path) -> bytes:
    """Two recordings in one file, which no muxer takes: it is kept as it is sent."""
    return tagged(tmp_path, "ogg") * 2


def late(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the next upload begin when the last one was answered, as if both came at once."""
    began_at = AudioAnswer.objects.get().created_at
    real = receive_recording

    def receive(**upload: object) -> AudioAnswer:
        object.__setattr__(upload["upload"], "began_at", began_at)
        return real(**upload)  # type: ignore[arg-type] # passed on as they came

    monkeypatch.setattr("media.services.receive_recording", receive)


class TestMetadataOfRecordings:
    def test_is_neither_kept_nor_served(
        self, uploader: Uploader, from_a_phone: bytes, tmp_path: Path
    ) -> None:
        data = uploader.upload(from_a_phone)

        [kept] = files_below(uploader.storage)
        assert CANARY.encode() in from_a_phone
        assert CANARY.encode() not in kept.read_bytes()
        assert uploader.get().body == kept.read_bytes()
        assert sound_of(kept) == sound_of(tmp_path / "m4a-itunes.m4a")
        assert data["size_bytes"] == len(from_a_phone)
        assert data["metadata_kept"] is False

    def test_leaves_ranges_and_etag_right(self, uploader: Uploader, from_a_phone: bytes) -> None:
        uploader.upload(from_a_phone)
        whole = uploader.get()

        part = uploader.get(range="bytes=100-199", if_range=whole.headers["ETag"])

        assert part.status_code == 206
        assert part.body == whole.body[100:200]
        assert whole.headers["ETag"] == f'"{hashlib.sha256(whole.body).hexdigest()}"'

    def test_leaves_the_hash_of_what_was_sent_and_that_of_what_is_kept(
        self, uploader: Uploader, from_a_phone: bytes
    ) -> None:
        uploader.upload(from_a_phone)

        row = AudioAnswer.objects.get()
        assert row.sha256 == hashlib.sha256(from_a_phone).hexdigest()
        store = registry.audio_store()
        with store.local_copy(row.storage_key, sha256=row.run.audio_sha256) as audio:
            assert CANARY.encode() not in audio.read_bytes()

    @pytest.mark.parametrize("content", ["from_a_phone", "joined"])
    def test_leaves_the_same_bytes_known_as_the_same(
        self,
        uploader: Uploader,
        content: str,
        request: pytest.FixtureRequest,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        sent = request.getfixturevalue(content)
        first = uploader.upload(sent)
        late(monkeypatch)

        second = uploader.upload(sent)

        assert UUID(second["audio_id"]) == UUID(first["audio_id"])
        assert second == first
        assert AudioAnswer.objects.count() == 1
        assert len(files_below(uploader.storage)) == 1

    def test_stays_in_a_file_that_cannot_be_copied_and_the_answer_says_so(
        self, uploader: Uploader, joined: bytes
    ) -> None:
        data = uploader.upload(joined)

        assert data["metadata_kept"] is True
        assert uploader.get().body == joined
        assert AudioAnswer.objects.get().metadata_kept

    def test_stays_when_there_is_no_copy_to_be_trusted(
        self, uploader: Uploader, from_a_phone: bytes, while_probing: Callable[..., None]
    ) -> None:
        while_probing(lambda: None)  # this probe writes none

        assert uploader.upload(from_a_phone)["metadata_kept"] is True
        assert uploader.get().body == from_a_phone

    @needs_directory
    @pytest.mark.parametrize("content", ["from_a_phone", "joined"])
    def test_leaves_no_temporary_file(
        self, uploader: Uploader, content: str, request: pytest.FixtureRequest
    ) -> None:
        uploader.upload(request.getfixturevalue(content))
        uploader.send(b"ID3\x04" + bytes(9000))

        assert waiting_files(uploader.storage) == []


class TestABrowsersRecording:
    def test_gets_the_duration_that_it_lacks(self, uploader: Uploader, tmp_path: Path) -> None:
        uploader.upload(tagged(tmp_path, "webm-live"))

        [kept] = files_below(uploader.storage)
        with av.open(kept) as container:
            assert container.duration == pytest.approx(2_000_000, abs=50_000)


class TestAWaveWhoseRecorderWasKilled:
    @pytest.mark.parametrize("claimed", [0, 64_000, 0xFFFFFFFF])
    def test_is_kept_in_full(self, uploader: Uploader, claimed: int) -> None:
        pcm = noise(5.0).tobytes()
        head = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\1\0\1\0\x80\x3e\0\0\0\x7d\0\0\2\0\x10\0data"

        data = uploader.upload(head + claimed.to_bytes(4, "little") + pcm)

        [kept] = files_below(uploader.storage)
        assert data["duration"] == pytest.approx(5.0)
        assert sound_of(kept) == pcm
