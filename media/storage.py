"""
Where recordings are stored, and the step that makes a received one durable.

While it arrives it is a temporary file on the storage's own disk, so that the last step is a
rename: under its final name there is a whole recording or none. Layout of the storage:
`{user}/{session}/{recording}.{format}`, all of them public ids.
"""

import contextlib
import errno
import os
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import IO, Final
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.core.files.storage import FileSystemStorage, default_storage

from interview_platform.errors import Refused
from sessions.folders import session_folder
from sessions.models import InterviewSession

INCOMING: Final = (
    ".incoming"  # below a storage that is a directory; no person's folder has this name
)
SPOOL_PREFIX: Final = "interview-upload-"
PRIVATE: Final = 0o700
RENAME_TRIES: Final = 3  # a session that is deleted meanwhile takes its folder with it


class StorageUnavailable(Refused):
    """The object storage did not take the recording."""

    status = 503
    code = "storage_unavailable"
    message = "The service is temporarily unavailable"


def recording_key(session: InterviewSession, *, uuid: UUID, audio_format: str) -> str:
    """Return the name of a recording in the storage: made of ids, never of the client's words."""
    return f"{session_folder(session)}/{uuid}.{audio_format}"


def spool_folder() -> Path:
    """Return where recordings arrive: on the storage's disk, else where temporary files go."""
    root = storage_root()
    if root is None:
        return Path(settings.FILE_UPLOAD_TEMP_DIR or tempfile.gettempdir())
    return root / INCOMING


def open_spool() -> IO[bytes]:
    """Return a new temporary file, readable by us alone, that is removed when it is closed."""
    return tempfile.NamedTemporaryFile(prefix=SPOOL_PREFIX, dir=make_spool_folder())


def make_spool_folder() -> Path:
    """Make the folder of `spool_folder`, and return it."""
    folder = spool_folder()
    _make_folders(folder)
    return folder


def store(spool: IO[bytes], *, key: str) -> str:
    """
    Make the received bytes durable, and return the key that they are stored under.

    When it fails nothing of them is left in the storage. Raise `OSError` for a disk,
    `StorageUnavailable` for a bucket.
    """
    if storage_root() is not None:
        _rename_durably(spool, Path(default_storage.path(key)))
        return key
    spool.seek(0)
    try:
        return default_storage.save(key, File(spool, name=key))
    except Exception as error:  # each object storage has errors of its own; all mean "not now"
        raise StorageUnavailable(headers={"Retry-After": "10"}) from error


def delete(key: str) -> None:
    """Delete a recording for which there is no row, and folders that were made for it alone."""
    default_storage.delete(key)
    for folder in list(Path(key).parents)[:2]:
        remove_if_empty(folder.as_posix())


def remove_if_empty(folder: str) -> bool:
    """Remove an empty folder of the storage; return whether it was one. Buckets have none."""
    root = storage_root()
    if root is None:
        return False
    try:
        (root / folder).rmdir()
    except OSError:
        return False
    return True


def storage_root() -> Path | None:
    """Return the directory that the storage is, or None when it is something else."""
    if not isinstance(default_storage, FileSystemStorage):
        return None
    return Path(default_storage.location)


def _rename_durably(spool: IO[bytes], target: Path) -> None:
    spool.flush()
    os.fsync(spool.fileno())
    for tries_left in reversed(range(RENAME_TRIES)):
        changed = [target.parent, *_make_folders(target.parent)]
        try:
            Path(spool.name).rename(target)
        except FileNotFoundError:
            if not tries_left:
                raise
        else:
            break
    try:
        for folder in changed:
            _sync_folder(folder)
    except OSError:
        target.unlink(missing_ok=True)
        raise


def _make_folders(folder: Path) -> list[Path]:
    """Make the folder and those above it, private; return those that a new name appeared in."""
    missing = [path for path in (folder, *folder.parents) if not path.exists()]
    for path in reversed(missing):
        path.mkdir(mode=PRIVATE, exist_ok=True)
    return [path.parent for path in missing]


def _sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the file system can."""
    with _opened_folder(folder) as descriptor:
        try:
            os.fsync(descriptor)
        except OSError as error:
            if error.errno not in (errno.EINVAL, errno.ENOTSUP):
                raise


@contextlib.contextmanager
def _opened_folder(folder: Path) -> Iterator[int]:
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield descriptor
    finally:
        os.close(descriptor)
