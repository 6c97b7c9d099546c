"""Numbers written out: whether a recogniser writes "40" or "forty" must change nothing."""

import re
from typing import Final

_SMALL: Final = (
    "zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve",
    "thirteen", "fourteen", "fifteen", "sixteen", "seventeen", "eighteen", "nineteen",
)  # fmt: skip
_TENS: Final = (
    "", "", "twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety",
)  # fmt: skip
_DIGITS = re.compile(r"(?<![\w.,])(\d{1,3})(?:([.,])(?=\D|$)|(?![\w.,]))")
_PERCENT = re.compile(r"(?<=\d)\s?%")
_HUNDRED = 100


def spell_numbers(text: str) -> str:
    """Write whole numbers below a thousand as words, and "%" as "percent"."""
    return _DIGITS.sub(
        lambda found: _words(int(found.group(1))) + (found.group(2) or ""),
        _PERCENT.sub(" percent", text),
    )


def _words(number: int) -> str:
    if number >= _HUNDRED:
        rest = f" {_words(number % _HUNDRED)}" if number % _HUNDRED else ""
        return f"{_SMALL[number // _HUNDRED]} hundred{rest}"
    if number < len(_SMALL):
        return _SMALL[number]
    unit = number % 10
    return f"{_TENS[number // 10]} {_SMALL[unit]}" if unit else _TENS[number // 10]
