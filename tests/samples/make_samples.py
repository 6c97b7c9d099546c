"""
Makes the recordings of this folder: spoken by flite (Debian package `flite`), encoded by PyAV.

Run it with `python tests/samples/make_samples.py` where `flite` is installed; nothing at run or test time needs it.
"""

import json
import subprocess
import tempfile
from pathlib import Path

import av
import numpy as np
from numpy.typing import NDArray

FOLDER = Path(__file__).resolve().parent
RATE = 16_000  # Hz
VOICE = "slt"
ENCODERS = {  # file ending: (container, codec, bit rate, container options)
    "mp3": ("mp3", "libmp3lame", 40_000, {}),
    "wav": ("wav", "adpcm_ima_wav", 0, {}),  # 4 bits a sample keeps the file small
    "m4a": ("ipod", "aac", 40_000, {}),
    "webm": ("webm", "libopus", 24_000, {"live": "1"}),  # like a browser: no duration in the header
    "ogg": ("ogg", "libopus", 24_000, {}),
}


def main() -> None:
    """Speak each answer of refs.json and write it in its formats."""
    for answer in json.loads((FOLDER / "refs.json").read_text("utf-8")):
        samples = speak(answer["phrases"])
        for ending in answer["formats"]:
            encode(samples, FOLDER / f"{answer['name']}.{ending}")


def speak(phrases: list[str | float]) -> NDArray[np.int16]:
    """Return the phrases one after the other; a number is a silence of so many seconds."""
    pieces = [
        np.zeros(int(phrase * RATE), dtype=np.int16) if isinstance(phrase, float) else _say(phrase)
        for phrase in phrases
    ]
    return np.concatenate(pieces)


def _say(phrase: str) -> NDArray[np.int16]:
    with tempfile.NamedTemporaryFile(suffix=".wav") as file:
        subprocess.run(["flite", "-voice", VOICE, "-t", phrase, "-o", file.name], check=True)
        with av.open(file.name) as container:
            blocks = [frame.to_ndarray()[0] for frame in container.decode(audio=0)]
    return np.concatenate(blocks).astype(np.int16)


def encode(samples: NDArray[np.int16], target: Path) -> None:
    """Write the samples as the file's ending says."""
    container_format, codec, bit_rate, options = ENCODERS[target.suffix[1:]]
    with av.open(target, "w", format=container_format, options=options) as container:
        stream = container.add_stream(codec, rate=RATE, layout="mono")
        assert isinstance(stream, av.AudioStream)
        if bit_rate:
            stream.bit_rate = bit_rate
        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = RATE
        for packet in (*stream.encode(frame), *stream.encode(None)):
            container.mux(packet)


if __name__ == "__main__":
    main()
