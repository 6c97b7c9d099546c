"""What a chart costs as an image, in milliseconds of a core: `python benchmarks/chart_images.py`."""

import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tests.settings")

import django  # noqa: E402 - after the path above, so the file runs by itself

django.setup()

from analytics.chart_images import draw_png, draw_svg  # noqa: E402 - likewise
from analytics.values import Chart, Dataset  # noqa: E402 - likewise

TIMES: Final = 20
POINTS: Final = 20  # sessions or weeks: more than most people have
UNITS: Final = {
    "score_trend": ("points of 100", "points of 100"),
    "category_radar": ("points of 100",),
    "metrics_bar": ("points of 100",),
    "weekly_activity": ("recordings", "min"),
    "performance": ("points of 100",) * 4,
    "delivery": ("words/min", "per 100 words", "s", "% of the time"),
}


def main() -> None:
    """Draw each chart often, and print the median of the processor's time."""
    sys.stdout.write(f"{'chart':16} {'SVG, ms':>8} {'PNG, ms':>8}\n")
    for chart_type in UNITS:
        chart = make_chart(chart_type)
        sys.stdout.write(
            f"{chart_type:16} {cost(draw_svg, chart):8.1f} {cost(draw_png, chart):8.1f}\n"
        )


def make_chart(chart_type: str) -> Chart:
    """Return a chart with a handful of bars, or a line of so many points."""
    count = 4 if chart_type in {"category_radar", "metrics_bar"} else POINTS
    numbers = tuple(float(40 + 7 * at % 50) for at in range(count))
    return Chart(
        chart_type=chart_type,
        title="A chart",
        period="all",
        labels=tuple(f"2026-03-{at + 1:02}" for at in range(count)),
        datasets=tuple(
            Dataset(f"Row {at}", numbers, unit) for at, unit in enumerate(UNITS[chart_type])
        ),
        description="What it shows.",
    )


def cost(draw: Callable[[Chart], bytes], chart: Chart) -> float:
    """Return the median of this process's own time: other work on the machine hardly moves it."""
    draw(chart)
    return statistics.median(_milliseconds(draw, chart) for _ in range(TIMES))


def _milliseconds(draw: Callable[[Chart], bytes], chart: Chart) -> float:
    began = time.process_time()
    draw(chart)
    return (time.process_time() - began) * 1000


if __name__ == "__main__":
    main()
