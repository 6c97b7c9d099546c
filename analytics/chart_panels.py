"""
The panels of a chart: lines, bars and the radar, with their scales.

matplotlib's own ticks are half of what an image costs: each is five artists, and most of them are invisible. Its axes are
therefore switched off, and what can be seen of a scale is drawn as one collection of lines and a few texts.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from analytics.charts import POINTS, RECORDINGS
from analytics.palette import Palette
from analytics.values import Chart, Dataset, Number

if TYPE_CHECKING:
    from matplotlib.axes import Axes

MAX_LABELS: Final = 7  # along the bottom; more would run into one another
MAX_MARKED: Final = 60  # points; with more the markers hide the line
FULL_SCORE: Final = 100
RINGS: Final = (25, 50, 75, 100)  # of the radar
SPOKE_LABELS: Final = 1.08  # of the radius
HEADROOM: Final = 1.12  # above the highest number
SIDE_ROOM: Final = 0.6  # of a place, beside the first and the last one
BAR_WIDTH: Final = 0.8  # of a place, for all bars on it
LABEL_SIZE: Final = 10
UNIT_GAP: Final = 36  # points between the panel and its unit
GAP: Final = 6  # points between a place and what is written beside it
LABEL_GAP: Final = 9  # points, below the panel
POINTS_OF_INCH: Final = 72
BAR_CHARTS: Final = frozenset({"weekly_activity", "metrics_bar", "answers"})
MARKERS: Final = ("o", "s", "^", "D")
DASHES: Final = ("-", "--", "-.", ":")


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the picture with a scale of its own."""

    axes: "Axes"
    palette: Palette

    def write(
        self, text: str, across: float, up: float, *, right: int = 0, above: int = 0, **look: Any
    ) -> None:
        """Write at a place of the data, or so many points beside it."""
        from matplotlib.transforms import ScaledTranslation

        inches = self.axes.figure.dpi_scale_trans
        aside = ScaledTranslation(right / POINTS_OF_INCH, above / POINTS_OF_INCH, inches)
        at = self.axes.transData + aside
        look = {"color": self.palette.ink, "size": LABEL_SIZE, "ha": "center", **look}
        self.axes.text(across, up, text, transform=at, **look)

    def rule(self, lines: Sequence[Sequence[tuple[float, float]]]) -> None:
        """Draw the lines that help the eye."""
        from matplotlib.collections import LineCollection

        grid = LineCollection(lines, colors=self.palette.grid, linewidths=0.8, zorder=0)
        self.axes.add_collection(grid, autolim=False)


