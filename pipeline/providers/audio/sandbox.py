"""Run `decoder_child.py`, which opens one recording, in a bounded process."""

import errno
import json
import logging
import math
import os
import signal
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import IO, TYPE_CHECKING, Final, Literal

from pipeline.domain.ports import PermanentError, StageError, TransientError
from pipeline.domain.values import AudioFacts

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


logger = logging.getLogger(__name__)

PROGRAM: Final = Path(__file__).with_name("decoder_child.py")
WALL_SECONDS: Final = {  # far above what a sound file needs on a busy machine
    "probe": 20.0,
    "decode": 90.0,
}
ENVIRONMENT: Final = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8"}
ANSWER_BYTES: Final = 65_536  # that are read of what the process writes
LOGGED_CHARACTERS: Final = 300  # of the last line of a traceback

SENTENCES: Final = {
    "unsupported_format": (
        "The recording is not MP3, WAV, M4A, WebM or Ogg audio that can be played."
    ),
    "no_audio": "The file holds no sound.",
    "audio_too_long": "The recording is longer than {limit:g} seconds.",
    "unsupported_audio_parameters": (
        "The recording's sample rate or number of channels is out of range"
        " (8 to 192 kHz, 1 to 8 channels)."
    ),
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
    Return the answer of a process that opens this one recording.

    Raise `PermanentError` for the file's fault, `TransientError` for the machine's. No shell, a
    minimal environment; the process never outlives this call.
    """
    arguments = [mode, audio_format, str(max_seconds)]
    arguments += [str(path.absolute()) for path in (source, output) if path]
    try:
        status, answer, complaint = _run(arguments, seconds=WALL_SECONDS[mode])
    except subprocess.TimeoutExpired as error:
        raise TransientError("audio_timeout", "Reading the recording took too long.") from error
    except OSError as error:
        raise TransientError("audio_process", "The audio reader could not be started.") from error
    if status:
        logger.warning("The audio reader ended with status %d: %s", status, complaint)
        raise _crash(status)
    return _parse(answer, max_seconds=max_seconds)


def _run(arguments: list[str], *, seconds: float) -> tuple[int, bytes, str]:
    """Run the program; return its exit status, its answer and the last line of its complaints."""
    with _open_scratch() as answer, _open_scratch() as complaints:
        done = subprocess.run(  # noqa: S603 - our interpreter, our program, an argument list
            [sys.executable, "-I", str(PROGRAM), *arguments],
            stdin=subprocess.DEVNULL,
            stdout=answer,  # a file, not a pipe: the child's own limits bound it
            stderr=complaints,
            env=ENVIRONMENT,
            cwd="/",
            start_new_session=True,
            timeout=seconds,
            check=False,
        )
        answer.seek(0)
        return done.returncode, answer.read(ANSWER_BYTES), _last_line(complaints)


def _open_scratch() -> IO[bytes]:
    """Open a file for the child's output; in memory where possible, as the disk may be full."""
    if hasattr(os, "memfd_create"):
        return os.fdopen(os.memfd_create("audio"), "w+b")
    return tempfile.TemporaryFile()


def _last_line(file: IO[bytes]) -> str:
    """Return the end of the last line: printable, and no longer than a log wants it."""
    size = file.seek(0, 2)
    file.seek(max(0, size - ANSWER_BYTES))
    lines = file.read(ANSWER_BYTES).strip().splitlines()
    return ascii(lines[-1].decode("utf-8", "replace"))[:LOGGED_CHARACTERS] if lines else ""


def _crash(status: int) -> StageError:
    """A crash or the processor limit is the file's doing; a kill from outside is not."""
    if -status in FATAL_SIGNALS:
        return PermanentError("unsupported_format", SENTENCES["unsupported_format"])
    return TransientError("audio_process", f"The audio reader ended with status {status}.")


def _parse(answer: bytes, *, max_seconds: float) -> dict[str, float]:
    try:
        values: dict[str, object] = dict(json.loads(answer))
    except (ValueError, TypeError) as error:
        raise TransientError("audio_process", "The audio reader gave no answer.") from error
    code = values.get("error")
    if code in SENTENCES:
        raise PermanentError(str(code), SENTENCES[str(code)].format(limit=max_seconds))
    if code is not None:
        raise TransientError(str(code), MACHINE_TROUBLES[str(code)])
    return {name: float(str(value)) for name, value in values.items()}


@dataclass(frozen=True, slots=True)
class ChildAudioProbe:
    """Measures recordings; those over `max_seconds` are refused without being read to their end."""

    max_seconds: float

    def probe(self, audio: Path, *, audio_format: str, copy: Path | None = None) -> AudioFacts:
        """Return what the recording holds; see `AudioProbe` for `copy` and what may be raised."""
        found = run_child(
            "probe",
            audio,
            audio_format=audio_format,
            max_seconds=self.max_seconds,
            output=copy,
        )
        return AudioFacts(
            format=audio_format,
            duration=round(found["duration"], 3),
            sample_rate=int(found["sample_rate"]),
            channels=int(found["channels"]),
            is_copied=bool(found["copied"]),
        )


SAMPLE_RATE: Final = 16_000  # Hz
FULL_SCALE: Final = 32_768.0  # of a signed 16 bit sample
MOST_GAIN: Final = (
    16.0  # what is fainter still is hardly speech, and its noise must not become some
)


def decode(audio: Path, *, audio_format: str, max_seconds: float) -> "NDArray[np.float32]":
    """
    Return the sound as 16 kHz mono samples between -1 and 1.

    A file that breaks off yields what can be decoded. Raise what `run_child` raises.
    """
    import numpy as np

    try:
        with tempfile.TemporaryDirectory(prefix="interview-audio-") as folder:
            output = Path(folder) / "samples.s16"
            run_child(
                "decode", audio, audio_format=audio_format, max_seconds=max_seconds, output=output
            )
            samples = np.fromfile(output, dtype="<i2")
    except OSError as trouble:
        raise TransientError("disk_full", _sentence(trouble)) from trouble
    return samples.astype(np.float32) / np.float32(FULL_SCALE)


def without_volume(samples: "NDArray[np.float32]") -> "NDArray[np.float32]":
    """
    Return the samples doubled until their peak is over a half, so that how loud it was decides nothing.

    Doubling is exact in floating point: the same recording at twice the volume gives the same samples, to the last bit. A gain to
    the very same peak would not, and would part recordings that two formats have made of one.
    """
    import numpy as np

    peak = float(np.abs(samples).max(initial=0.0))
    if not peak:
        return samples
    gain = 2.0 ** math.floor(-math.log2(peak))
    return samples * np.float32(min(max(gain, 1.0), MOST_GAIN))


def _sentence(trouble: OSError) -> str:
    if trouble.errno in (errno.ENOSPC, errno.EDQUOT):
        return "There is no room on the disk to decode the recording."
    return "The disk failed while the recording was decoded."
