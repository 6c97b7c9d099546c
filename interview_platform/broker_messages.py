"""How a worker takes a message: one that makes no sense is thrown away, and harms nobody."""

from collections.abc import Callable
from typing import Any

from celery.exceptions import InvalidTaskError
from celery.worker.strategy import default


def take_carefully(task: Any, app: Any, consumer: Any, **options: Any) -> Callable[..., Any]:
    """
    Return Celery's own way to take a message, with a refusal for what cannot be taken.

    Celery 5.7 unpacks the body unguarded: `[]` in the place of arguments ends the worker, which puts the message back as it
    goes, where the next worker finds it. Refused, it is acknowledged and logged; the rows say what is to be done anyway.
    """
    take = default(task, app, consumer, **options)

    def take_or_refuse(*message: Any, **more: Any) -> Any:
        try:
            return take(*message, **more)
        except (TypeError, ValueError, KeyError) as trouble:
            raise InvalidTaskError(f"this is no message for a task: {trouble}") from trouble

    return take_or_refuse
