"""
Charts as SVG and PNG. matplotlib is imported when the first image is asked for.

An SVG carries `<title>` and `<desc>` and follows the reader's light or dark setting; colours never stand alone, each line
has its own marker and dash.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import BytesIO, StringIO
from typing import TYPE_CHECKING, Final, Literal
from xml.sax.saxutils import escape

from analytics.chart_panels import Box, draw_panels, draw_radar
from analytics.charts import PERIOD_NAMES
from analytics.palette import DARK, LIGHT, Palette, dark_style
from analytics.values import Chart, Dataset

if TYPE_CHECKING:
    from matplotlib.figure import Figure

Theme = Literal["auto", "light", "dark"]

WIDTH: Final = 8.0  # inches
PANEL_HEIGHT: Final = 2.4  # inches, where there are several
HEIGHT: Final = 4.5  # inches, where there is one
SIDES: Final = (0.09, 0.97)  # of the width, between which charts are drawn
APART: Final = 0.35  # of a panel's height, between two panels
RADAR: Final = Box(
    left=0.322, bottom=0.06, right=0.738, top=0.8
)  # square in a picture of this size
PNG_DPI: Final = 120
LOOK: Final = 3  # counts changes of how charts are drawn: who holds an older image gets the new one
PNG_COMPRESSION: Final = 3  # of 9; more takes longer and saves little
NOTHING: Final = "Nothing to show in this period yet"


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
    frame = Box(left=SIDES[0], bottom=0.55 / height, right=SIDES[1], top=1 - 0.75 / height)
    if _is_empty(chart):
        figure.text(0.5, 0.5, NOTHING, color=palette.ink, size=12, ha="center")
    elif chart.chart_type == "category_radar":
        draw_radar(figure, palette, chart, RADAR)
        figure.text(0.97, 0.04, chart.datasets[0].unit, color=palette.ink, ha="right")
    else:
        draw_panels(figure, palette, chart, panels, _below_one_another(frame, len(panels)))
    return figure


def _below_one_another(frame: Box, count: int) -> list[Box]:
    """Return so many boxes that share the frame, the highest first."""
    height = (frame.top - frame.bottom) / (count + (count - 1) * APART)
    tops = [frame.top - number * height * (1 + APART) for number in range(count)]
    return [Box(frame.left, top - height, frame.right, top) for top in tops]


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


@dataclass(frozen=True, slots=True)
class Image:
    """A kind of image and who draws it."""

    media_type: str
    draw: Callable[..., bytes]


IMAGES: Final = {"svg": Image("image/svg+xml", draw_svg), "png": Image("image/png", draw_png)}
