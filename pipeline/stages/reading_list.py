"""Public pages worth reading, by the metric they help with."""

import json
from collections.abc import Sequence
from functools import cache
from pathlib import Path

from pipeline.stages.thresholds import MAX_RESOURCES
from pipeline.values import MetricName, Resource

_DATA = Path(__file__).parent / "resources" / "pages.json"


@cache
def all_resources() -> tuple[Resource, ...]:
    """Return every page of the data file."""
    return tuple(Resource(**row) for row in json.loads(_DATA.read_text(encoding="utf-8")))


def pick_resources(weakest: Sequence[MetricName]) -> tuple[Resource, ...]:
    """Return up to `MAX_RESOURCES` pages, those for the weakest metric first."""
    ranked = [page for name in weakest for page in all_resources() if page.category == name]
    return tuple(ranked[:MAX_RESOURCES])
