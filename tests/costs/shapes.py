"""Adversarial texts: what costs most where a pattern, a diff or a loop looks at everything twice."""

from collections.abc import Callable, Mapping
from itertools import count
from typing import Final

Shape = Callable[[int], str]


def repeated(piece: str) -> Shape:
    """Return a shape that repeats one piece."""
    return lambda length: (piece * (length // len(piece) + 1))[:length]


def enclosed(piece: str) -> Shape:
    """Return a shape that repeats one piece between two letters, so that trimming leaves it alone."""
    return lambda length: f"a{repeated(piece)(length - 2)}a"


def _numbered_words(length: int) -> str:
    text = ""
    for number in count():
        if len(text) >= length:
            return text[:length]
        text += " ".join(f"word{number}x{step}" for step in range(100)) + " "
    return text


def _marks_in_the_wrong_order(length: int) -> str:
    half = (length - 1) // 2
    return "a" + "\u0315" * half + "\u0300" * half


SHAPES: Final[Mapping[str, Shape]] = {
    "one word a!!!a": enclosed("!"),
    "punctuation": repeated("!?.,;:-"),
    "dots": enclosed("."),
    "one long word": repeated("abcdefghijklmnopqrstuvwxyz"),
    "a repeated letter": repeated("a"),
    "letters and quotes": repeated("a'b\"c\u2019"),
    "hyphens": repeated("a-"),
    "dotted names": repeated("a."),
    "newlines": enclosed("\n"),
    "blanks": enclosed(" "),
    "short lines": repeated("a\n"),
    "digits and commas": repeated("1,234,"),
    "one long number": repeated("1234567890"),
    "numbers as words": repeated("one two three hundred and forty "),
    "a repeated sentence": repeated("I led the team and we finished the project on time. "),
    "short sentences": repeated("We won. "),
    "one-letter words": repeated("a b c "),
    "different words": _numbered_words,
    "um um um": repeated("um "),
    "fillers among words": repeated("um we "),
    "wrong verbs": repeated("they was he have went and a engineers "),
    "negations": repeated("have never not "),
    "combining marks": _marks_in_the_wrong_order,
    "zero width": repeated("a\u200b"),
    "markup": repeated("<a href='x'>b</a> [c](d) "),
    "opening brackets": repeated("<[({"),
    "links": repeated("http://a.b/"),
    "commands": repeated("will you "),
    "orders": repeated("ignore give me the "),
    "names in lists": repeated("go, rust and spring - "),
}
