"""What accounts have done on a worker."""

from typing import Any

from celery import shared_task

from accounts import letters


@shared_task(soft_time_limit=540, time_limit=600)
def deliver_letters(**_: Any) -> None:
    """Send the mails that are due."""
    letters.deliver_due()
