"""The colors of images on light and on dark paper."""

from dataclasses import dataclass
from itertools import chain
from typing import Final


@dataclass(frozen=True, slots=True)
class Palette:
    """Colours as #rrggbb; text has a contrast of 4.5 to the paper and more, lines of 3."""

    paper: str
    ink: str
    grid: str
    series: tuple[str, ...]

    @property
    def colors(self) -> tuple[str, ...]:
        """Return all of them, in an order of their own."""
        return tuple(chain((self.paper, self.ink, self.grid), self.series))


LIGHT: Final = Palette(
    "#ffffff", "#1f2937", "#d1d5db", ("#2563eb", "#b45309", "#047857", "#be185d")
)
DARK: Final = Palette("#111827", "#e5e7eb", "#374151", ("#60a5fa", "#fbbf24", "#34d399", "#f472b6"))


def dark_style(scope: str) -> str:
    """Return the style that turns a light SVG dark for readers who asked for dark; others see no change."""
    rules = "".join(
        f'#{scope} [style*="{part}: {light}"]{{{part}:{dark}!important}}'
        for light, dark in zip(LIGHT.colors, DARK.colors, strict=True)
        for part in ("fill", "stroke")
    )
    return f"<style>@media (prefers-color-scheme: dark){{{rules}}}</style>\n"
