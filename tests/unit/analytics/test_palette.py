"""Colours that can be told from their paper."""

import pytest

from analytics.palette import DARK, LIGHT, Palette, dark_style


def luminance(color: str) -> float:
    channels = [int(color[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (
        channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4
        for channel in channels
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast as WCAG 2.2 defines it."""
    light, dark = sorted((luminance(one), luminance(other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


@pytest.mark.parametrize("palette", [LIGHT, DARK])
class TestPalettes:
    def test_have_readable_text(self, palette: Palette) -> None:
        assert contrast(palette.ink, palette.paper) >= 7

    def test_have_lines_that_can_be_seen(self, palette: Palette) -> None:
        assert all(contrast(color, palette.paper) >= 4.5 for color in palette.series)

    def test_hold_each_color_once(self, palette: Palette) -> None:
        assert len(set(palette.colors)) == len(palette.colors)


class TestDarkStyle:
    def test_replaces_every_light_color_in_its_own_drawing(self) -> None:
        style = dark_style("score_trend")

        assert all(f"fill: {color}" in style for color in LIGHT.colors)
        assert style.count("#score_trend [") == 2 * len(LIGHT.colors)
