"""How usual the wording is, sentence by sentence, and which corrections would be much more usual."""

from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.ports import GrammarFlag, Reading, Token, WordingModel
from pipeline.stages.curves import interpolate, mean
from pipeline.stages.rewordings import (
    alternatives_for,
    find_rewordings,
    pick_stretches,
    propose_changes,
    read_stretches,
)
from pipeline.stages.thresholds import READ_MOST, WORDING_MODEL_CURVE, WORDING_PAIRS_CURVE


@dataclass(frozen=True, slots=True)
class Wording:
    """What the wording of a text adds to its grammar, or takes."""

    value: float  # mean logarithm: how much likelier each word is in its place than anywhere
    points: float  # signed
    flags: tuple[GrammarFlag, ...] = ()
    share: float = 1.0  # 0..1, of the text that was read for the flags


def judge_wording(tokens: Sequence[Token], text: str, *, model: WordingModel) -> Wording:
    """Measure a checked text; `tokens` are its words."""
    stretches = read_stretches(text)
    if not model.corrects:
        value = _usualness(model.read([stretch.text for stretch in stretches]))
        return Wording(value, interpolate(value, WORDING_PAIRS_CURVE))
    stretches = pick_stretches(stretches, most=READ_MOST)
    changes = propose_changes(tokens)
    readings = model.read(
        [stretch.text for stretch in stretches],
        alternatives=alternatives_for(tokens, stretches, changes),
    )
    value = _usualness(readings)
    return Wording(
        value,
        interpolate(value, WORDING_MODEL_CURVE),
        tuple(find_rewordings(tokens, stretches, readings, changes, model=model)),
        share=sum(len(stretch.text) for stretch in stretches) / max(len(text), 1),
    )


def _usualness(readings: Sequence[Reading]) -> float:
    pieces = [piece for reading in readings for piece in reading.pieces]
    return mean([piece.log_probability - piece.usual for piece in pieces])
