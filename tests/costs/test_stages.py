"""What a stage does to twice as much text takes at most three times as long."""

from pathlib import Path

import pytest

import pipeline
from tests.costs.shapes import SHAPES
from tests.costs.stages import STAGES
from tests.costs.timing import find_growth

ROOT = Path(pipeline.__path__[0])
OTHERS = {  # they change rows, or ask a server
    *("questions.services", "questions.jobs"),
    *("llm.client", "llm.session_feedback"),
}
MODULES = {
    ".".join(path.relative_to(ROOT).with_suffix("").parts)
    for package in ("scoring", "questions", "llm")
    for path in (ROOT / package).rglob("*.py")
    if path.stem != "__init__"
} - OTHERS


def test_every_stage_is_among_them() -> None:
    assert set(STAGES) == MODULES


@pytest.mark.parametrize("name", [name for name, works in STAGES.items() if works])
def test_a_stage_costs_no_more_than_linear_time(name: str) -> None:
    assert not [growth for work in STAGES[name] if (growth := find_growth(work, SHAPES))]
