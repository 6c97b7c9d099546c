"""Fillers and repetitions among spoken words."""

import itertools
from collections.abc import Sequence

from pipeline.stages.lexicon import DOUBLED_ON_PURPOSE, FILLERS, word_set

LONGEST_REPEAT = 3  # words that are said again at once

_KNOW_BEFORE = word_set(
    "do did if as that let whether what when before should to how because would"
)
_KNOW_AFTER = word_set(
    "how what that why when where who if the a an about my your this of him her them me it"
)
_MEAN_AFTER = word_set("that to the by it")


def find_fillers(words: Sequence[str]) -> dict[int, str]:
    """Return, for the index of every word that fills, the filler it belongs to."""
    found = {index: word for index, word in enumerate(words) if word in FILLERS}
    for index, (first, second) in enumerate(itertools.pairwise(words)):
        phrase = f"{first} {second}"
        if phrase in ("you know", "i mean") and _fills(words, index):
            found[index] = found[index + 1] = phrase
    found.update(dict.fromkeys(_filling_likes(words, found), "like"))
    return found


def count_fillers(fillers: dict[int, str]) -> dict[str, int]:
    """Return how often each filler was said, most frequent first; a phrase counts once."""
    counts: dict[str, int] = {}
    for filler in fillers.values():
        counts[filler] = counts.get(filler, 0) + 1
    whole = {name: count // len(name.split()) for name, count in counts.items()}
    return dict(sorted(whole.items(), key=lambda item: (-item[1], item[0])))


def find_repeats(words: Sequence[str], *, ignored: Sequence[int] = ()) -> list[tuple[int, int]]:
    """
    Return (first, last) indices of words that are said again right after.

    Only the earlier copy is returned; `ignored` words (fillers) may stand in between.
    """
    skipped = set(ignored)
    kept = [index for index in range(len(words)) if index not in skipped and words[index]]
    found: list[tuple[int, int]] = []
    position = 0
    while position < len(kept):
        length = _repeat_at([words[index] for index in kept[position : position + 6]])
        if length:
            found.append((kept[position], kept[position + length - 1]))
        position += max(length, 1)
    return found


def _repeat_at(ahead: Sequence[str]) -> int:
    for length in range(LONGEST_REPEAT, 0, -1):
        said, again = list(ahead[:length]), list(ahead[length : 2 * length])
        if len(again) == length and said == again:
            return 0 if length == 1 and said[0] in DOUBLED_ON_PURPOSE else length
    return 0


def _fills(words: Sequence[str], index: int) -> bool:
    before = words[index - 1] if index else ""
    after = words[index + 2] if index + 2 < len(words) else ""
    if words[index] == "i":
        return before not in ("what", "do") and after not in _MEAN_AFTER
    return before not in _KNOW_BEFORE and after not in _KNOW_AFTER


def _filling_likes(words: Sequence[str], found: dict[int, str]) -> list[int]:
    return [
        index
        for index, word in enumerate(words)
        if word == "like" and (index - 1 in found or index + 1 in found)
    ]
