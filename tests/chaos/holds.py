"""Places in the stack's processes where a test can stop one of them, look at it, and hurt it."""

import os
import threading
from pathlib import Path
from typing import Final

DIRECTORY: Final = Path(os.environ.get("CHAOS_HOLDS", "/nowhere"))
LOOK_SECONDS: Final = 0.02


def hold(place: str) -> None:
    """Stay here while the place is held; whoever stays leaves its process id."""
    wanted = DIRECTORY / place
    if not wanted.exists():
        return
    (DIRECTORY / f"{place}.{os.getpid()}").touch()
    pause = threading.Event()
    while wanted.exists():
        pause.wait(LOOK_SECONDS)


def is_wanted(place: str) -> bool:
    """Take what was wanted here once; tell whether it was."""
    try:
        (DIRECTORY / place).unlink()
    except FileNotFoundError:
        return False
    return True
