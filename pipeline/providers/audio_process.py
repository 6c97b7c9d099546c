"""Has `audio_child.py` open a recording in a bounded process, and turns its answers into our errors."""

import atexit
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Final, Literal

from pipeline.ports import PermanentError, StageError, TransientError

PROGRAM: Final = Path(__file__).with_name("audio_forker.py")
CHILD: Final = Path(__file__).with_name("audio_child.py")
BLOCK_BYTES: Final = 65_536
WALL_SECONDS: Final = {
    "probe": 20.0,
    "decode": 90.0,
}  # far above what a sound file needs on a busy machine
ENVIRONMENT: Final = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}

SENTENCES: Final = {
    "unsupported_format": "The recording is not MP3, WAV, M4A, WebM or Ogg audio that can be played.",
    "no_audio": "The file holds no sound.",
    "audio_too_long": "The recording is longer than {limit:g} seconds.",
    "unsupported_audio_parameters": "The recording's sample rate or number of channels is out of range (8 to 192 kHz, 1 to 8 channels).",
}
MACHINE_TROUBLES: Final = {
    "disk_full": "There is no room on the disk to decode the recording.",
    "unreadable": "The recording could not be read from the disk.",
}
FATAL_SIGNALS: Final = (
    signal.SIGXCPU,
    signal.SIGSEGV,
    signal.SIGABRT,
    signal.SIGBUS,
    signal.SIGFPE,
    signal.SIGILL,
)


def run_child(
    mode: Literal["probe", "decode"],
    source: Path,
    *,
    audio_format: str,
    max_seconds: float,
    output: Path | None = None,
) -> dict[str, float]:
    """
    Return the answer of a process that opens this one recording; raise `PermanentError` for the file's fault, `TransientError` for the machine's.

    No shell, a minimal environment; the process never outlives this call.
    """
    arguments = [mode, audio_format, str(max_seconds)]
    arguments += [str(path.absolute()) for path in (source, output) if path]
    try:
        status, answer = _forker.ask(arguments, seconds=WALL_SECONDS[mode])
    except TimeoutError as late:
        raise TransientError("audio_timeout", "Reading the recording took too long.") from late
    except OSError as trouble:
        raise TransientError("audio_process", "The audio reader could not be started.") from trouble
    if status:
        raise _crash(status)
    return _parse(answer, max_seconds=max_seconds)


class Forker:
    """The program that stands ready (`audio_forker`), one for this process; it is started when it is needed first."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._owner = 0
        self._program: subprocess.Popen[bytes] | None = None
        self._orders: socket.socket | None = None

    def ask(self, arguments: list[str], *, seconds: float) -> tuple[int, bytes]:
        """Return how the process ended, and what it wrote. Raise `OSError`; `TimeoutError` when the time is over."""
        deadline = time.monotonic() + seconds
        ours, theirs = socket.socketpair()
        with ours:  # when it closes, whatever the reason, the process is killed
            with theirs:
                self._send(json.dumps(arguments).encode() + b"\n", theirs.fileno())
            written = _read_to_end(ours, deadline=deadline)
        answer, line, status = written.rpartition(b"\n")
        if not line:
            raise ChildProcessError("it ended without a word")
        return int(status), answer

    def stop(self) -> None:
        """End the program; the next order starts it anew."""
        with self._lock:
            self._stop()

    def _send(self, order: bytes, answer: int) -> None:
        """Send the order, to a new program where the one that was here is gone."""
        with self._lock:
            if self._orders is None or self._owner != os.getpid():
                self._start()
            try:
                self._send_now(order, answer)
            except OSError:
                self._start()
                self._send_now(order, answer)

    def _send_now(self, order: bytes, answer: int) -> None:
        if self._orders is None:
            raise ChildProcessError("it was not started")
        socket.send_fds(self._orders, [order], [answer])

    def _start(self) -> None:
        self._stop()
        ours, theirs = socket.socketpair()
        with theirs:
            self._program = subprocess.Popen(  # noqa: S603 - our interpreter, our program, an argument list
                [sys.executable, "-I", str(PROGRAM)],
                stdin=theirs.fileno(),
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                env=ENVIRONMENT,
                cwd="/",
                start_new_session=True,
            )
        self._orders, self._owner = ours, os.getpid()

    def _stop(self) -> None:
        if self._orders is not None:
            self._orders.close()
        if self._program is not None and self._owner == os.getpid():
            self._program.kill()  # its copies die with it
            self._program.wait()
        elif self._program is not None:
            self._program.returncode = 0  # it is our parent's, who looks after it
        self._orders = self._program = None


_forker: Final = Forker()
atexit.register(_forker.stop)


def _read_to_end(answer: socket.socket, *, deadline: float) -> bytes:
    written = b""
    while True:
        left = deadline - time.monotonic()
        if left <= 0:  # also for one that keeps writing
            raise TimeoutError
        answer.settimeout(left)
        block = answer.recv(BLOCK_BYTES)
        if not block:
            return written
        written += block


def _crash(status: int) -> StageError:
    """A crash or the processor limit is the file's doing; a kill from outside is not."""
    if -status in FATAL_SIGNALS:
        return PermanentError("unsupported_format", SENTENCES["unsupported_format"])
    return TransientError("audio_process", f"The audio reader ended with status {status}.")


def _parse(answer: bytes, *, max_seconds: float) -> dict[str, float]:
    try:
        values: dict[str, object] = json.loads(answer)
    except ValueError as trouble:
        raise TransientError("audio_process", "The audio reader gave no answer.") from trouble
    code = values.get("error")
    if code in SENTENCES:
        raise PermanentError(str(code), SENTENCES[str(code)].format(limit=max_seconds))
    if code is not None:
        raise TransientError(str(code), MACHINE_TROUBLES[str(code)])
    return {name: float(str(value)) for name, value in values.items()}
