"""
Where a person's files lie in the storage, and how they go.

Layout: `{user}/{session}/{file}`, all of them public ids. `sessions` and `media` build on this folder, so that
whoever deletes a row can remove the files below it without knowing who put them there.
"""

import contextlib
from uuid import UUID

from django.core.files.storage import FileSystemStorage, Storage, default_storage


def user_folder(user_uuid: UUID) -> str:
    """Return the folder that holds every file of a person."""
    return str(user_uuid)


def remove_folder(folder: str) -> None:
    """Remove a folder with all that is in it; a missing one is fine. Call it after the commit."""
    _empty(default_storage, folder)


def _empty(storage: Storage, folder: str) -> None:
    try:
        folders, files = storage.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    for name in files:
        storage.delete(f"{folder}/{name}")
    for name in folders:
        _empty(storage, f"{folder}/{name}")
    if isinstance(storage, FileSystemStorage):  # a bucket has no folders
        with contextlib.suppress(OSError):  # an upload may race us
            storage.delete(folder)