def draw_panel(
    panel: Panel,
    chart: Chart,
    datasets: Sequence[Dataset],
    colours: Sequence[str],
    *,
    is_last: bool,
) -> None:
    """Draw what shares a unit, over one scale."""
    axes, unit = panel.axes, datasets[0].unit
    numbers = [number for dataset in datasets for number in dataset.data if number is not None]
    top = FULL_SCORE if unit == POINTS else max(numbers, default=0) * HEADROOM or 1
    axes.set_axis_off()
    axes.set_xlim(-SIDE_ROOM, len(chart.labels) - 1 + SIDE_ROOM)
    axes.set_ylim(0, top)
    _draw_scale(panel, _steps(top, whole=unit == RECORDINGS), unit)
    if is_last:  # one row of labels serves all panels, which stand below one another
        for place in range(0, len(chart.labels), -(-len(chart.labels) // MAX_LABELS)):
            panel.write(chart.labels[place], place, 0, above=-LABEL_GAP, va="top")
    plot = _plot_bars if chart.chart_type in BAR_CHARTS else _plot_lines
    plot(axes, datasets, colours)
    if chart.chart_type == "metrics_bar":
        for place, number in enumerate(datasets[0].data):
            panel.write(_shown(number), place, number or 0, above=GAP)
    legend = axes.legend(
        loc="lower right", bbox_to_anchor=(1, 1), ncols=len(datasets), frameon=False, borderpad=0
    )
    for text in legend.get_texts():
        text.set_color(panel.palette.ink)


def draw_radar(panel: Panel, chart: Chart) -> None:
    """Draw a mean for each spoke; one without a mean has no point."""
    axes, numbers, colour = panel.axes, chart.datasets[0].data, panel.palette.series[0]
    count = len(numbers)
    axes.set_axis_off()
    axes.set_aspect("equal")
    axes.set_xlim(-FULL_SCORE, FULL_SCORE)
    axes.set_ylim(-FULL_SCORE, FULL_SCORE)
    rings = [[_on_spoke(at, count, ring) for at in range(count + 1)] for ring in RINGS]
    panel.rule(rings + [[(0, 0), _on_spoke(at, count, FULL_SCORE)] for at in range(count)])
    for at, label in enumerate(chart.labels):
        across, up = _on_spoke(at, count, FULL_SCORE * SPOKE_LABELS)
        side = "left" if across > 0 else "right"
        panel.write(
            f"{label}\n{_shown(numbers[at])}",
            across,
            up,
            ha=side if at else "center",
            va="center" if at else "bottom",
        )
    known = [_on_spoke(at, count, n) for at, n in enumerate(numbers) if n is not None]
    ring = [*known, known[0]] if len(known) == count else known
    axes.fill(*zip(*ring, strict=True), color=colour, alpha=0.15, linewidth=0)
    axes.plot(*zip(*ring, strict=True), color=colour, marker="o", linewidth=2, clip_on=False)
    for step in RINGS:
        panel.write(f"{step}", 0, step, right=-GAP // 2, size=8, ha="right", va="center")


def _plot_lines(axes: "Axes", datasets: Sequence[Dataset], colours: Sequence[str]) -> None:
    for at, dataset in enumerate(datasets):
        axes.plot(
            range(len(dataset.data)),
            [float("nan") if number is None else number for number in dataset.data],
            label=dataset.label,
            color=colours[at],
            marker=MARKERS[at] if len(dataset.data) <= MAX_MARKED else "",
            linestyle=DASHES[at],
            linewidth=2,
            markersize=5,
            clip_on=False,
        )


def _plot_bars(axes: "Axes", datasets: Sequence[Dataset], colours: Sequence[str]) -> None:
    """Draw all bars of a dataset as one shape: a shape for each takes a millisecond for each."""
    from matplotlib.patches import PathPatch
    from matplotlib.path import Path

    width = BAR_WIDTH / len(datasets)
    corners = [Path.MOVETO, Path.LINETO, Path.LINETO, Path.LINETO, Path.CLOSEPOLY]
    for at, dataset in enumerate(datasets):
        outline: list[tuple[float, float]] = []
        for place, number in enumerate(dataset.data):
            left = place + (at - len(datasets) / 2) * width
            right, height = left + width, number or 0
            outline += [(left, 0), (left, height), (right, height), (right, 0), (left, 0)]
        shape = Path(outline, corners * len(dataset.data))
        axes.add_patch(PathPatch(shape, label=dataset.label, color=colours[at], linewidth=0))


def _draw_scale(panel: Panel, steps: Sequence[float], unit: str) -> None:
    axes = panel.axes
    left, right = axes.get_xlim()
    panel.rule([[(left, step), (right, step)] for step in steps])
    for step in steps:
        panel.write(f"{step:g}", left, step, right=-GAP, ha="right", va="center")
    _, top = axes.get_ylim()
    panel.write(unit, left, top / 2, right=-UNIT_GAP, rotation=90, ha="right", va="center")


def _steps(top: float, *, whole: bool) -> list[float]:
    """Return where the lines of a scale stand that goes from 0 to `top`."""
    from matplotlib.ticker import MaxNLocator

    locator = MaxNLocator(5, steps=[1, 2, 2.5, 5, 10], integer=whole, min_n_ticks=1)
    return [float(step) for step in locator.tick_values(0, top) if 0 <= step <= top]


def _on_spoke(at: int, count: int, number: float) -> tuple[float, float]:
    """Return the place of a number on a spoke; the first one points upwards."""
    angle = 2 * math.pi * at / count
    return -number * math.sin(angle), number * math.cos(angle)


def _shown(number: Number) -> str:
    return "no data" if number is None else f"{number:g}"
