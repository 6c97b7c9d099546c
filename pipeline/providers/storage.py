"""`AudioStore` over Django's default storage: a directory, or a bucket."""

import errno
import hashlib
import tempfile
from collections.abc import Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path
from typing import IO, Any, Final

from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import FileSystemStorage, default_storage

from pipeline.ports import PermanentError, StageError, TransientError
from pipeline.providers import bucket

BLOCK_BYTES: Final = 1_048_576
GONE: Final = "The recording is no longer in the storage."
CHANGED: Final = "The stored recording is not the one that was uploaded."


class DjangoAudioStore:
    """Hands out recordings as local files, checked against the hash of the upload."""

    @contextmanager
    def local_copy(self, key: str, *, sha256: str) -> Iterator[Path]:
        """Give the file itself where the storage is a directory, else a copy for the time of the block."""
        path = _own_path(key)
        if path is not None:
            _check(path, sha256=sha256)
            yield path
            return
        with _scratch_file() as copy:
            _download(key, copy, sha256=sha256)
            yield Path(copy.name)


def _own_path(key: str) -> Path | None:
    """Return the file's path, or None where the storage is no directory."""
    if not isinstance(default_storage, FileSystemStorage):
        return None
    try:
        return Path(default_storage.path(key))
    except (SuspiciousOperation, ValueError) as trouble:
        raise PermanentError("audio_missing", GONE) from trouble


def _check(path: Path, *, sha256: str) -> None:
    try:
        with path.open("rb") as file:
            found = hashlib.file_digest(file, "sha256").hexdigest()
    except (FileNotFoundError, IsADirectoryError, NotADirectoryError) as trouble:
        raise PermanentError("audio_missing", GONE) from trouble
    except OSError as trouble:
        raise _machine_trouble(trouble) from trouble
    _compare(found, sha256)


@contextmanager
def _scratch_file() -> Iterator[IO[bytes]]:
    """Give a temporary file; trouble inside the caller's block passes through untouched."""
    try:
        file = tempfile.NamedTemporaryFile(prefix="interview-audio-")  # noqa: SIM115 - closed by the `with` below
    except OSError as trouble:
        raise _machine_trouble(trouble) from trouble
    with file:
        yield file


def _download(key: str, copy: IO[bytes], *, sha256: str) -> None:
    try:
        found = _copy_over(key, copy)
    except (FileNotFoundError, SuspiciousOperation) as trouble:
        raise PermanentError("audio_missing", GONE) from trouble
    except OSError as trouble:
        raise _machine_trouble(trouble) from trouble
    except Exception as trouble:  # each object storage has errors of its own; all mean "not now"
        raise TransientError(
            "storage_unavailable", "The storage of recordings is away."
        ) from trouble
    _compare(found, sha256)


def _copy_over(key: str, copy: IO[bytes]) -> str:
    """Copy the object into the file; return its hash."""
    digest = hashlib.sha256()
    with _open(key) as source:
        while block := source.read(BLOCK_BYTES):
            digest.update(block)
            copy.write(block)
    copy.flush()
    return digest.hexdigest()


def _open(key: str) -> AbstractContextManager[IO[Any]]:
    """Open it; from a bucket it comes as a stream, where Django's way makes a temporary file of its own."""
    if bucket.is_bucket():
        return closing(bucket.open_object(key))
    return default_storage.open(key, "rb")


def _compare(found: str, wanted: str) -> None:
    if found != wanted:
        raise PermanentError("audio_missing", CHANGED)


def _machine_trouble(trouble: OSError) -> StageError:
    if trouble.errno in (errno.ENOSPC, errno.EDQUOT):
        return TransientError(
            "disk_full", "There is no room on the disk for a copy of the recording."
        )
    return TransientError("storage_unavailable", "The storage of recordings could not be read.")
