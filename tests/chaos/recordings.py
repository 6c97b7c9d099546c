"""Short recordings that say what shall become of them: real WAV files, marked in their first samples."""

import io
import math
import struct
import wave
from dataclasses import dataclass
from enum import IntEnum
from pathlib import Path
from typing import Final

RATE: Final = 8000  # Hz
MARK: Final = 12_345
SECONDS: Final = 1.0
REAL: Final = Path(__file__).parent.parent / "samples" / "weak_answer.mp3"
REAL_WORDS: Final = "data"  # a word that the real recogniser hears in it


class Kind(IntEnum):
    """What the stand-in recogniser does with a recording."""

    GOOD = 1
    SHAKY = 2  # fails twice, then works
    BROKEN = 3  # can never work
    POISON = 4  # kills its worker, each time


@dataclass(frozen=True, slots=True)
class Marked:
    """A recording's number and kind."""

    number: int
    kind: Kind


def make_recording(marked: Marked) -> bytes:
    """Return a WAV file with the marks, and a tone of its own behind them."""
    tone = 200 + marked.number % 400
    samples = [MARK, marked.number, int(marked.kind)]
    samples += [
        int(6000 * math.sin(2 * math.pi * tone * moment / RATE))
        for moment in range(int(SECONDS * RATE))
    ]
    target = io.BytesIO()
    with wave.open(target, "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(struct.pack(f"<{len(samples)}h", *samples))
    return target.getvalue()


def real_answer(_: Marked) -> bytes:
    """Return somebody's real answer, for the real recogniser; its name says WAV, and the platform does not care."""
    return REAL.read_bytes()


def read_marks(path: Path) -> Marked:
    """Return what a recording says of itself."""
    with wave.open(str(path), "rb") as file:
        mark, number, kind = struct.unpack("<3h", file.readframes(3))
    if mark != MARK:
        raise ValueError(f"{path} is no recording of ours")
    return Marked(number, Kind(kind))


def what_it_says(number: int) -> str:
    """Return the words of a recording: no two say the same."""
    return (
        f"This is answer number {number}. In my last job I led a project that was late, so I spoke with the team, "
        f"found what held us up, and agreed on a plan. We shipped in {number % 9 + 2} weeks, and our customers "
        "told us that the result was better than what they had asked for."
    )
