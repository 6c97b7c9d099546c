"""The project's web server with one weak spot: on demand its process dies between commit and publish."""

import os
from collections.abc import Callable
from typing import Any, Final

from interview_platform.asgi import application
from pipeline.runs import dispatch
from tests.chaos.holds import is_wanted

__all__ = ["application"]

DIE: Final = "die-before-publish"


def or_die(send: Callable[..., bool]) -> Callable[..., bool]:
    """Return what sends the run, or is gone as by a power failure."""

    def send_or_die(*arguments: Any, **options: Any) -> bool:
        if is_wanted(DIE):
            os._exit(9)
        return send(*arguments, **options)

    return send_or_die


dispatch.enqueue_run = or_die(dispatch.enqueue_run)
dispatch.enqueue_new_run = or_die(dispatch.enqueue_new_run)
