"""What a stage does to twice as much text takes at most three times as long."""

from pathlib import Path

import pytest

from pipeline import stages
from tests.costs.shapes import SHAPES
from tests.costs.stages import STAGES
from tests.costs.timing import texts_grow_too_fast

MODULES = {path.stem for path in Path(stages.__path__[0]).glob("*.py")} - {"__init__"}


def test_every_stage_is_among_them() -> None:
    assert set(STAGES) == MODULES


@pytest.mark.parametrize("name", [name for name, works in STAGES.items() if works])
def test_a_stage_costs_no_more_than_linear_time(name: str) -> None:
    grown = {
        f"{shape} ({number})": growth
        for number, work in enumerate(STAGES[name])
        for shape, make in SHAPES.items()
        if (growth := texts_grow_too_fast(work, make))
    }
    assert not grown
