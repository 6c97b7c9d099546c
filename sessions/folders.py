"""Where the recordings of a session lie in the storage, and how some of them go."""

from collections.abc import Iterator, Sequence

from django.core.files.storage import Storage, default_storage

from accounts.files import user_folder
from sessions.models import InterviewSession


def session_folder(session: InterviewSession) -> str:
    """Return the folder that holds every recording of a session."""
    return f"{user_folder(session.owner.uuid)}/{session.uuid}"


def list_recordings(folder: str) -> list[str]:
    """Return the storage names of all that is in a folder; nothing for a missing one."""
    return list(_walk(default_storage, folder))


def remove_recordings(names: Sequence[str]) -> None:
    """Remove these files; missing ones are fine. Call it after the commit."""
    for name in names:
        default_storage.delete(name)


def _walk(storage: Storage, folder: str) -> Iterator[str]:
    try:
        folders, files = storage.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):
        return
    yield from (f"{folder}/{name}" for name in files)
    for name in folders:
        yield from _walk(storage, f"{folder}/{name}")
