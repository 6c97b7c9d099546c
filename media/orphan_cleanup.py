"""Cleanup of the storage: recordings without a row, uploads that were killed, empty folders."""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

from django.core.files.storage import default_storage
from django.utils import timezone

from media.models import AudioAnswer
from media.storage import SPOOL_PREFIX, remove_if_empty, spool_folder, storage_root
from pipeline.providers import storage

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Swept:
    """What a sweep found, and removed unless it was a dry run."""

    recordings: tuple[str, ...]  # names in the storage
    spools: tuple[str, ...]  # paths of temporary files
    folders: int

    def __str__(self) -> str:
        return (
            f"{len(self.recordings)} recordings without a row, {len(self.spools)} broken uploads, "
            f"{self.folders} empty folders"
        )


def sweep(*, older_than: timedelta, dry_run: bool) -> Swept:
    """Go through the storage with one query a folder; remove what is old and has no owner."""
    before = timezone.now() - older_than
    recordings, folders = [], 0
    for folder, files in _session_folders():
        orphans = list(_orphans(folder, files, before=before))
        recordings += orphans
        if not dry_run:
            for name in orphans:
                default_storage.delete(name)
            folders += _remove_empty(folder, before=before)
    return Swept(tuple(recordings), tuple(_sweep_spools(before, dry_run=dry_run)), folders)


def _session_folders() -> Iterator[tuple[str, list[str]]]:
    """Yield `{user}/{session}` with the names in it; leave out every other folder."""
    for user in _folders_in(""):
        for session in _folders_in(user):
            folder = f"{user}/{session}"
            yield folder, _list(folder)[1]


def _folders_in(folder: str) -> list[str]:
    return [name for name in _list(folder)[0] if _is_uuid(name)]


def _list(folder: str) -> tuple[list[str], list[str]]:
    try:
        folders, files = default_storage.listdir(folder)
    except (FileNotFoundError, NotADirectoryError):  # it was deleted this moment
        return [], []
    return list(folders), list(files)


def _orphans(folder: str, files: Iterable[str], *, before: datetime) -> Iterator[str]:
    names = [f"{folder}/{name}" for name in files]
    known = set(
        AudioAnswer.objects.filter(storage_key__in=names).values_list("storage_key", flat=True)
    )
    for name in names:
        if name not in known and _is_older(name, before):
            yield name


def _is_older(name: str, before: datetime) -> bool:
    try:
        changed = (
            storage.changed_at(name)
            if storage.is_bucket()
            else default_storage.get_modified_time(name)
        )
    except FileNotFoundError:
        return False
    return changed < before


def _remove_empty(folder: str, *, before: datetime) -> int:
    """Remove the session's folder and the user's if they are empty and nothing came lately."""
    root = storage_root()
    if root is None:
        return 0
    removed = 0
    for path in (Path(folder), Path(folder).parent):
        if _is_untouched(root / path, before):
            removed += remove_if_empty(path.as_posix())
    return removed


def _sweep_spools(before: datetime, *, dry_run: bool) -> Iterator[str]:
    """Remove temporary files of uploads whose process was killed; a live one writes to its own."""
    for path in spool_folder().glob(f"{SPOOL_PREFIX}*"):
        if _is_untouched(path, before):
            if not dry_run:
                path.unlink(missing_ok=True)
            yield str(path)


def _is_untouched(path: Path, before: datetime) -> bool:
    try:
        changed = datetime.fromtimestamp(path.stat().st_mtime, tz=UTC)
    except FileNotFoundError:
        return False
    return changed < before


def _is_uuid(name: str) -> bool:
    try:
        return str(UUID(name)) == name
    except ValueError:
        return False
