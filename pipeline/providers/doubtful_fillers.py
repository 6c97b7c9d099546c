"""
Fillers that the prompt put into the recogniser's mouth.

The prompt is full of "um"; now and then the model begins a window with one that nobody said. The probability of a word
is reckoned after its text is known, from the sound alone and without the prompt: there such a filler is all but impossible.
"""

from typing import Any, Final

# Of 42 fillers that were said, the least likely had .0052; of those that the prompt alone explains, the likeliest .0031.
LEAST_PROBABILITY: Final = 0.004
FILLERS: Final = frozenset({"um", "umm", "uh", "uhm", "erm", "er", "mm", "hm", "hmm", "mhm"})


def drop_doubtful(segments: list[Any]) -> list[Any]:
    """Take out fillers that the sound does not bear: next to no probability, or no time at all."""
    for segment in segments:
        words = segment.words or []
        kept = [word for word in words if not _is_doubtful(word)]
        if len(kept) < len(words):
            segment.words = kept
            segment.text = "".join(word.word for word in kept)
    return segments


def _is_doubtful(word: Any) -> bool:
    if word.word.strip(" ,.?!-\N{HORIZONTAL ELLIPSIS}").lower() not in FILLERS:
        return False
    return bool(word.probability < LEAST_PROBABILITY or word.end <= word.start)
