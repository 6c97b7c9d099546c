"""The Bland-Altman plot of one metric as SVG: what a reviewer gave more than the machine, over what both say."""

from collections import Counter
from collections.abc import Sequence
from io import StringIO
from typing import TYPE_CHECKING, Final
from xml.sax.saxutils import escape

from analytics.agreement import Agreement, Pair, measure_agreement
from analytics.palette import Palette

if TYPE_CHECKING:
    from matplotlib.axes import Axes

WIDTH: Final = 5.6  # inches
HEIGHT: Final = 3.6
DOT: Final = 22  # square points; answers at one place share a larger dot
ROOM: Final = 0.08  # beside the labels of the lines


def draw_agreement(pairs: Sequence[Pair], *, title: str, palette: Palette) -> bytes:
    """Return the plot with a title and a description; below three pairs it says that these are too few."""
    from matplotlib import rcParams
    from matplotlib.figure import Figure

    rcParams["svg.fonttype"] = "none"  # text stays text: small, and a screen reader finds it
    rcParams["svg.hashsalt"] = "agreement"  # equal plots are equal bytes
    figure = Figure(figsize=(WIDTH, HEIGHT), facecolor=palette.paper)
    figure.text(0.03, 0.94, title, color=palette.ink, size=12, weight="bold", va="center")
    agreement = measure_agreement(pairs)
    if agreement is None:
        figure.text(0.5, 0.5, "Too few scores to compare", color=palette.ink, size=12, ha="center")
    else:
        figure.subplots_adjust(left=0.12, right=0.83, top=0.86, bottom=0.16)
        _plot(figure.add_subplot(), pairs, agreement, palette)
    written = StringIO()
    figure.savefig(written, format="svg", metadata={"Date": None, "Title": title})
    return _describe(written.getvalue(), title, describe(agreement)).encode()


def describe(agreement: Agreement | None) -> str:
    """Return in words what the plot shows."""
    if agreement is None:
        return "Too few scores to compare."
    direction = "more" if agreement.bias >= 0 else "less"
    return (
        f"{agreement.n} scores. Reviewers gave {abs(agreement.bias):.1f} points {direction} than the machine on average; "
        f"95 % of the differences lie between {agreement.lower:.1f} and {agreement.upper:.1f}."
    )


def _plot(axes: "Axes", pairs: Sequence[Pair], agreement: Agreement, palette: Palette) -> None:
    places = Counter((pair.mean, pair.difference) for pair in pairs)
    axes.scatter(
        [mean for mean, _ in places],
        [difference for _, difference in places],
        s=[DOT * count for count in places.values()],
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
    axes.set_facecolor(palette.paper)
    axes.set_xlabel("mean of both, points", color=palette.ink)
    axes.set_ylabel("staff - machine, points", color=palette.ink)
    axes.margins(ROOM)
    axes.tick_params(colors=palette.ink, length=0, pad=5)
    for side, spine in axes.spines.items():
        spine.set_visible(side in {"bottom", "left"})
        spine.set_color(palette.grid)


def _describe(svg: str, title: str, description: str) -> str:
    """Put name and description into the document, where browsers and screen readers look for them."""
    _, _, after = svg.partition("<svg ")  # the document type before it names a page nobody needs
    attributes, _, body = after.partition(">")
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n<svg role="img" lang="en" aria-labelledby="title desc" '
        f'{attributes}>\n<title id="title">{escape(title)}</title>\n'
        f'<desc id="desc">{escape(description)}</desc>\n{body}'
    )
