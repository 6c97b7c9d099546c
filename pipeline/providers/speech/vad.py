"""Voice activity: spans of speech, windows for the recognizer, sound level, doubtful fillers."""

from itertools import pairwise
from typing import TYPE_CHECKING, Final, TypedDict

from pipeline.domain.values import Span

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from pipeline.domain.values import Sound

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

from typing import Any

SAMPLE_RATE: Final = 16_000  # Hz
SHORTEST_SILENCE: Final = 0.1  # seconds; shorter ones belong to the words
CHUNK_SILENCE: Final = 2.0  # seconds; faster-whisper's own setting for what it cuts out
CHUNK_MARGIN: Final = 0.4  # seconds kept on each side of a chunk; likewise
LONGEST_WINDOW: Final = 28.0  # seconds; the recogniser takes in 30 at one go
SHORTEST_WINDOW: Final = (
    8.0  # seconds; a crumb of an answer gives too little context to understand it by
)


class Chunk(TypedDict):
    """A stretch of samples, in the shape that faster-whisper's functions take."""

    start: int  # samples
    end: int


def find_speech(samples: "NDArray[np.float32]") -> list[Chunk]:
    """Return where there is speech, to a tenth of a second, without margins: pauses are measured on this."""
    from faster_whisper.vad import VadOptions, get_speech_timestamps

    options = VadOptions(min_silence_duration_ms=int(SHORTEST_SILENCE * 1000), speech_pad_ms=0)
    found: list[Chunk] = get_speech_timestamps(samples, options)
    return found


def as_spans(speech: list[Chunk]) -> tuple[Span, ...]:
    """Return the stretches in seconds."""
    return tuple(
        Span(start=round(part["start"] / SAMPLE_RATE, 3), end=round(part["end"] / SAMPLE_RATE, 3))
        for part in speech
    )


def seconds_of_speech(speech: list[Chunk], *, start: float, end: float) -> float:
    """Return how long somebody speaks between two times in seconds."""
    first, last = start * SAMPLE_RATE, end * SAMPLE_RATE
    return (
        sum(max(0.0, min(part["end"], last) - max(part["start"], first)) for part in speech)
        / SAMPLE_RATE
    )


def windows_for_recogniser(speech: list[Chunk], *, length: int) -> list[list[Chunk]]:
    """
    Return what the recogniser should hear, in windows that it takes in at one go, cut where nobody speaks.

    Inside a window silences over `CHUNK_SILENCE` are cut out and margins kept, as faster-whisper's `vad_filter` does with its
    default settings (quality was measured with those). Windows are our own because a prompt holds for one only.
    """
    groups = _group(speech)
    if not groups:
        return []
    middles = [(before[-1]["end"] + after[0]["start"]) // 2 for before, after in pairwise(groups)]
    bounds = zip([0, *middles], [*middles, length], strict=True)
    return [
        _with_margins(_join_near(group, upper=upper), lower=lower, upper=upper)
        for group, (lower, upper) in zip(groups, bounds, strict=True)
    ]


def _group(speech: list[Chunk]) -> list[list[Chunk]]:
    needed = _windows_needed(speech)
    groups: list[list[Chunk]] = []
    first = 0
    while first < len(speech):
        count = _how_many(speech[first:], needed[first:])
        groups.append(speech[first : first + count])
        first += count
    return groups


def _windows_needed(parts: list[Chunk]) -> list[int]:
    """Return how many windows the parts from each one on need at least, and 0 for what follows the last."""
    longest = int(LONGEST_WINDOW * SAMPLE_RATE)
    needed = [0] * (len(parts) + 1)
    after = len(parts)  # the first part that does not fit into the window of `first`
    for first in reversed(range(len(parts))):
        while after > first + 1 and parts[after - 1]["end"] - parts[first]["start"] > longest:
            after -= 1
        needed[first] = 1 + needed[after]
    return needed


def _how_many(parts: list[Chunk], needed: list[int]) -> int:
    """
    Return how many parts make the next window: up to the longest silence that leaves neither side too short.

    Each window costs the recogniser as much as a full one, so that no silence is worth one more than needed.
    """
    longest, shortest = int(LONGEST_WINDOW * SAMPLE_RATE), int(SHORTEST_WINDOW * SAMPLE_RATE)
    begin, end = parts[0]["start"], parts[-1]["end"]
    if end - begin <= longest:
        return len(parts)
    fitting = [n for n in range(1, len(parts)) if parts[n - 1]["end"] - begin <= longest]
    if not fitting:
        return 1  # one stretch without any silence: the recogniser moves through it by itself
    frugal = [n for n in fitting if needed[n] < needed[0]]
    balanced = [
        n
        for n in frugal
        if parts[n - 1]["end"] - begin >= shortest and end - parts[n]["start"] >= shortest
    ]
    return max(balanced or frugal[-1:], key=lambda n: parts[n]["start"] - parts[n - 1]["end"])


def _join_near(speech: list[Chunk], *, upper: int) -> list[Chunk]:
    gap = int(CHUNK_SILENCE * SAMPLE_RATE)
    joined: list[Chunk] = []
    for part in speech:
        if joined and part["start"] - joined[-1]["end"] < gap:
            joined[-1]["end"] = part["end"]
        else:
            joined.append(Chunk(start=part["start"], end=part["end"]))
    if joined and upper - joined[-1]["end"] < gap:
        joined[-1]["end"] = upper
    return joined


def _with_margins(parts: list[Chunk], *, lower: int, upper: int) -> list[Chunk]:
    """Widen each part; the gaps are at least `CHUNK_SILENCE`, so that margins never meet."""
    margin = int(CHUNK_MARGIN * SAMPLE_RATE)
    return [
        Chunk(start=max(lower, part["start"] - margin), end=min(upper, part["end"] + margin))
        for part in parts
    ]


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


# Of 42 fillers that were said, the least likely had .0052; of those that the prompt alone explains, the likeliest .0031.
LEAST_PROBABILITY: Final = 0.004
# Seconds from its beginning to the next word's. In 23 minutes of speech, clean and spoilt, 170 fillers that were said had
# .26 and more but for one; 8 of 29 that were not had .14 and less.
LEAST_ROOM: Final = 0.15
FILLERS: Final = frozenset({"um", "umm", "uh", "uhm", "erm", "er", "mm", "hm", "hmm", "mhm"})


def drop_doubtful(segments: list[Any]) -> list[Any]:
    """Take out fillers that the sound does not bear: next to no probability, no time at all, or no room."""
    words = [word for segment in segments for word in segment.words or []]
    crowded = {id(word) for word, after in pairwise(words) if after.start - word.start < LEAST_ROOM}
    for segment in segments:
        own = segment.words or []
        kept = [word for word in own if not _is_doubtful(word, crowded=id(word) in crowded)]
        if len(kept) < len(own):
            segment.words = kept
            segment.text = "".join(word.word for word in kept)
    return segments


def _is_doubtful(word: Any, *, crowded: bool) -> bool:
    if word.word.strip(" ,.?!-\N{HORIZONTAL ELLIPSIS}").lower() not in FILLERS:
        return False
    return bool(crowded or word.probability < LEAST_PROBABILITY or word.end <= word.start)
