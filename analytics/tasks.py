"""The one Celery task that reads across all rooms."""

from typing import Any

from celery import shared_task

from analytics import exports


@shared_task(soft_time_limit=780, time_limit=810)
def build_export(*, job_id: object = None, **_: Any) -> None:
    """Make the archive of everything that is kept about a person."""
    if isinstance(job_id, int):
        exports.carry_out(job_id)
