"""
Charts as SVG and PNG, drawn by matplotlib, which is imported when the first image is requested.

An SVG carries `<title>` and `<desc>` and follows the reader's light or dark setting. Colors never stand alone: each line
has its own marker and dash.
"""

import math
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Final, Literal, cast
from xml.sax.saxutils import escape

from analytics.agreement import Agreement, Pair, measure_agreement
from analytics.charts import PERIOD_NAMES, POINTS
from analytics.palette import DARK, LIGHT, Palette, dark_style
from analytics.values import Chart, Dataset, Number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure
    from matplotlib.projections.polar import PolarAxes

Theme = Literal["auto", "light", "dark"]

WIDTH: Final = 8.0  # inches
HEIGHT: Final = 4.5  # inches, with one panel
PANEL_HEIGHT: Final = 2.4  # inches, with several
AGREEMENT_SIZE: Final = (5.6, 3.6)  # inches
PNG_DPI: Final = 120
PNG_COMPRESSION: Final = 3  # of 9; more takes longer and saves little
LOOK: Final = 4  # version of the look, part of the ETag: increase it when drawings change
NO_DATA: Final = "Nothing to show in this period yet"
MAX_LABELS: Final = 7  # along the bottom; more would overlap
MAX_MARKED: Final = 60  # points; with more the markers hide the line
FULL_SCORE: Final = 100
RINGS: Final = (25, 50, 75, 100)  # of the radar
BAR_WIDTH: Final = 0.8  # of a slot, for all bars in it
BAR_CHARTS: Final = frozenset({"weekly_activity", "metrics_bar", "answers"})
MARKERS: Final = ("o", "s", "^", "D")
DASHES: Final = ("-", "--", "-.", ":")
DOT_AREA: Final = 22  # square points for one answer in the agreement plot


def draw_svg(chart: Chart, *, theme: Theme = "auto") -> bytes:
    """Return the chart as an SVG; the theme `auto` follows the reader's setting."""
    figure = _draw(chart, DARK if theme == "dark" else LIGHT)
    style = dark_style(chart.chart_type) if theme == "auto" else ""
    return _as_svg(
        figure,
        name=chart.chart_type,
        title=_title(chart),
        description=chart.description,
        style=style,
    )


def draw_png(chart: Chart, *, theme: Theme = "auto") -> bytes:
    """Return the chart as a PNG on its own background; the theme `auto` is `light`."""
    figure = _draw(chart, DARK if theme == "dark" else LIGHT)
    written = BytesIO()
    metadata = {"Title": chart.title, "Description": chart.description, "Software": None}
    options = {"compress_level": PNG_COMPRESSION}
    figure.savefig(written, format="png", dpi=PNG_DPI, metadata=metadata, pil_kwargs=options)
    return written.getvalue()


def draw_agreement(pairs: Sequence[Pair], *, title: str, palette: Palette) -> bytes:
    """Return the Bland-Altman plot of one metric as an SVG: difference over mean of both scores."""
    figure = _new_figure(AGREEMENT_SIZE, title, palette)
    agreement = measure_agreement(pairs)
    if agreement is None:
        _write_in_the_middle(figure, "Too few scores to compare", palette)
    else:
        _plot_agreement(figure.add_subplot(), pairs, agreement, palette)
    return _as_svg(figure, name="agreement", title=title, description=describe_agreement(agreement))


def describe_agreement(agreement: Agreement | None) -> str:
    """Return in words what the agreement plot shows."""
    if agreement is None:
        return "Too few scores to compare."
    direction = "more" if agreement.bias >= 0 else "less"
    return (
        f"{agreement.n} scores. Reviewers gave {abs(agreement.bias):.1f} points {direction} "
        f"than the machine on average; 95 % of the differences lie between "
        f"{agreement.lower:.1f} and {agreement.upper:.1f}."
    )


