"""Recordings for tests: the project's own samples, and files that lie."""

import json
import math
import re
import struct
from contextlib import suppress
from pathlib import Path
from typing import Any

import av
import numpy as np
from numpy.typing import NDArray

from tests.samples.make_samples import encode

SAMPLES = Path(__file__).resolve().parent / "samples"
FORMATS = ("mp3", "wav", "m4a", "webm", "ogg")
RATE = 16_000  # Hz
FILLERS = frozenset({"um", "uh", "hm", "hmm"})
NUMBERS = {"two": "2", "ten": "10"}


def sample(name: str) -> Path:
    """Return the path of a recording that ships with the project."""
    return SAMPLES / name


def spoken_text(name: str) -> str:
    """Return what is said in the sample of this name (without its ending)."""
    answers: list[dict[str, Any]] = json.loads((SAMPLES / "refs.json").read_text("utf-8"))
    phrases = next(answer["phrases"] for answer in answers if answer["name"] == name)
    return " ".join(phrase for phrase in phrases if isinstance(phrase, str))


def plain(text: str, *, fillers: bool = False) -> str:
    """Return lower-case words without punctuation; numbers as digits, fillers only if wanted."""
    words = re.sub(r"[^\w' ]", " ", text.lower()).split()
    return " ".join(NUMBERS.get(word, word) for word in words if fillers or word not in FILLERS)


def wave_bytes(
    *, frames: int = RATE, rate: int = RATE, channels: int = 1, claimed: int | None = None
) -> bytes:
    """Return a 16 bit PCM file; `claimed` is the data size that its header tells, true or not."""
    data = b"\x01\x00" * frames * channels
    size = len(data) if claimed is None else claimed
    block = 2 * channels
    head = struct.pack(
        "<4sI4s4sIHHIIHH",
        *(b"RIFF", min(36 + size, 0xFFFFFFFF), b"WAVE", b"fmt ", 16, 1),
        *(channels, rate, rate * block & 0xFFFFFFFF, block & 0xFFFF, 16),
    )
    return head + struct.pack("<4sI", b"data", size) + data


def sound_of(path: Path) -> bytes:
    """Return the samples of the first track as FFmpeg decodes them; packets that do not are left out."""
    pieces = []
    with av.open(path, metadata_errors="replace") as container:
        for packet in container.demux(container.streams.audio[0]):
            with suppress(av.error.InvalidDataError):
                pieces += [frame.to_ndarray().tobytes() for frame in packet.decode()]
    return b"".join(pieces)


def silence(seconds: float) -> NDArray[np.int16]:
    """Return digital silence."""
    return np.zeros(int(seconds * RATE), dtype=np.int16)


def noise(seconds: float) -> NDArray[np.int16]:
    """Return quiet white noise, the same at every call."""
    source = np.random.default_rng(7)
    return (source.standard_normal(int(seconds * RATE)) * 400).astype(np.int16)


def hum(seconds: float) -> NDArray[np.int16]:
    """Return the hum of a mains cable: 50 Hz and its overtones."""
    times = np.arange(int(seconds * RATE)) / RATE
    waves = [np.sin(2 * math.pi * 50 * k * times) / k for k in (1, 2, 3)]
    mixed: NDArray[np.int16] = (np.sum(waves, axis=0) * 3000).astype(np.int16)
    return mixed


def recording(folder: Path, samples: NDArray[np.int16], *, ending: str) -> Path:
    """Write the samples in the format that the ending names; return the path."""
    target = folder / f"recording.{ending}"
    encode(samples, target)
    return target


def video_only(folder: Path) -> Path:
    """Return an MP4 with a picture and no sound."""
    target = folder / "silent_film.mp4"
    with av.open(target, "w", format="mp4") as container:
        stream = container.add_stream("mpeg4", rate=5)
        assert isinstance(stream, av.VideoStream)
        stream.width, stream.height, stream.pix_fmt = 64, 64, "yuv420p"
        for _ in range(5):
            frame = av.VideoFrame.from_ndarray(np.zeros((64, 64, 3), dtype=np.uint8))
            container.mux(stream.encode(frame))
        container.mux(stream.encode(None))
    return target
