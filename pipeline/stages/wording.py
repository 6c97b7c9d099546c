"""How usual the wording of a text is, as a mean over its neighboring words."""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from pipeline.ports import WordingModel
from pipeline.stages.curves import interpolate, mean
from pipeline.stages.thresholds import READ_WORDS, WORDING_PAIRS_CURVE

_SENTENCE = re.compile(r"\S(?:.*?)(?:\.(?=\s|$)|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Wording:
    """What the wording of a text adds to the grammar score, or takes from it."""

    value: float  # mean logarithm: how much likelier each word is in its place than anywhere
    points: float  # signed


def judge_wording(text: str, *, model: WordingModel) -> Wording:
    """Measure a checked text."""
    pairs = [pair for read in model.read(list(_segments(text))) for pair in read]
    value = mean([pair.log_probability - pair.usual for pair in pairs])
    return Wording(value, interpolate(value, WORDING_PAIRS_CURVE))


def _segments(text: str) -> Iterator[str]:
    """Yield the sentences of a checked text, those over `READ_WORDS` words in parts."""
    for sentence in _SENTENCE.finditer(text):
        words = list(re.finditer(r"\S+", sentence.group()))
        for begin in range(0, len(words), READ_WORDS):
            part = words[begin : begin + READ_WORDS]
            yield sentence.group()[part[0].start() : part[-1].end()]
