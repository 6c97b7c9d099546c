import errno
import hashlib
import io
import tempfile
from pathlib import Path
from typing import Any

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import FileSystemStorage, InMemoryStorage

from pipeline.domain.ports import PermanentError, TransientError
from pipeline.providers import storage
from pipeline.providers.storage import DjangoAudioStore

CONTENT = b"a recording" * 1000
SHA256 = hashlib.sha256(CONTENT).hexdigest()
KEY = "alice/session/answer.ogg"


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> FileSystemStorage:
    """A directory as the storage, with one recording."""
    made = FileSystemStorage(location=tmp_path)
    made.save(KEY, ContentFile(CONTENT))
    monkeypatch.setattr(storage, "default_storage", made)
    return made


@pytest.fixture
def bucket(monkeypatch: pytest.MonkeyPatch) -> InMemoryStorage:
    """A storage without paths, like a bucket, with one recording."""
    made = InMemoryStorage()
    made.save(KEY, ContentFile(CONTENT))
    monkeypatch.setattr(storage, "default_storage", made)
    return made


def opened(key: str = KEY, *, sha256: str = SHA256) -> bytes:
    with DjangoAudioStore().local_copy(key, sha256=sha256) as path:
        return path.read_bytes()


class TestDirectory:
    def test_gives_the_file_itself(self, folder: FileSystemStorage) -> None:
        with DjangoAudioStore().local_copy(KEY, sha256=SHA256) as path:
            assert path == Path(folder.path(KEY))

    @pytest.mark.parametrize("key", ["alice/gone.ogg", "../../etc/passwd", "alice"])
    def test_has_no_recording_under_other_keys(self, folder: FileSystemStorage, key: str) -> None:
        with pytest.raises(PermanentError) as caught:
            opened(key)

        assert caught.value.code == "audio_missing"

    def test_refuses_a_recording_that_was_changed(self, folder: FileSystemStorage) -> None:
        Path(folder.path(KEY)).write_bytes(b"another recording")

        with pytest.raises(PermanentError) as caught:
            opened()

        assert caught.value.code == "audio_missing"


class TestBucket:
    def test_gives_a_copy_for_the_time_of_the_block(self, bucket: InMemoryStorage) -> None:
        with DjangoAudioStore().local_copy(KEY, sha256=SHA256) as path:
            assert path.read_bytes() == CONTENT

        assert not path.exists()

    def test_has_no_recording_under_other_keys(self, bucket: InMemoryStorage) -> None:
        with pytest.raises(PermanentError):
            opened("alice/gone.ogg")

    def test_refuses_a_recording_that_was_changed(self, bucket: InMemoryStorage) -> None:
        with pytest.raises(PermanentError):
            opened(sha256="0" * 64)

    def test_is_worth_a_retry_when_it_is_away(
        self, bucket: InMemoryStorage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        class VendorError(Exception):
            """What a vendor's client raises."""

        def away(*_: Any, **__: Any) -> io.BytesIO:
            raise VendorError

        monkeypatch.setattr(bucket, "open", away)

        with pytest.raises(TransientError) as caught:
            opened()

        assert caught.value.code == "storage_unavailable"

    def test_is_worth_a_retry_when_there_is_no_room_for_the_copy(
        self, bucket: InMemoryStorage, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        def full(*_: Any, **__: Any) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        monkeypatch.setattr(tempfile, "NamedTemporaryFile", full)

        with pytest.raises(TransientError) as caught:
            opened()

        assert caught.value.code == "disk_full"

    def test_leaves_trouble_inside_the_block_alone(self, bucket: InMemoryStorage) -> None:
        with pytest.raises(KeyError), DjangoAudioStore().local_copy(KEY, sha256=SHA256):
            raise KeyError
