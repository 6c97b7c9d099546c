"""How numbers and stable words look on the review desk."""

from collections.abc import Iterable, Mapping
from typing import TypeVar

from django import template

register = template.Library()

Value = TypeVar("Value")


@register.filter
def exactly(value: float) -> str:
    """Return a number for a script or a drawing, whatever the reader's language."""
    return f"{value:.2f}"


@register.filter
def words(name: str) -> str:
    """Return a stable word as it is read: `low_confidence` or `no_word_times:fluency`."""
    return name.replace("_", " ").replace(":", ", ")


@register.filter
def why_not(reasons: Iterable[str], metric: str) -> str:
    """Return why a metric was not judged; empty where that is not known."""
    own = (reason.partition(":") for reason in reasons)
    return next((words(reason) for reason, _, about in own if about == metric), "")


@register.filter
def at(mapping: Mapping[int, Value], key: int) -> Value | None:
    """Return what a mapping has for the key."""
    return mapping.get(key)
