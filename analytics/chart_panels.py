"""
The panels of a chart: lines, bars and the radar, with their scales and legends.

matplotlib's own axes, ticks and legends are two thirds of what an image costs: each axes makes twenty artists that nobody
sees before the first number is drawn. A panel therefore places everything itself: it turns places of the data into places
of the picture, and what is seen of a scale is one collection of lines and a few texts.
"""

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from analytics.charts import POINTS, RECORDINGS
from analytics.palette import Palette
from analytics.values import Chart, Dataset, Number

if TYPE_CHECKING:
    from matplotlib.figure import Figure

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
NAME_GAP: Final = 8  # points between the panel and the names of its rows
NAMES_APART: Final = 20  # points between two of them
SAMPLE: Final = (20, 7)  # points: how wide and how high a legend shows a row's look
POINTS_OF_INCH: Final = 72
BAR_CHARTS: Final = frozenset({"weekly_activity", "metrics_bar", "answers"})
MARKERS: Final = ("o", "s", "^", "D")
DASHES: Final = ("-", "--", "-.", ":")

Place = tuple[float, float]


@dataclass(frozen=True, slots=True)
class Box:
    """A part of a picture, from 0 to 1 of its width and its height."""

    left: float
    bottom: float
    right: float
    top: float


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of the picture with a scale of its own."""

    figure: "Figure"
    palette: Palette
    box: Box
    across: tuple[float, float]  # the scale from left to right
    up: tuple[float, float]  # and from the bottom to the top

    def at(self, across: float, up: float, *, right: float = 0, above: float = 0) -> Place:
        """Return where a place of the data lies in the picture, or so many points beside it."""
        width, height = self.figure.get_size_inches()
        box, (left, last), (bottom, top) = self.box, self.across, self.up
        return (
            box.left
            + (box.right - box.left) * (across - left) / (last - left)
            + right / POINTS_OF_INCH / width,
            box.bottom
            + (box.top - box.bottom) * (up - bottom) / (top - bottom)
            + above / POINTS_OF_INCH / height,
        )

    def write(
        self,
        text: str,
        across: float,
        up: float,
        *,
        right: float = 0,
        above: float = 0,
        **look: Any,
    ) -> None:
        """Write at a place of the data, or so many points beside it."""
        look = {"color": self.palette.ink, "size": LABEL_SIZE, "ha": "center", **look}
        self.figure.text(*self.at(across, up, right=right, above=above), text, **look)

    def rule(self, lines: Sequence[Sequence[Place]]) -> None:
        """Draw the lines that help the eye."""
        from matplotlib.collections import LineCollection

        placed = [[self.at(*place) for place in line] for line in lines]
        grid = LineCollection(placed, colors=self.palette.grid, linewidths=0.8, zorder=0)
        self.figure.add_artist(grid)

    def line(self, placed: Sequence[Place], **look: Any) -> None:
        """Draw a line through places of the picture."""
        from matplotlib.lines import Line2D

        self.figure.add_artist(Line2D(*zip(*placed, strict=True), **look))

    def fill(self, shapes: Sequence[Sequence[Place]], **look: Any) -> None:
        """Fill shapes, given by places of the picture, as one: a patch for each takes a millisecond for each."""
        from matplotlib.patches import PathPatch
        from matplotlib.path import Path

        outline = [place for shape in shapes for place in (*shape, shape[0])]
        codes = [
            code
            for shape in shapes
            for code in (Path.MOVETO, *[Path.LINETO] * (len(shape) - 1), Path.CLOSEPOLY)
        ]
        self.figure.add_artist(PathPatch(Path(outline, codes), linewidth=0, **look))


def draw_panels(
    figure: "Figure",
    palette: Palette,
    chart: Chart,
    units: Sequence[Sequence[Dataset]],
    boxes: Sequence[Box],
) -> None:
    """Draw what shares a unit over one scale, each unit in a box."""
    first = 0
    for datasets, box in zip(units, boxes, strict=True):
        colours = palette.series[first:] + palette.series[:first]
        across = (-SIDE_ROOM, len(chart.labels) - 1 + SIDE_ROOM)
        panel = Panel(figure, palette, box, across, (0, _top(datasets)))
        _draw_scale(panel, datasets[0].unit)
        _draw_rows(panel, chart, datasets, colours)
        first += len(datasets)
    _write_labels(panel, chart.labels)  # one row of labels serves all panels


def draw_radar(figure: "Figure", palette: Palette, chart: Chart, box: Box) -> None:
    """Draw a mean for each spoke; one without a mean has no point."""
    numbers, colour = chart.datasets[0].data, palette.series[0]
    count = len(numbers)
    scale = (-FULL_SCORE, FULL_SCORE)
    panel = Panel(figure, palette, box, scale, scale)
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
    placed = [panel.at(*place) for place in ring]
    panel.fill([placed], color=colour, alpha=0.15)
    panel.line(placed, color=colour, marker="o", linewidth=2)
    for step in RINGS:
        panel.write(f"{step}", 0, step, right=-GAP // 2, size=8, ha="right", va="center")


def _top(datasets: Sequence[Dataset]) -> float:
    numbers = [number for dataset in datasets for number in dataset.data if number is not None]
    return FULL_SCORE if datasets[0].unit == POINTS else max(numbers, default=0) * HEADROOM or 1


def _draw_rows(
    panel: Panel, chart: Chart, datasets: Sequence[Dataset], colours: Sequence[str]
) -> None:
    are_bars = chart.chart_type in BAR_CHARTS
    (_draw_bars if are_bars else _draw_lines)(panel, datasets, colours)
    if chart.chart_type == "metrics_bar":
        for place, number in enumerate(datasets[0].data):
            panel.write(_shown(number), place, number or 0, above=GAP)
    _name_rows(panel, datasets, colours, are_bars=are_bars)


def _draw_lines(panel: Panel, datasets: Sequence[Dataset], colours: Sequence[str]) -> None:
    for at, dataset in enumerate(datasets):
        is_marked = len(dataset.data) <= MAX_MARKED
        numbers = (math.nan if number is None else number for number in dataset.data)
        places = [panel.at(place, number) for place, number in enumerate(numbers)]
        panel.line(places, **_look(at, colours[at], is_marked=is_marked))


def _look(at: int, colour: str, *, is_marked: bool) -> dict[str, Any]:
    """Return what tells a line from the others, also without its colour."""
    marker = MARKERS[at] if is_marked else ""
    dashes = {"linestyle": DASHES[at], "linewidth": 2}
    return {"color": colour, "marker": marker, "markersize": 5, **dashes}


def _draw_bars(panel: Panel, datasets: Sequence[Dataset], colours: Sequence[str]) -> None:
    width = BAR_WIDTH / len(datasets)
    for at, dataset in enumerate(datasets):
        bars = []
        for place, number in enumerate(dataset.data):
            left = place + (at - len(datasets) / 2) * width
            bars.append(_corners(panel.at(left, 0), panel.at(left + width, number or 0)))
        panel.fill(bars, color=colours[at])


def _name_rows(
    panel: Panel, datasets: Sequence[Dataset], colours: Sequence[str], *, are_bars: bool
) -> None:
    """Write the rows' names above the panel, the last one at its right end, each after its row's look."""
    across, up = panel.across[1], panel.up[1]
    right = 0.0  # points from the panel's right end
    for at in reversed(range(len(datasets))):
        name = datasets[at].label
        panel.write(name, across, up, right=right, above=NAME_GAP, ha="right")
        right -= _width(name) + GAP
        begin, end = (
            panel.at(across, up, right=right - beside, above=NAME_GAP + above)
            for beside, above in ((SAMPLE[0], 0), (0, SAMPLE[1]))
        )
        if are_bars:
            panel.fill([_corners(begin, end)], color=colours[at])
        else:
            middle = (begin[1] + end[1]) / 2
            sample = [(place, middle) for place in (begin[0], (begin[0] + end[0]) / 2, end[0])]
            is_marked = len(datasets[at].data) <= MAX_MARKED
            panel.line(sample, markevery=[1], **_look(at, colours[at], is_marked=is_marked))
        right -= SAMPLE[0] + NAMES_APART


def _corners(one: Place, opposite: Place) -> list[Place]:
    """Return the corners of an upright rectangle."""
    (left, bottom), (right, top) = one, opposite
    return [(left, bottom), (left, top), (right, top), (right, bottom)]


def _width(text: str) -> float:
    """Return how wide a text is, in points."""
    from matplotlib.font_manager import FontProperties
    from matplotlib.textpath import text_to_path

    font = FontProperties(size=LABEL_SIZE)
    width, _, _ = text_to_path.get_text_width_height_descent(text, font, ismath=False)
    return float(width)


def _draw_scale(panel: Panel, unit: str) -> None:
    (left, right), (_, top) = panel.across, panel.up
    steps = _steps(top, whole=unit == RECORDINGS)
    panel.rule([[(left, step), (right, step)] for step in steps])
    for step in steps:
        panel.write(f"{step:g}", left, step, right=-GAP, ha="right", va="center")
    panel.write(unit, left, top / 2, right=-UNIT_GAP, rotation=90, ha="right", va="center")


def _write_labels(panel: Panel, labels: Sequence[str]) -> None:
    """Write below the panel what its places are called, or some of them."""
    for place in range(0, len(labels), -(-len(labels) // MAX_LABELS)):
        panel.write(labels[place], place, 0, above=-LABEL_GAP, va="top")


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
