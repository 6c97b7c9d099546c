"""
A person's archive, made on a worker and kept for a day.

The row (`accounts.ExportJob`) is the truth, the message a bell: `tend` rings again where it was not heard. Each step is one
conditional update, so that whoever comes late changes nothing.
"""

import logging
import tempfile
import uuid
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from django.core.files import File
from django.core.files.storage import default_storage
from django.db import models, transaction
from django.db.models import F, Q
from django.db.models.functions import Now
from django.utils import timezone

from accounts.files import user_folder
from accounts.models import ExportJob, User
from analytics.export_archive import write_archive
from interview_platform.errors import NotFound
from pipeline.runs import dispatch

logger = logging.getLogger(__name__)

State = ExportJob.State
TASK: Final = "analytics.tasks.build_export"
LEASE: Final = timedelta(minutes=15)  # longer than the task may take
MAX_TRIES: Final = 3
KEPT_FOR: Final = timedelta(days=1)
UNHEARD_AFTER: Final = timedelta(seconds=20)


class NoExport(NotFound):
    """Nothing was asked for, or it was removed after its day."""

    code = "no_export"
    message = "No export was asked for, or its day is over"


@transaction.atomic
def ask_for_export(owner: User) -> ExportJob:
    """Return the export that is in work, else begin a new one in place of an earlier one."""
    User.objects.select_for_update(no_key=True).get(pk=owner.pk)
    job = owner.export_jobs.filter(state__in=ExportJob.UNFINISHED).first()
    if job is None:
        _forget(owner.export_jobs.values_list("pk", flat=True))
        job = ExportJob.objects.create(owner=owner)
        transaction.on_commit(partial(dispatch.send, TASK, job_id=job.pk), robust=True)
    return job


def find_export(owner: User) -> ExportJob:
    """Return the person's export, made or not; raise `NoExport`."""
    job = owner.export_jobs.order_by("-pk").first()
    if job is None or _is_over(job):
        raise NoExport
    return job


def find_archive(owner: User, export_uuid: uuid.UUID) -> ExportJob:
    """Return the finished export of that id; raise `NoExport`."""
    job = owner.export_jobs.filter(uuid=export_uuid, state=State.COMPLETED).first()
    if job is None or _is_over(job):
        raise NoExport
    return job


def carry_out(job_id: int) -> None:
    """Make the archive, if it is still to be made and nobody else is at it."""
    token = uuid.uuid4()
    claimed = _waiting().filter(pk=job_id, tries__lt=MAX_TRIES)
    if not claimed.update(
        state=State.RUNNING, token=token, lease_until=Now() + LEASE, tries=F("tries") + 1
    ):
        return
    job = ExportJob.objects.select_related("owner").get(pk=job_id)
    try:
        _make(job)
    except (
        Exception
    ):  # a full disk, an absent storage or a bug: logged whole, and tried again a few times
        logger.exception("Export %s failed", job.uuid)
        _held(job).update(state=State.QUEUED, token=None, lease_until=None)


def tend() -> int:
    """Ring again for exports that nobody works on, and give up those that failed too often; return how many."""
    gone = _waiting().filter(tries__gte=MAX_TRIES)
    failed = gone.update(state=State.FAILED, token=None, finished_at=Now())
    unheard = _waiting().filter(created_at__lt=timezone.now() - UNHEARD_AFTER)
    jobs = list(unheard.values_list("pk", flat=True)[:20])
    return failed + sum(dispatch.send(TASK, job_id=job) for job in jobs)


def forget_old() -> int:
    """Remove what was finished a day ago, the archives included; return how many."""
    old = ExportJob.objects.filter(finished_at__lt=timezone.now() - KEPT_FOR)
    with transaction.atomic():
        return _forget(old.values_list("pk", flat=True))


def _make(job: ExportJob) -> None:
    key = f"{user_folder(job.owner.uuid)}/exports/{job.uuid}-{job.tries}.zip"
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.zip"
        write_archive(job.owner, path)
        with path.open("rb") as file:
            kept = default_storage.save(key, File(file))
        finished = _held(job).update(
            state=State.COMPLETED,
            token=None,
            storage_key=kept,
            size_bytes=path.stat().st_size,
            finished_at=Now(),
        )
    if not finished:  # the account is closed, or somebody else was quicker
        default_storage.delete(kept)


def _waiting() -> "models.QuerySet[ExportJob]":
    return ExportJob.objects.filter(
        Q(state=State.QUEUED) | Q(state=State.RUNNING, lease_until__lt=Now())
    )


def _held(job: ExportJob) -> "models.QuerySet[ExportJob]":
    return ExportJob.objects.filter(pk=job.pk, state=State.RUNNING, token=job.token)


def _is_over(job: ExportJob) -> bool:
    return job.finished_at is not None and job.finished_at < timezone.now() - KEPT_FOR


def _forget(numbers: "models.QuerySet[ExportJob, int]") -> int:
    """Remove these rows, and their archives once that is committed. Needs the caller's transaction."""
    jobs = ExportJob.objects.filter(pk__in=list(numbers))
    for key in list(jobs.exclude(storage_key="").values_list("storage_key", flat=True)):
        transaction.on_commit(partial(default_storage.delete, key), robust=True)
    return jobs.delete()[0]
