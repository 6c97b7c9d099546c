"""Recording → samples: decoded by the bounded child, never in the process that holds the model."""

import errno
import math
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from pipeline.ports import TransientError
from pipeline.providers.audio_process import run_child

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

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
