"""
Storage of recordings: a folder, or a bucket that speaks S3.

The only room that knows django-storages and boto3. Trouble of theirs is told as `OSError`; a missing object is `FileNotFoundError`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Final, cast

from django.core.files.storage import storages

if TYPE_CHECKING:
    from storages.backends.s3 import S3Storage
import errno
import hashlib
import tempfile
from contextlib import AbstractContextManager, closing
from pathlib import Path
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.files.storage import FileSystemStorage, default_storage

from pipeline.domain.ports import PermanentError, StageError, TransientError

BACKEND: Final = "S3Storage"


def is_bucket() -> bool:
    """Tell whether recordings lie in a bucket."""
    return type(_storage()).__name__ == BACKEND  # without importing boto3 where there is none


def measure(key: str) -> int:
    """Return the size of an object in bytes."""
    with _translated():
        return int(_bucket().size(key))


def changed_at(key: str) -> datetime:
    """Return when an object was written."""
    with _translated():
        return cast(datetime, _bucket().get_modified_time(key))


def open_object(key: str) -> IO[bytes]:
    """Return the bytes of an object as they come from the bucket: nothing is kept here."""
    storage = _bucket()
    with _translated():
        return cast(IO[bytes], storage.bucket.Object(key).get()["Body"])


def open_part(key: str, *, start: int, end: int) -> IO[bytes]:
    """Return the bytes from `start` up to, but without, `end`."""
    storage = _bucket()
    with _translated():
        answer = storage.bucket.Object(key).get(Range=f"bytes={start}-{end - 1}")
        return cast(IO[bytes], answer["Body"])


def signed_address(key: str, *, seconds: int, headers: dict[str, str]) -> str:
    """Return an address by which whoever has it can load the object, with these headers, for so long."""
    parameters = {f"Response{name.replace('-', '')}": value for name, value in headers.items()}
    return str(_bucket().url(key, parameters=parameters, expire=seconds))


def _bucket() -> "S3Storage":
    return cast("S3Storage", _storage())


def _storage() -> object:
    return storages["default"]


@contextmanager
def _translated() -> Iterator[None]:
    from botocore.exceptions import BotoCoreError, ClientError  # type: ignore[import-untyped] # no stubs

    try:
        yield
    except ClientError as refusal:
        status = refusal.response["ResponseMetadata"]["HTTPStatusCode"]
        if status == HTTPStatus.NOT_FOUND:
            raise FileNotFoundError(str(refusal)) from refusal
        raise OSError(str(refusal)) from refusal
    except BotoCoreError as trouble:
        raise OSError(str(trouble)) from trouble


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
    if is_bucket():
        return closing(open_object(key))
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
