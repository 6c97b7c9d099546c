"""
What an account leaves behind when it is closed: an id and a time, so that a backup does not bring it back for good.

They are kept twice. The table goes back in time with a restored database; the marks beside the recordings do not, as long as
the storage is not restored as well. An operator who restores both keeps a copy of `manage.py replay_erasures --list`.
"""

import contextlib
import logging
from collections.abc import Iterator
from functools import partial
from typing import Final
from uuid import UUID

from django.contrib.admin.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models.functions import Cast

from accounts.models import User
from accounts.models_erasure import Erasure

logger = logging.getLogger(__name__)

FOLDER: Final = ".erased"  # no person's folder is called so
GONE: Final = "(erased)"
PERSONAL_APPS: Final = ("accounts", "interview_sessions", "pipeline", "media", "analytics")


def note_erasure(user: User) -> None:
    """Write down that this account is closed. Needs the caller's transaction; the mark follows the commit."""
    erasure, _ = Erasure.objects.get_or_create(person_uuid=user.uuid)
    transaction.on_commit(partial(_mark, erasure), robust=True)


def forget_traces(user: User) -> None:
    """Remove what names the person and hangs on no key: the staff's log, browser sessions. Before the rows go."""
    kind = ContentType.objects.get_for_model(User)
    _scrub(LogEntry.objects.filter(content_type=kind, object_id=str(user.pk)))
    if user.is_staff:
        _end_browser_sessions(user)


def mark_erasures() -> int:
    """Mark in the storage what could not be marked at once; return how many."""
    return sum(_mark(erasure) for erasure in Erasure.objects.filter(is_marked=False)[:1000])


def scrub_staff_log() -> int:
    """Take the words out of the staff's log about things that are no more; who did what, and when, stays. Return how many."""
    kinds = ContentType.objects.filter(app_label__in=PERSONAL_APPS)
    return sum(_scrub(_about_nothing(kind)) for kind in kinds)


def known_erasures() -> Iterator[UUID]:
    """Yield the ids of all accounts that were erased, by the table and by the marks."""
    yield from Erasure.objects.values_list("person_uuid", flat=True)
    with contextlib.suppress(FileNotFoundError):
        for name in default_storage.listdir(FOLDER)[1]:
            with contextlib.suppress(ValueError):
                yield UUID(name)


def _mark(erasure: Erasure) -> bool:
    name = f"{FOLDER}/{erasure.person_uuid}"
    try:
        if not default_storage.exists(name):
            default_storage.save(name, ContentFile(b"\n"))
    except Exception as trouble:  # noqa: BLE001 - each object storage has errors of its own; upkeep tries again
        logger.warning("An erasure is not marked in the storage: %s", type(trouble).__name__)
        return False
    return bool(Erasure.objects.filter(pk=erasure.pk).update(is_marked=True))


def _about_nothing(kind: ContentType) -> "models.QuerySet[LogEntry]":
    entries = LogEntry.objects.filter(content_type=kind).exclude(object_repr=GONE)
    model = kind.model_class()
    if model is None:
        return entries.none()
    numbers = model._base_manager.annotate(number=Cast("pk", models.TextField()))
    return entries.exclude(object_id__in=numbers.values("number"))


def _scrub(entries: "models.QuerySet[LogEntry]") -> int:
    return entries.update(object_repr=GONE, change_message="")


def _end_browser_sessions(user: User) -> None:
    for session in Session.objects.iterator():
        if session.get_decoded().get("_auth_user_id") == str(user.pk):
            session.delete()
