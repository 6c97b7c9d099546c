"""
Charts as SVG and PNG; the only import of matplotlib, made when the first image is asked for.

An SVG carries `<title>` and `<desc>` and follows the reader's light or dark setting; colours never stand alone, each line
has its own marker and dash.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Final, Literal
from xml.sax.saxutils import escape

from analytics.charts import PERIOD_NAMES, POINTS, RECORDINGS
from analytics.palette import DARK, LIGHT, Palette, dark_style
from analytics.values import Chart, Dataset, Number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.projections.polar import PolarAxes

Theme = Literal["auto", "light", "dark"]

WIDTH: Final = 8.0  # inches
PANEL_HEIGHT: Final = 2.4  # inches, where there are several
HEIGHT: Final = 4.5  # inches, where there is one
PNG_DPI: Final = 120
PNG_COMPRESSION: Final = 3  # of 9; more takes longer and saves little
MAX_LABELS: Final = 8  # along the bottom; more would run into one another
MAX_MARKED: Final = 60  # points; with more the markers hide the line
FULL_SCORE: Final = 100
NOTHING: Final = "Nothing to show in this period yet"
MARKERS: Final = ("o", "s", "^", "D")
DASHES: Final = ("-", "--", "-.", ":")


def draw_svg(chart: Chart, *, theme: Theme = "auto") -> bytes:
    """Return the chart as an SVG with a title and a description; `auto` follows the reader's setting."""
    figure = _draw(chart, DARK if theme == "dark" else LIGHT)
    written = StringIO()
    figure.savefig(written, format="svg", metadata={"Date": None, "Title": chart.title})
    style = dark_style(chart.chart_type) if theme == "auto" else ""
    return _describe(written.getvalue(), chart, style=style).encode()


def draw_png(chart: Chart, *, theme: Theme = "auto") -> bytes:
    """Return the chart as a PNG on its own background, readable on any page; `auto` is `light`."""
    figure = _draw(chart, DARK if theme == "dark" else LIGHT)
    written = BytesIO()
    told = {"Title": chart.title, "Description": chart.description, "Software": None}
    options = {"compress_level": PNG_COMPRESSION}
    figure.savefig(written, format="png", dpi=PNG_DPI, metadata=told, pil_kwargs=options)
    return written.getvalue()


def _draw(chart: Chart, palette: Palette) -> "Figure":
    from matplotlib import rcParams
    from matplotlib.figure import Figure

    rcParams["svg.fonttype"] = "none"  # text stays text: small, and a screen reader finds it
    rcParams["svg.hashsalt"] = "charts"  # equal charts are equal bytes
    panels = _by_unit(chart.datasets)
    height = HEIGHT if len(panels) == 1 else 1.2 + PANEL_HEIGHT * len(panels)
    figure = Figure(figsize=(WIDTH, height), facecolor=palette.paper)
    figure.text(
        0.02,
        1 - 0.3 / height,
        _title(chart),
        color=palette.ink,
        size=13,
        weight="bold",
        va="center",
    )
    figure.subplots_adjust(
        left=0.09, right=0.97, top=1 - 0.75 / height, bottom=0.55 / height, hspace=0.35
    )
    if _is_empty(chart):
        figure.text(0.5, 0.5, NOTHING, color=palette.ink, size=12, ha="center")
    elif chart.chart_type == "category_radar":
        _draw_radar(figure, chart, palette)
    else:
        _draw_panels(figure, chart, panels, palette)
    return figure


def _draw_panels(
    figure: "Figure", chart: Chart, panels: Sequence[Sequence[Dataset]], palette: Palette
) -> None:
    plot = _PLOTS.get(chart.chart_type, _plot_lines)
    first = 0
    for number, datasets in enumerate(panels, start=1):
        axes = figure.add_subplot(len(panels), 1, number)
        plot(axes, datasets, palette.series[first:] + palette.series[:first])
        _dress(axes, chart, datasets, palette)
        first += len(datasets)


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
        )


def _plot_bars(axes: "Axes", datasets: Sequence[Dataset], colours: Sequence[str]) -> None:
    width = 0.8 / len(datasets)
    for at, dataset in enumerate(datasets):
        axes.bar(
            [place + (at - (len(datasets) - 1) / 2) * width for place in range(len(dataset.data))],
            [number or 0 for number in dataset.data],
            width=width,
            label=dataset.label,
            color=colours[at],
        )


