"""Whether an answer has the shape that a document shows."""

import re
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from uuid import UUID


def misfits(value: Any, shape: Any, *, at: str = "") -> Iterator[str]:
    """Yield a sentence for each place where the value is not what the shape asks for. More fields are welcome."""
    if isinstance(shape, dict):
        yield from _misfits_of_object(value, shape, at)
    elif isinstance(shape, list):
        yield from _misfits_of_list(value, shape[0], at)
    elif not KINDS[shape](value):
        yield f"{at}: {value!r} is no {shape}"


def _misfits_of_object(value: Any, shape: dict[str, Any], at: str) -> Iterator[str]:
    if not isinstance(value, dict):
        yield f"{at}: {value!r} is no object"
        return
    for name, below in shape.items():
        if name in value:
            yield from misfits(value[name], below, at=f"{at}.{name}")
        else:
            yield f"{at}.{name} is missing"


def _misfits_of_list(value: Any, shape: Any, at: str) -> Iterator[str]:
    if not isinstance(value, list):
        yield f"{at}: {value!r} is no list"
        return
    for index, row in enumerate(value):
        yield from misfits(row, shape, at=f"{at}[{index}]")


def _is_whole(value: Any) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _is_text(value: Any) -> bool:
    return isinstance(value, str) and bool(value)


def _is_uuid(value: Any) -> bool:
    return _is_text(value) and str(UUID(value)) == value


def _is_time(value: Any) -> bool:
    return _is_text(value) and value.endswith("Z") and bool(datetime.fromisoformat(value))


KINDS: dict[str, Callable[[Any], bool]] = {
    "anything": lambda _: True,
    "true": lambda value: value is True,
    "false": lambda value: value is False,
    "null": lambda value: value is None,
    "text": _is_text,
    "number": _is_number,
    "number or null": lambda value: value is None or _is_number(value),
    "whole number": _is_whole,
    "uuid": _is_uuid,
    "time": _is_time,
    "path": lambda value: _is_text(value) and value.startswith("/uploads/sessions/"),
    "address": lambda value: _is_text(value) and re.match(r"https://\S+$", value) is not None,
}
