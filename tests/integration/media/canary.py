"""A file that tells whether anybody has opened it (Linux's inotify)."""

import ctypes
import os
import struct
from pathlib import Path
from types import TracebackType
from typing import Final, Self

IN_ACCESS: Final = 0x1
IN_OPEN: Final = 0x20
EVENT: Final = struct.Struct("iIII")


class Canary:
    """Watches one file for the time of a `with` block."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self._queue = -1

    def __enter__(self) -> Self:
        library = ctypes.CDLL(None, use_errno=True)
        self._queue = library.inotify_init1(os.O_NONBLOCK)
        watch = library.inotify_add_watch(self._queue, os.fsencode(self.path), IN_ACCESS | IN_OPEN)
        assert watch >= 0, os.strerror(ctypes.get_errno())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        os.close(self._queue)

    def was_touched(self) -> bool:
        """Tell whether the file was opened or read since the last look."""
        try:
            return bool(os.read(self._queue, 64 * EVENT.size))
        except BlockingIOError:
            return False
