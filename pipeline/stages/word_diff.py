"""Which words two texts have in common, in order; the cost is bounded whatever the texts hold."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from rapidfuzz.distance import Indel

MOST_WORDS: Final = 5_000  # of each text; half an hour of speech. They take 8 ms at worst


@dataclass(frozen=True, slots=True)
class Run:
    """Words that stand in both texts one after the other."""

    at_old: int
    at_new: int
    size: int


def common_runs(old: Sequence[str], new: Sequence[str]) -> list[Run]:
    """
    Return the runs of a longest common subsequence in order, and at last an empty run at the ends of both texts.

    Of what follows the common beginning, `MOST_WORDS` words are compared; later ones have nothing in common.
    """
    pairs = enumerate(zip(old, new, strict=False))
    same = next((at for at, (one, other) in pairs if one != other), min(len(old), len(new)))
    edits = Indel.editops(old[same : same + MOST_WORDS], new[same : same + MOST_WORDS])
    found = (Run(same + run.a, same + run.b, run.size) for run in edits.as_matching_blocks())
    runs = [Run(0, 0, same), *found, Run(len(old), len(new), 0)]
    return [run for run in runs[:-1] if run.size] + runs[-1:]
