"""What a recording sounds like: how loud, how distorted, in which language."""

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from pipeline.values import Sound

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from pipeline.providers.speech_spans import Chunk

FULL_SCALE: Final = 0.98  # of the largest sample; codecs round the flat tops off a little
SILENCE: Final = -120.0  # decibels; nothing at all


def measure(
    samples: "NDArray[np.float32]",
    speech: "list[Chunk]",
    *,
    asked: str,
    languages: Mapping[str, float],
) -> Sound:
    """Return the facts of the stretches where somebody speaks; `languages` holds the probability of each."""
    import numpy as np

    spoken = np.concatenate([samples[part["start"] : part["end"]] for part in speech])
    power = float(np.mean(np.square(spoken, dtype=np.float64)))
    return Sound(
        level=round(10 * math.log10(power), 1) if power > 0 else SILENCE,
        clipped=round(float(np.mean(np.abs(spoken) >= FULL_SCALE)), 4),
        language=max(languages, key=lambda code: languages[code], default=asked),
        asked_probability=round(languages[asked], 4) if asked in languages else None,
    )
