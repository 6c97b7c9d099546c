"""The project's web server with one weak spot: on demand its process dies between commit and publish."""

import os
from typing import Any, Final

from interview_platform.wsgi import application
from pipeline import chains
from tests.chaos.holds import is_wanted

__all__ = ["application"]

DIE: Final = "die-before-publish"
_dispatch = chains.dispatch


def dispatch_or_die(run_id: int, **options: Any) -> bool:
    """Send the run, or be gone as by a power failure."""
    if is_wanted(DIE):
        os._exit(9)
    return _dispatch(run_id, **options)


chains.dispatch = dispatch_or_die
