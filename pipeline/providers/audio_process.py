"""Runs `audio_child.py`, the bounded program, and turns its answers into our errors."""

import contextlib
import json
import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final, Literal

from pipeline.ports import PermanentError, StageError, TransientError

PROGRAM: Final = Path(__file__).with_name("audio_child.py")
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
    Return the child's answer; raise `PermanentError` for the file's fault, `TransientError` for the machine's.

    No shell, a minimal environment, a process group of its own that never outlives this call.
    """
    command = [sys.executable, "-I", str(PROGRAM), mode, audio_format, str(max_seconds)]
    command += [str(path.absolute()) for path in (source, output) if path]
    try:
        status, answer = _run_group(command, seconds=WALL_SECONDS[mode])
    except subprocess.TimeoutExpired as late:
        raise TransientError("audio_timeout", "Reading the recording took too long.") from late
    except OSError as trouble:
        raise TransientError("audio_process", "The audio reader could not be started.") from trouble
    if status:
        raise _crash(status)
    return _parse(answer, max_seconds=max_seconds)


def _run_group(command: list[str], *, seconds: float) -> tuple[int, bytes]:
    """Run the command in its own process group; whatever happens, nothing of it is left behind."""
    process = subprocess.Popen(  # noqa: S603 - our interpreter, our program, an argument list
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        env=ENVIRONMENT,
        cwd="/",
        start_new_session=True,
    )
    try:
        answer, _ = process.communicate(timeout=seconds)
    except BaseException:  # a task's time limit arrives as an exception, too
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.communicate()
        raise
    return process.returncode, answer


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