def _new_figure(size: tuple[float, float], title: str, palette: Palette) -> "Figure":
    from matplotlib import rcParams
    from matplotlib.figure import Figure
    from matplotlib.layout_engine import ConstrainedLayoutEngine

    rcParams["svg.fonttype"] = "none"  # text stays text: small, and readable by a screen reader
    rcParams["svg.hashsalt"] = "charts"  # equal charts are equal bytes
    layout = ConstrainedLayoutEngine(w_pad=0.12, h_pad=0.1)  # inches
    figure = Figure(figsize=size, facecolor=palette.paper, layout=layout)
    figure.suptitle(title, x=0.02, ha="left", color=palette.ink, size=13, weight="bold")
    return figure


def _draw(chart: Chart, palette: Palette) -> "Figure":
    panels = _by_unit(chart.datasets)
    height = HEIGHT if len(panels) == 1 else 1.2 + PANEL_HEIGHT * len(panels)
    figure = _new_figure((WIDTH, height), _title(chart), palette)
    if not any(number is not None for dataset in chart.datasets for number in dataset.data):
        _write_in_the_middle(figure, NO_DATA, palette)
    elif chart.chart_type == "category_radar":
        _draw_radar(figure, chart, palette)
    else:
        first = 0
        for axes, datasets in zip(
            figure.subplots(len(panels), sharex=True, squeeze=False)[:, 0], panels, strict=True
        ):
            colors = palette.series[first:] + palette.series[:first]
            _draw_panel(axes, chart, datasets, palette, colors)
            first += len(datasets)
    return figure


def _by_unit(datasets: Sequence[Dataset]) -> list[list[Dataset]]:
    """Return the datasets grouped by unit, since each unit needs its own scale."""
    panels: dict[str, list[Dataset]] = {}
    for dataset in datasets:
        panels.setdefault(dataset.unit, []).append(dataset)
    return list(panels.values())


def _draw_panel(
    axes: "Axes",
    chart: Chart,
    datasets: Sequence[Dataset],
    palette: Palette,
    colors: Sequence[str],
) -> None:
    """Draw the datasets of one unit over one scale."""
    draw = _draw_bars if chart.chart_type in BAR_CHARTS else _draw_lines
    draw(axes, datasets, colors)
    if chart.chart_type == "metrics_bar":
        for place, number in enumerate(datasets[0].data):
            axes.annotate(
                _as_text(number),
                (place, number or 0),
                xytext=(0, 4),
                textcoords="offset points",
                ha="center",
                color=palette.ink,
            )
    _style(axes, palette)
    axes.grid(axis="y", color=palette.grid)
    axes.set_ylabel(datasets[0].unit, color=palette.ink)
    axes.set_ylim(bottom=0, top=FULL_SCORE if datasets[0].unit == POINTS else None)
    axes.locator_params(axis="y", nbins=5, integer=datasets[0].unit != "min")
    step = math.ceil(len(chart.labels) / MAX_LABELS)
    axes.set_xticks(range(0, len(chart.labels), step), chart.labels[::step])
    if len(chart.datasets) > 1:
        axes.legend(
            loc="lower right",
            bbox_to_anchor=(1, 1),
            ncols=len(datasets),
            frameon=False,
            labelcolor=palette.ink,
        )


def _draw_lines(axes: "Axes", datasets: Sequence[Dataset], colors: Sequence[str]) -> None:
    for at, dataset in enumerate(datasets):
        axes.plot(
            range(len(dataset.data)),
            [math.nan if number is None else number for number in dataset.data],
            label=dataset.label,
            color=colors[at],
            marker=MARKERS[at] if len(dataset.data) <= MAX_MARKED else "",
            linestyle=DASHES[at],
            linewidth=2,
            markersize=5,
            clip_on=False,
        )


def _draw_bars(axes: "Axes", datasets: Sequence[Dataset], colors: Sequence[str]) -> None:
    width = BAR_WIDTH / len(datasets)
    for at, dataset in enumerate(datasets):
        lefts = [place + (at - len(datasets) / 2) * width for place in range(len(dataset.data))]
        heights = [number or 0 for number in dataset.data]
        axes.bar(lefts, heights, width, align="edge", color=colors[at], label=dataset.label)


