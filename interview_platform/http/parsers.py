"""Parser of JSON bodies: an object of plain text and finite numbers, shallow and of few values."""

import json
import math
import re
from collections.abc import Iterator, Mapping
from typing import IO, Any, Final, NoReturn

from django.conf import settings
from rest_framework.exceptions import ErrorDetail, ParseError, ValidationError
from rest_framework.parsers import BaseParser

from interview_platform.errors import Refused, TooLarge

MAX_DEPTH: Final = 10  # levels; our deepest body, a list in an object, has 2
MAX_PARTS: Final = 2_000  # texts, commas and brackets; our longest list has 50 texts
# Texts are skipped whole, the last one even without its end: each byte is looked at once
_PARTS: Final = re.compile(rb'"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[\[{\]},]', re.DOTALL)
_UNSTORABLE: Final = re.compile("[\0\ud800-\udfff]")


class TooComplex(Refused):
    """The JSON is deeper or has more parts than any body of ours."""

    status = 400
    code = "too_complex"
    message = f"The JSON has more than {MAX_DEPTH} levels or too many values"


class StrictJSONParser(BaseParser):
    """
    Parses a JSON object in UTF-8; an empty body is an empty object.

    NaN, infinities, other roots and bytes that are not UTF-8 are a 400, and so is what is nested too deeply or has too
    many values, which is found before anything is built; NUL and lone surrogates, which no database column takes, are a
    422 that names the field.
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
        _refuse_complex(raw)
        try:
            body = json.loads(
                raw.decode("utf-8"), parse_constant=_refuse_constant, parse_float=_finite
            )
        except ValueError as error:
            raise ParseError from error
        if not isinstance(body, dict):
            raise ParseError
        _refuse_unstorable_text(body)
        return body


def _refuse_complex(raw: bytes) -> None:
    """Refuse by texts, commas and brackets alone; stop at the first that is too many."""
    depth = 0
    for number, found in enumerate(_PARTS.finditer(raw)):
        depth += (found[0] in (b"[", b"{")) - (found[0] in (b"]", b"}"))
        if depth > MAX_DEPTH or number >= MAX_PARTS:
            raise TooComplex


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
    fields = {field for field, text in _texts(body) if _UNSTORABLE.search(text)}
    if fields:
        row = ErrorDetail("Null characters and lone surrogates are not allowed.", code="invalid")
        raise ValidationError({field: [row] for field in sorted(fields)})


def _texts(body: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield every text with the top-level field that it stands in, names of fields included."""
    waiting: list[tuple[str, Any]] = [("", body)]
    while waiting:
        field, value = waiting.pop()
        if isinstance(value, str):
            yield field, value
        elif isinstance(value, dict):
            yield from ((field or "body", name) for name in value)
            waiting += [(field or name, below) for name, below in value.items()]
        elif isinstance(value, list):
            waiting += [(field, below) for below in value]
