"""Sketches of answers to well-known interview questions, for questions that come without one."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from pipeline.stages.thresholds import SKETCH_COSINE
from pipeline.stages.vectors import RememberingEncoder, cosine

_DATA = Path(__file__).parent / "resources" / "answer_sketches.json"


@dataclass(frozen=True, slots=True)
class Sketch:
    """What people say when they answer a question of this kind."""

    name: str
    asks: tuple[str, ...]  # ways of asking it
    text: str  # declarative, first person


@cache
def all_sketches() -> tuple[Sketch, ...]:
    """Return every sketch of the data file."""
    rows = json.loads(_DATA.read_text(encoding="utf-8"))
    return tuple(Sketch(row["name"], tuple(row["asks"]), row["sketch"]) for row in rows)


def derive_sketch(question: str, *, encoder: RememberingEncoder) -> str:
    """Return the sketch whose questions are nearest to this one; empty when none is near enough."""
    wanted = encoder.encode([question])[0]
    asks = [(ask, sketch.text) for sketch in all_sketches() for ask in sketch.asks]
    vectors = encoder.encode([ask for ask, _ in asks])
    likeness, place = max((cosine(wanted, vector), -index) for index, vector in enumerate(vectors))
    return asks[-place][1] if likeness >= SKETCH_COSINE else ""