def _draw_radar(figure: "Figure", chart: Chart, palette: Palette) -> None:
    """Draw one mean on each spoke; a spoke without a mean has no point."""
    axes = cast("PolarAxes", figure.add_subplot(projection="polar"))
    numbers, color = chart.datasets[0].data, palette.series[0]
    angles = [2 * math.pi * at / len(numbers) for at in range(len(numbers))]
    known = [(angle, n) for angle, n in zip(angles, numbers, strict=True) if n is not None]
    ring = [*known, known[0]] if len(known) == len(numbers) else known
    axes.fill(*zip(*ring, strict=True), color=color, alpha=0.15)
    axes.plot(*zip(*ring, strict=True), color=color, marker="o", linewidth=2, clip_on=False)
    axes.set_theta_zero_location("N")
    axes.set_ylim(0, FULL_SCORE)
    axes.set_yticks(RINGS)
    labels = [
        f"{label}\n{_as_text(number)}" for label, number in zip(chart.labels, numbers, strict=True)
    ]
    axes.set_xticks(angles, labels)
    _style(axes, palette)
    axes.tick_params(axis="x", pad=14)
    axes.grid(color=palette.grid)
    axes.set_title(chart.datasets[0].unit, loc="right", color=palette.ink, size=10)


def _plot_agreement(
    axes: "Axes", pairs: Sequence[Pair], agreement: Agreement, palette: Palette
) -> None:
    places = Counter((pair.mean, pair.difference) for pair in pairs)
    axes.scatter(
        [mean for mean, _ in places],
        [difference for _, difference in places],
        s=[DOT_AREA * count for count in places.values()],
        color=palette.series[0],
        alpha=0.65,
        linewidths=0,
    )
    for height, name, dashes in (
        (agreement.upper, "upper limit", "--"),
        (agreement.bias, "mean", "-"),
        (agreement.lower, "lower limit", "--"),
    ):
        axes.axhline(height, color=palette.series[1], linestyle=dashes, linewidth=1.4)
        axes.annotate(
            f"{height:+.1f}\n{name}",
            (1.02, height),
            xycoords=("axes fraction", "data"),
            color=palette.ink,
            size=8,
            va="center",
        )
    axes.axhline(0, color=palette.grid, linewidth=1)
    axes.set_xlabel("mean of both, points", color=palette.ink)
    axes.set_ylabel("staff - machine, points", color=palette.ink)
    _style(axes, palette)


def _style(axes: "Axes", palette: Palette) -> None:
    """Give the axes the palette's colors and leave out what carries no information."""
    axes.set_facecolor(palette.paper)
    axes.set_axisbelow(True)
    axes.tick_params(colors=palette.ink, length=0, pad=5)
    for side, spine in axes.spines.items():
        spine.set_visible(side in {"bottom", "left"})
        spine.set_color(palette.grid)


def _write_in_the_middle(figure: "Figure", text: str, palette: Palette) -> None:
    figure.text(0.5, 0.5, text, color=palette.ink, size=12, ha="center")


def _title(chart: Chart) -> str:
    return f"{chart.title}, {PERIOD_NAMES[chart.period]}" if chart.period else chart.title


def _as_text(number: Number) -> str:
    return "no data" if number is None else f"{number:g}"


def _as_svg(figure: "Figure", *, name: str, title: str, description: str, style: str = "") -> bytes:
    """Return the SVG with title, description and style where screen readers and browsers look."""
    written = StringIO()
    figure.savefig(written, format="svg", metadata={"Date": None, "Title": title})
    _, _, after = written.getvalue().partition("<svg ")  # drop the document type declaration
    attributes, _, body = after.partition(">")
    return (
        f'<?xml version="1.0" encoding="utf-8"?>\n<svg id="{name}" role="img" lang="en" '
        f'aria-labelledby="{name}-title {name}-desc" {attributes}>\n'
        f'<title id="{name}-title">{escape(title)}</title>\n'
        f'<desc id="{name}-desc">{escape(description)}</desc>\n{style}{body}'
    ).encode()


@dataclass(frozen=True, slots=True)
class Image:
    """A kind of image and the function that draws it."""

    media_type: str
    draw: Callable[..., bytes]


IMAGES: Final = {"svg": Image("image/svg+xml", draw_svg), "png": Image("image/png", draw_png)}
