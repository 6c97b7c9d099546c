"""Spoken answers of 30 to 95 seconds to measure with: joined from real recordings where they are, else from our own samples."""

import csv
import itertools
import json
import tempfile
import wave
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from benchmarks.wer import FOLDER
from tests.environment import ROOT

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

SAMPLES: Final = ROOT / "tests" / "samples"
RATE: Final = 16_000
SHORTEST: Final = 30.0  # seconds
LONGEST: Final = 95.0
PAUSE: Final = 0.7  # seconds between two pieces
KEPT_FROM: Final = (
    "No real recordings are here: the samples of the tests, which are synthesised, stand in."
)


@dataclass(frozen=True, slots=True)
class Spoken:
    """One answer: where it lies, and what is said in it."""

    path: Path  # a WAV file
    seconds: float
    text: str


@contextmanager
def spoken_answers(count: int) -> Iterator[list[Spoken]]:
    """Give so many answers in a folder that goes afterwards."""
    with tempfile.TemporaryDirectory(prefix="interview-answers-") as folder:
        yield list(itertools.islice(_answers(Path(folder)), count))


def _answers(folder: Path) -> Iterator[Spoken]:
    """Yield answers whose lengths go up and down between the shortest and the longest, without end."""
    pieces = itertools.cycle(_pieces())
    for number in itertools.count():
        wanted = SHORTEST + (number * 23) % int(LONGEST - SHORTEST - 20)
        yield _join(folder / f"{number}.wav", pieces, wanted=wanted)


def _join(path: Path, pieces: Iterator[tuple[Path, str]], *, wanted: float) -> Spoken:
    import numpy as np

    parts: list[NDArray[np.float32]] = []
    texts, seconds = [], 0.0
    while seconds < wanted:
        source, text = next(pieces)
        samples = _samples(source)
        if seconds + len(samples) / RATE > LONGEST:
            if parts:
                continue
            samples = samples[: int(LONGEST * RATE)]
        parts += [samples, np.zeros(int(PAUSE * RATE), dtype=np.float32)]
        texts.append(text)
        seconds += len(samples) / RATE + PAUSE
    joined = np.concatenate(parts)
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes((np.clip(joined, -1, 1) * 32767).astype("<i2").tobytes())
    return Spoken(path, len(joined) / RATE, " ".join(texts))


def _samples(path: Path) -> "NDArray[np.float32]":
    from faster_whisper.audio import decode_audio

    samples: NDArray[np.float32] = decode_audio(str(path), sampling_rate=RATE)
    return samples


def _pieces() -> list[tuple[Path, str]]:
    """Return English recordings that fit into an answer, with their words."""
    references = FOLDER / "refs.tsv"
    if not references.is_file():
        print(KEPT_FROM)  # noqa: T201 - a program for people
        return _own_pieces()
    with references.open(encoding="utf-8", newline="") as file:
        rows = csv.DictReader(file, delimiter="\t", quoting=csv.QUOTE_NONE)
        return [
            (FOLDER / row["path"], row["text"])
            for row in rows
            if row["language"] == "en" and row["group"] != "en_long"
        ]


def _own_pieces() -> list[tuple[Path, str]]:
    described = json.loads((SAMPLES / "refs.json").read_text("utf-8"))
    return [
        (
            SAMPLES / f"{row['name']}.{row['formats'][0]}",
            " ".join(phrase for phrase in row["phrases"] if isinstance(phrase, str)),
        )
        for row in described
    ]
