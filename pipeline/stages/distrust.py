"""
What must not pass between a candidate's words, a language model and the feedback.

Two directions: an answer that gives orders to its grader is not shown to a model at all; what a model wrote is plain text
without links, marks, orders and grades, or it is not shown to anybody. The lists err on the side of suspicion: what is
lost is one remark, and the rules' own feedback stands in any case.
"""

import re
from typing import Final

from pipeline.stages.orders import gives_orders, holds_known_order, is_visible, normalize

_TAG: Final = re.compile(r"<[^<>]{1,500}>")
_BLANK_BEFORE: Final = re.compile(r" +([,.;:!?])(?!\w)")
_MARKED_LINK: Final = re.compile(r"!?\[([^\]]{0,300})\]\([^)]{0,500}\)")
_MARKS: Final = re.compile(r"[`*|\\~^{}<>\[\]]+|_{2,}|(?<!\w)#+")
_LINK: Final = re.compile(
    r"\w://|\bwww\.|\bmailto:|\bjavascript:|\S@\w+\.\w|\bdot (com|org|net|io)\b|"
    r"\w-*\.(com|org|info|biz|ru|xyz|co|io|ai|dev|app|link|site|online|example|test)\b|(?<!\basp)\.net\b|"
    r"\w-*\.\w{2,}/",
    re.IGNORECASE,
)
_GRADE: Final = re.compile(
    r"\b(scor(e|es|ed|ing)|grad(e|es|ed|ing)|rat(ed|ing|ings)|full marks|top marks|stars?)\b|"
    r"\b\d+(\.\d+)?\s*(/|out of|of)\s*(5|10|20|100)\b|\b(100|hundred|ten)\s*(%|per ?cent|points|out of)|"
    r"\b\d+(\.\d+)?\s*points?\b|\b[a-f][+-](?!\w)|\bhire[ds]?\b",
    re.IGNORECASE,
)


def is_harmless(text: str) -> bool:
    """Tell whether a model's sentence may be shown: no link, no grade, no order."""
    return not (_LINK.search(text) or _GRADE.search(text) or gives_orders(text))


def is_harmless_sample(text: str) -> bool:
    """Tell whether a model's question or sample answer may be shown: it may speak of grades, which are nobody's."""
    return not (_LINK.search(text) or holds_known_order(text))


def plain(text: str, *, limit: int) -> str:
    """Return the text as one line without marks, tags and what cannot be seen; empty when it is longer than `limit`."""
    shown = "".join(char if is_visible(char) else " " for char in normalize("NFC", text))
    without_links = _MARKED_LINK.sub(r"\1", shown)
    line = " ".join(_MARKS.sub(" ", _TAG.sub(" ", without_links)).split())
    line = _BLANK_BEFORE.sub(r"\1", line)
    return line if len(line) <= limit else ""


def find_quote(quote: str, *, text: str, least_words: int) -> str:
    """Return the quote as it stands in the text, whatever case and punctuation it came in; empty when it does not."""
    wanted = [word for word, _, _ in _words(quote)]
    if len(wanted) < least_words:
        return ""
    said = _words(text)
    heard = f" {' '.join(word for word, _, _ in said)} "
    place = heard.find(f" {' '.join(wanted)} ")
    if place < 0:
        return ""
    first = heard.count(" ", 0, place)
    return text[said[first][1] : said[first + len(wanted) - 1][2]]


def _words(text: str) -> list[tuple[str, int, int]]:
    """Return the words in lower case with where they begin and end; an apostrophe is part of a word."""
    found = re.finditer(r"\w+(?:['’]\w+)*", text)  # noqa: RUF001 - the typographic apostrophe is meant
    return [
        (match[0].casefold().replace("’", "'"), match.start(), match.end())  # noqa: RUF001 - as above
        for match in found
    ]
