"""How numbers and remarks look on the report's page."""

from collections.abc import Sequence
from typing import Any

from django import template

from analytics import report

register = template.Library()


@register.filter
def points(value: float | None) -> str:
    """Return a score with one decimal."""
    return report.number(value)


@register.filter
def signed(value: float) -> str:
    """Return what a rule gave or cost."""
    return report.signed(value)


@register.filter
def percent(value: float) -> str:
    """Return a weight."""
    return f"{100 * value:.0f} %"


@register.filter
def clock(value: float | None) -> str:
    """Return a moment of the recording."""
    return report.clock(value)


@register.inclusion_tag("analytics/report_points.html", name="points")
def list_points(name: str, title: str, rows: Sequence[report.Point]) -> dict[str, Any]:
    """Return a section of remarks; nothing where there are none."""
    return {"name": name, "title": title, "rows": rows}