def _dress(axes: "Axes", chart: Chart, datasets: Sequence[Dataset], palette: Palette) -> None:
    """Give the panel its units, labels, grid and legend."""
    from matplotlib.ticker import MaxNLocator

    unit = datasets[0].unit
    axes.set_facecolor(palette.paper)
    axes.set_ylabel(unit, color=palette.ink)
    axes.margins(y=0.12)
    axes.set_ylim(bottom=0, top=FULL_SCORE if unit == POINTS else None)
    axes.set_axisbelow(True)
    axes.grid(axis="y", color=palette.grid, linewidth=0.8)
    axes.tick_params(colors=palette.ink, length=0, pad=6)
    if unit == RECORDINGS:
        axes.yaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
    for side, spine in axes.spines.items():
        spine.set_visible(side == "bottom")
        spine.set_color(palette.grid)
    step = -(-len(chart.labels) // MAX_LABELS)
    places = range(0, len(chart.labels), step)
    axes.set_xticks(list(places), [chart.labels[place] for place in places])
    if chart.chart_type == "metrics_bar":
        _write_numbers(axes, datasets[0].data, palette)
    legend = axes.legend(
        loc="lower right", bbox_to_anchor=(1, 1), ncols=len(datasets), frameon=False, borderpad=0
    )
    for text in legend.get_texts():
        text.set_color(palette.ink)


def _write_numbers(axes: "Axes", numbers: Sequence[Number], palette: Palette) -> None:
    for place, number in enumerate(numbers):
        axes.annotate(
            _shown(number),
            (place, number or 0),
            xytext=(0, 6),
            textcoords="offset points",
            ha="center",
            color=palette.ink,
            annotation_clip=False,
        )


def _draw_radar(figure: "Figure", chart: Chart, palette: Palette) -> None:
    import math

    figure.subplots_adjust(top=0.74, bottom=0.08)
    axes: PolarAxes = figure.add_subplot(projection="polar")  # type: ignore[assignment] # by the projection
    numbers = chart.datasets[0].data
    angles = [2 * math.pi * at / len(numbers) for at in range(len(numbers))]
    known = [
        (angle, number) for angle, number in zip(angles, numbers, strict=True) if number is not None
    ]
    ring = [*known, known[0]] if len(known) == len(numbers) else known
    axes.set_theta_zero_location("N")
    axes.plot(*zip(*ring, strict=True), color=palette.series[0], marker="o", linewidth=2)
    axes.fill(*zip(*ring, strict=True), color=palette.series[0], alpha=0.15)
    axes.set_facecolor(palette.paper)
    axes.set_ylim(0, FULL_SCORE)
    axes.set_yticks([25, 50, 75, 100], ["25", "50", "75", "100"], color=palette.ink, size=8)
    spokes = zip(chart.labels, numbers, strict=True)
    axes.set_xticks(angles, [f"{label}\n{_shown(number)}" for label, number in spokes])
    axes.tick_params(axis="x", colors=palette.ink, pad=12)
    axes.grid(color=palette.grid)
    axes.spines["polar"].set_color(palette.grid)
    figure.text(0.97, 0.04, chart.datasets[0].unit, color=palette.ink, ha="right")


def _shown(number: Number) -> str:
    return "no data" if number is None else f"{number:g}"


def _by_unit(datasets: Sequence[Dataset]) -> list[list[Dataset]]:
    """Return the datasets in panels: what has another unit needs another scale."""
    panels: dict[str, list[Dataset]] = {}
    for dataset in datasets:
        panels.setdefault(dataset.unit, []).append(dataset)
    return list(panels.values())


def _is_empty(chart: Chart) -> bool:
    return not any(number is not None for dataset in chart.datasets for number in dataset.data)


def _title(chart: Chart) -> str:
    return f"{chart.title}, {PERIOD_NAMES[chart.period]}" if chart.period else chart.title


def _describe(svg: str, chart: Chart, *, style: str) -> str:
    """Put name, description and style into the document, where browsers and screen readers look for them."""
    _, _, after = svg.partition("<svg ")  # the document type before it names a page nobody needs
    attributes, _, body = after.partition(">")
    name = chart.chart_type
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<svg id="{name}" role="img" lang="en" '
        f'aria-labelledby="{name}-title {name}-desc" {attributes}>\n'
        f'<title id="{name}-title">{escape(_title(chart))}</title>\n'
        f'<desc id="{name}-desc">{escape(chart.description)}</desc>\n{style}{body}'
    )


_PLOTS: Final[dict[str, Callable[["Axes", Sequence[Dataset], Sequence[str]], None]]] = {
    "weekly_activity": _plot_bars,
    "metrics_bar": _plot_bars,
    "answers": _plot_bars,
}


@dataclass(frozen=True, slots=True)
class Image:
    """A kind of image and who draws it."""

    media_type: str
    draw: Callable[..., bytes]


IMAGES: Final = {"svg": Image("image/svg+xml", draw_svg), "png": Image("image/png", draw_png)}
