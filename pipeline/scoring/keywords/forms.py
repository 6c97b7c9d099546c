"""The forms in which a keyword can be said: stems, aliases, joined words."""

import json
import re
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path
from typing import Final

from pipeline.scoring.lexicon import bare
from pipeline.scoring.transcript import plain_word

_DATA = Path(__file__).parent.parent / "resources" / "keyword_forms.json"
REMEMBERED = 8192  # words; what users say and expect has no end
_PARTS = re.compile(r"[\s\-/]+")
_VOWEL = re.compile(r"[aeiouy]")

# Longest first; the rest must keep this many letters. British and American spellings meet.
_SUFFIXES: tuple[tuple[str, int], ...] = (
    ("isations", 4), ("izations", 4), ("isation", 4), ("ization", 4), ("abilities", 3), ("ability", 3),
    ("ibility", 3), ("ations", 4), ("ation", 4), ("ments", 4), ("ment", 4), ("ships", 4), ("ship", 4),
    ("ities", 4), ("ising", 4), ("izing", 4), ("ised", 4), ("ized", 4), ("ises", 4), ("izes", 4),
    ("izer", 4), ("iser", 4), ("ating", 4), ("ated", 4), ("ates", 4), ("ators", 4), ("ator", 4),
    ("ative", 4), ("ise", 4), ("ize", 4), ("ate", 4), ("ions", 4), ("ion", 4), ("ness", 4), ("able", 3),
    ("ings", 3), ("ing", 3), ("ers", 4), ("ors", 4), ("ity", 4), ("ies", 3), ("ied", 3), ("ive", 4),
    ("es", 4), ("ed", 3), ("er", 4), ("or", 4), ("ly", 4), ("s", 3), ("y", 3), ("e", 3),
)  # fmt: skip

# Endings that come off in one go, longest first; four letters must stay.
_FOREIGN_ENDINGS: Final = {
    "es": ("aciones", "amiento", "ación", "iones", "mente", "ando", "iendo", "ado", "ada", "ados", "adas", "ión", "ar", "er",
           "ir", "es", "os", "as", "s", "o", "a", "e"),
    "fr": ("issement", "ements", "ations", "ement", "ation", "ions", "ment", "ées", "és", "ée", "er", "ez", "ent", "ion", "es", "s",
           "é", "e", "x"),
    "de": ("ungen", "ung", "ern", "em", "en", "er", "es", "e", "n", "s"),
}  # fmt: skip
_LETTERS_LEFT: Final = 4


@dataclass(frozen=True, slots=True)
class FormData:
    """What the data file knows of keywords."""

    aliases: dict[str, tuple[str, ...]]
    phrases: dict[str, tuple[str, ...]]  # other words for it, worth part of the credit
    names: frozenset[str]  # products and languages: never matched by meaning
    everyday: frozenset[
        str
    ]  # names that are also everyday words: need a sign that the name is meant
    rare: frozenset[str]  # names whose everyday sense seldom comes up in an interview
    context: frozenset[str]  # such a sign nearby
    before: frozenset[str]  # words that stand before a name in use


@dataclass(frozen=True, slots=True)
class KeywordForms:
    """A keyword and every way of saying it that counts in full."""

    keyword: str
    parts: tuple[str, ...]  # its words, lower case
    aliases: tuple[tuple[str, ...], ...]
    phrases: tuple[tuple[str, ...], ...]
    is_name: bool
    is_everyday: bool
    is_rare: bool


@cache
def form_data() -> FormData:
    """Return the data file's content."""
    raw = json.loads(_DATA.read_text(encoding="utf-8"))
    return FormData(
        aliases={key: tuple(values) for key, values in raw["aliases"].items()},
        phrases={key: tuple(values) for key, values in raw["phrases"].items()},
        names=frozenset(raw["names"]),
        everyday=frozenset(raw["everyday"]),
        rare=frozenset(raw["rare"]),
        context=frozenset(raw["context"]),
        before=frozenset(raw["before"]),
    )


@lru_cache(maxsize=REMEMBERED)
def keyword_forms(keyword: str, variants: tuple[str, ...] = ()) -> KeywordForms:
    """Return how a keyword can be said; `variants` are what its question accepts beside."""
    plain = " ".join(keyword.lower().split())
    data = form_data()
    return KeywordForms(
        keyword=keyword,
        parts=split_parts(plain),
        aliases=tuple(
            parts
            for alias in (*data.aliases.get(plain, ()), *variants)
            if (parts := split_parts(alias))
        ),
        phrases=tuple(split_parts(phrase) for phrase in data.phrases.get(plain, ())),
        is_name=plain in data.names
        or not plain.isascii()
        or any(sign in plain for sign in "0123456789+#."),
        is_everyday=plain in data.everyday,
        is_rare=plain in data.rare,
    )


def split_parts(text: str) -> tuple[str, ...]:
    """Return the words of a keyword; "front-end" and "ci/cd" have two."""
    return tuple(plain for plain in map(plain_word, _PARTS.split(text.lower())) if plain)


@lru_cache(maxsize=REMEMBERED)
def stem(word: str) -> str:
    """Return a rough stem, the same for "communicate" and "communication"."""
    plain = word.removesuffix("'s").removesuffix("\u2019s")
    plain = _shorten(_shorten(plain))
    if len(plain) > 4 and plain[-1] == plain[-2] and plain[-1] not in "aeiousl":  # noqa: PLR2004 - letters
        plain = plain[:-1]
    return plain


@lru_cache(maxsize=REMEMBERED)
def stem_in(language: str, word: str) -> str:
    """Return a rough stem in a language: the same for the forms of a word, most of the time."""
    endings = _FOREIGN_ENDINGS.get(language)
    if endings is None:
        return stem(word)
    plain = bare(word)
    return next(
        (
            plain.removesuffix(ending)
            for ending in endings
            if plain.endswith(ending) and len(plain) - len(ending) >= _LETTERS_LEFT
        ),
        plain,
    )


def _shorten(word: str) -> str:
    if word.endswith(("ss", "us", "is")):
        return word
    for suffix, letters in _SUFFIXES:
        rest = word.removesuffix(suffix)
        if rest != word and len(rest) >= letters and _VOWEL.search(rest):
            return rest
    return word
