"""Erases again what a backup has brought back."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.core.files.storage import default_storage

from accounts.erasure import known_erasures, mark_erasures
from accounts.files import remove_folder, user_folder
from accounts.models import User
from accounts.models_erasure import Erasure
from accounts.services import close_account


@dataclass(frozen=True, slots=True)
class Replayed:
    """What was there again."""

    known: int
    accounts: int
    folders: int

    def __str__(self) -> str:
        return f"{self.known} erasures known; {self.accounts} accounts and {self.folders} folders were there again"


def replay_erasures(more: Iterable[UUID] = ()) -> Replayed:
    """Close each account that was erased, by our own records and `more`; remove the files of those without a row, too."""
    known = {*known_erasures(), *more}
    accounts = folders = 0
    for person in sorted(known):
        user = User.objects.filter(uuid=person).first()
        if user is not None:
            close_account(user)
            accounts += 1
        elif _has_files(person):
            remove_folder(user_folder(person))
            folders += 1
        Erasure.objects.get_or_create(person_uuid=person)
    mark_erasures()
    return Replayed(len(known), accounts, folders)


def _has_files(person: UUID) -> bool:
    try:
        return any(default_storage.listdir(user_folder(person)))
    except (FileNotFoundError, NotADirectoryError):
        return False
