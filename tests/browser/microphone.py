"""A sample as the sound that a browser's microphone hears."""

import wave
from pathlib import Path
from typing import Final

import av
import numpy as np

from tests.recordings import sample as path_of

RATE: Final = 48_000  # Hz
LEAD_SECONDS: Final = 1  # of silence, while the recorder starts
TAIL_SECONDS: Final = 2


def write_microphone(target: Path, *, sample: str) -> float:
    """Write the sample as the WAV file that Chromium plays to its pages; return its seconds."""
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    with av.open(path_of(sample)) as container:
        blocks = [
            part.to_ndarray().reshape(-1)
            for frame in container.decode(audio=0)
            for part in resampler.resample(frame)
        ]
    lead, tail = (np.zeros(RATE * seconds, np.int16) for seconds in (LEAD_SECONDS, TAIL_SECONDS))
    sound = np.concatenate([lead, *blocks, tail])
    with wave.open(str(target), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE)
        file.writeframes(sound.tobytes())
    return len(sound) / RATE
