"""A body costs what it has in bytes, whatever its shape."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from io import BytesIO
from typing import Final

import pytest
from rest_framework.exceptions import APIException

from interview_platform.errors import Refused
from interview_platform.http.parsers import StrictJSONParser
from tests.costs.timing import find_growth

LENGTH: Final = 500_000  # bytes; a body may have twice as many

BODIES: Final[Mapping[str, Callable[[int], str]]] = {
    "deep lists": lambda n: '{"a":' + "[" * (n // 2) + "]" * (n // 2) + "}",
    "deep objects": lambda n: '{"a":' * (n // 5) + "1" + "}" * (n // 5),
    "deep and wide": lambda n: '{"a":' + "[" * 900 + '"b",' * (n // 4) + '"b"' + "]" * 900 + "}",
    "many texts": lambda n: '{"a":[' + '"b",' * (n // 4) + '"b"]}',
    "many numbers": lambda n: '{"a":[' + "1.5," * (n // 4) + "1]}",
    "many empty lists": lambda n: '{"a":[' + "[]," * (n // 3) + "1]}",
    "many fields": lambda n: "{" + ",".join(f'"{i}":1' for i in range(n // 10)) + "}",
    "one field again and again": lambda n: "{" + '"a":1,' * (n // 6) + '"a":1}',
    "one long text": lambda n: '{"a":"' + "b" * n + '"}',
    "a text of quotes": lambda n: '{"a":"' + '\\"' * (n // 2) + '"}',
    "a text without an end": lambda n: '{"a":"' + '\\"' * (n // 2),
    "quotes without an end": lambda n: '{"a":' + '"' * (n - 1),
    "backslashes": lambda n: '{"a":"' + "\\" * n,
    "a text of surrogates": lambda n: '{"a":"' + "\\ud800" * (n // 6) + '"}',
    "one long number": lambda n: '{"a":' + "1" * n + "}",
    "one long fraction": lambda n: '{"a":0.' + "1" * n + "}",
    "one long exponent": lambda n: '{"a":1e' + "1" * n + "}",
    "blanks": lambda n: " " * n,
    "brackets without a beginning": lambda n: "]" * n,
}


@pytest.mark.parametrize("shape", BODIES)
def test_a_body_costs_no_more_than_linear_time(shape: str) -> None:
    assert not find_growth(_parse, {shape: BODIES[shape]}, length=LENGTH)


def _parse(body: str) -> None:
    with suppress(APIException, Refused):
        StrictJSONParser().parse(BytesIO(body.encode()))
