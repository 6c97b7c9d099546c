"""What a phone writes beside the sound goes neither to the disk nor back to anybody."""

import hashlib
from pathlib import Path
from uuid import UUID

import pytest
from media.tags import blanks

from media.models import AudioAnswer
from media.services import receive_recording
from pipeline.providers import registry
from tests.integration.media.conftest import Uploader, files_below
from tests.tagged import CANARY, tagged

pytestmark = pytest.mark.django_db


@pytest.fixture
def from_a_phone(tmp_path: Path) -> bytes:
    """A voice memo with its owner's name, place and device."""
    return tagged(tmp_path, "m4a-itunes")


class TestTagsOfRecordings:
    def test_are_neither_kept_nor_served(self, uploader: Uploader, from_a_phone: bytes) -> None:
        data = uploader.upload(from_a_phone)

        [kept] = files_below(uploader.storage)
        assert CANARY.encode() in from_a_phone
        assert CANARY.encode() not in kept.read_bytes()
        served = uploader.get()
        assert served.body == kept.read_bytes()
        assert data["size_bytes"] == len(from_a_phone) == len(served.body)

    def test_leave_ranges_and_etag_right(self, uploader: Uploader, from_a_phone: bytes) -> None:
        uploader.upload(from_a_phone)
        whole = uploader.get()

        part = uploader.get(range="bytes=100-199", if_range=whole.headers["ETag"])

        assert part.status_code == 206
        assert part.body == whole.body[100:200]
        assert whole.headers["ETag"] == f'"{hashlib.sha256(whole.body).hexdigest()}"'

    def test_leave_the_hash_of_what_was_sent_and_that_of_what_is_kept(
        self, uploader: Uploader, from_a_phone: bytes
    ) -> None:
        uploader.upload(from_a_phone)

        row = AudioAnswer.objects.get()
        assert row.sha256 == hashlib.sha256(from_a_phone).hexdigest()
        store = registry.audio_store()
        with store.local_copy(row.storage_key, sha256=row.run.audio_sha256) as audio:
            assert audio.stat().st_size == len(from_a_phone)

    def test_leave_the_same_bytes_known_as_the_same(
        self, uploader: Uploader, from_a_phone: bytes, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        first = uploader.upload(from_a_phone)
        began_at = AudioAnswer.objects.get().created_at  # as if both had been under way at once
        real = receive_recording

        def late(**upload: object) -> AudioAnswer:
            object.__setattr__(upload["upload"], "began_at", began_at)
            return real(**upload)  # type: ignore[arg-type] # passed on as they came

        monkeypatch.setattr("media.services.receive_recording", late)

        assert UUID(uploader.upload(from_a_phone)["audio_id"]) == UUID(first["audio_id"])
        assert AudioAnswer.objects.count() == 1

    def test_stay_in_a_file_that_we_do_not_understand_and_the_log_says_so(
        self,
        uploader: Uploader,
        from_a_phone: bytes,
        monkeypatch: pytest.MonkeyPatch,
        caplog: pytest.LogCaptureFixture,
    ) -> None:
        monkeypatch.setattr(blanks, "MOST_PARTS", 1)

        uploader.upload(from_a_phone)

        assert uploader.get().body == from_a_phone
        assert "keeps its tags" in caplog.text
