"""
Fillers that the prompt put into the recogniser's mouth.

The prompt is full of "um"; now and then the model begins a window with one that nobody said. The probability of a word
is reckoned after its text is known, from the sound alone and without the prompt: there such a filler is all but impossible.
Or it hears one in the first of two equal words ("the the same"): then there is no room for it before the next.
"""

from itertools import pairwise
from typing import Any, Final

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
