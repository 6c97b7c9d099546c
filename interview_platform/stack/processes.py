"""A part of the stack as a process of its own, that never outlives its parent."""

import contextlib
import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from interview_platform.stack.config import ROOT

BIG_LOG = 10_000_000  # bytes; a bigger one is set aside at a start
BACK_OFF = (0.5, 1.0, 2.0, 5.0, 10.0, 30.0)  # seconds before a start anew, by how often it died
STEADY_AFTER = 60.0  # seconds of life after which earlier deaths are forgotten
POLL_SECONDS = 0.05
PR_SET_PDEATHSIG = 1  # linux/prctl.h


@dataclass(slots=True)
class Part:
    """One child: what it is called, how it is started, and how it does."""

    name: str
    command: Sequence[str]
    log: Path
    environment: Mapping[str, str] = field(default_factory=dict)
    deaths: int = 0
    _process: "subprocess.Popen[bytes] | None" = None
    _started_at: float = 0.0
    _due_at: float | None = None

    @property
    def pid(self) -> int | None:
        """The process's id, while it lives."""
        return self._process.pid if self._process and self._process.poll() is None else None

    @property
    def exit_code(self) -> int | None:
        """What the process ended with; None while it runs."""
        return self._process.poll() if self._process else None

    def start(self) -> None:
        """Start the process in a group of its own, its output going to the log."""
        set_aside(self.log)
        with self.log.open("ab") as log:
            self._process = subprocess.Popen(
                list(self.command),
                cwd=ROOT,
                env={**os.environ, **self.environment},
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - the supervisor has one thread
            )
        self._started_at = time.monotonic()
        self._due_at = None

    def look_after(self) -> None:
        """Start the process anew when it has died, the later the oftener it did."""
        if self.exit_code is None:
            return
        now = time.monotonic()
        if self._due_at is None:
            self.kill()  # what it started itself would stand in the new one's way
            self.deaths = 1 if now - self._started_at > STEADY_AFTER else self.deaths + 1
            self._due_at = now + BACK_OFF[min(self.deaths, len(BACK_OFF)) - 1]
            print(f"{self.name} ended with {self.exit_code}; starting it anew. See {self.log}")
        elif now >= self._due_at:
            self.start()

    def signal(self, number: int) -> None:
        """Send a signal to the process, if it lives."""
        if self._process and self._process.poll() is None:
            self._process.send_signal(number)

    def kill(self) -> None:
        """End the process and all that it started, at once."""
        if self._process is None:
            return
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(self._process.pid, signal.SIGKILL)
        self._process.wait()

    def last_line(self) -> str:
        """Return the last line of the log: the reason, when the process speaks to people."""
        lines = self.log.read_text("utf-8", "replace").strip().splitlines()
        return lines[-1] if lines else ""


def stop(parts: Sequence[Part], *, seconds: float, impatient: Callable[[], bool]) -> None:
    """Ask the parts to end; kill what is left after `seconds`, or as soon as somebody is impatient."""
    for part in parts:
        part.signal(signal.SIGTERM)
    deadline = time.monotonic() + seconds
    while any(part.pid for part in parts):
        if time.monotonic() > deadline or impatient():
            break
        time.sleep(POLL_SECONDS)
    for part in parts:
        part.kill()


def set_aside(log: Path) -> None:
    """Move a log that has grown big to `….1`, in place of an earlier one."""
    with contextlib.suppress(FileNotFoundError):
        if log.stat().st_size > BIG_LOG:
            log.replace(log.with_name(f"{log.name}.1"))


def die_with(parent: int) -> Callable[[], None]:
    """Return what a child does before it starts its program: ask Linux to end it with its parent."""
    library = ctypes.CDLL(None) if sys.platform == "linux" else None

    def ask() -> None:
        if library is None:
            return
        library.prctl(PR_SET_PDEATHSIG, signal.SIGTERM)
        if os.getppid() != parent:  # it went while we were on our way
            os._exit(1)

    return ask
