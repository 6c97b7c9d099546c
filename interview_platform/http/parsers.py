"""JSON bodies, read strictly: what is taken here is an object of plain text and finite numbers."""

import json
import math
from collections.abc import Iterator, Mapping
from typing import IO, Any, NoReturn

from django.conf import settings
from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.parsers import BaseParser

from interview_platform.errors import TooLarge


class StrictJSONParser(BaseParser):
    """
    Parses a JSON object in UTF-8; an empty body is an empty object.

    NaN, infinities, other roots and bytes that are not UTF-8 are a 400; NUL and lone surrogates, which no database
    column takes, are a 422 that names the field.
    """

    media_type = "application/json"

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> dict[str, Any]:
        """Return the object."""
        raw = _read(stream)
        if not raw.strip():
            return {}
        try:
            body = json.loads(
                raw.decode("utf-8"), parse_constant=_refuse_constant, parse_float=_finite
            )
        except (ValueError, RecursionError) as error:
            raise ParseError from error
        if not isinstance(body, dict):
            raise ParseError
        _refuse_unstorable_text(body)
        return body


def _read(stream: IO[Any]) -> bytes:
    limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
    raw: bytes = stream.read(limit + 1)
    if len(raw) > limit:
        raise TooLarge(headers={"Connection": "close"})  # the rest of it is not read
    return raw


def _refuse_constant(name: str) -> NoReturn:
    raise ValueError(name)


def _finite(text: str) -> float:
    number = float(text)
    if not math.isfinite(number):
        raise ValueError(text)
    return number


def _refuse_unstorable_text(body: dict[str, Any]) -> None:
    fields = {field for field, text in _texts(body, "") if _is_unstorable(text)}
    if fields:
        row = ErrorDetail("Null characters and lone surrogates are not allowed.", code="invalid")
        raise ValidationError({field: [row] for field in sorted(fields)})


def _texts(value: Any, field: str) -> Iterator[tuple[str, str]]:
    """Yield every text with the top-level field that it stands in, names of fields included."""
    if isinstance(value, str):
        yield field, value
    elif isinstance(value, dict):
        for name, below in value.items():
            yield field or "body", name
            yield from _texts(below, field or name)
    elif isinstance(value, list):
        for below in value:
            yield from _texts(below, field)


def _is_unstorable(text: str) -> bool:
    return any(char == "\0" or "\ud800" <= char <= "\udfff" for char in text)
