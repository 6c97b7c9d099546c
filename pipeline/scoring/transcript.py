"""The annotated transcript of an answer, with its fillers and repetitions."""

import itertools
import re
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Final

from pipeline.domain.values import Transcript, Word
from pipeline.scoring.lexicon import DOUBLED_ON_PURPOSE, FILLERS, WordLists, word_lists, word_set
from pipeline.scoring.thresholds import SENTENCE_WORDS
from pipeline.scoring.transcript_diff import common_runs

LONGEST_WORD: Final = 100  # characters; the rest is read as further words
_WORD = re.compile(rf"\S{{1,{LONGEST_WORD}}}")
_PLAIN = re.compile(r"(?:\.(?=\w))?[\w#+](?:.*[\w#+])?", re.DOTALL)  # linear: `X+$` would not be
_ENDS_SENTENCE = re.compile(r"[.?!…]['\")\]]*$")


@dataclass(frozen=True, slots=True)
class SpokenWord:
    """A word of the text; seconds and probability are None where the recogniser gave none."""

    text: str
    plain: str  # lower case, no punctuation around it
    offset: int  # characters from the text's beginning
    end_offset: int
    start: float | None = None  # seconds
    end: float | None = None  # seconds
    probability: float | None = None

    @property
    def ends_sentence(self) -> bool:
        return bool(_ENDS_SENTENCE.search(self.text))


@dataclass(frozen=True, slots=True)
class Passage:
    """Neighbouring words, first and last included, with the literal text and its seconds."""

    first: int
    last: int
    text: str
    start: float | None
    end: float | None


@dataclass(frozen=True)
class Script:
    """A transcript's text cut into words."""

    text: str
    words: tuple[SpokenWord, ...]
    language: str = "en"  # ISO 639-1

    @cached_property
    def lists(self) -> WordLists:
        """What has to be known of the language's words."""
        return word_lists(self.language)

    @cached_property
    def plain(self) -> list[str]:
        """Every word in lower case without punctuation."""
        return [word.plain for word in self.words]

    @cached_property
    def fillers(self) -> dict[int, str]:
        """Index of each filling word and the filler it is part of."""
        if self.lists.language == "en":
            return find_fillers(self.plain)
        return {index: word for index, word in enumerate(self.plain) if word in self.lists.fillers}

    @cached_property
    def repeats(self) -> list[tuple[int, int]]:
        """First and last index of words that are said again at once."""
        return find_repeats(self.plain, ignored=tuple(self.fillers))

    @cached_property
    def spoken(self) -> list[int]:
        """Indices of the words that are no fillers."""
        return [
            index for index, word in enumerate(self.plain) if word and index not in self.fillers
        ]

    def spoken_in(self, first: int, last: int) -> list[int]:
        """Return the indices from `first` to `last` of the words that are no fillers."""
        return self.spoken[bisect_left(self.spoken, first) : bisect_right(self.spoken, last)]

    @cached_property
    def clean(self) -> list[int]:
        """Indices of the words left when fillers, repeated and broken-off words are gone."""
        gone = {index for first, last in self.repeats for index in range(first, last + 1)}
        return [
            index
            for index in self.spoken
            if index not in gone
            and not self.words[index].text.rstrip(".,").endswith(("-", "\u2014"))
        ]

    @cached_property
    def sentences(self) -> list[tuple[int, int]]:
        """First and last index of each sentence; long runs without a full stop are cut."""
        cuts: list[tuple[int, int]] = []
        first = 0
        for index, word in enumerate(self.words):
            if word.ends_sentence or index - first + 1 >= SENTENCE_WORDS:
                cuts.append((first, index))
                first = index + 1
        if first < len(self.words):
            cuts.append((first, len(self.words) - 1))
        return cuts

    def passage(self, first: int, last: int) -> Passage:
        """Return the literal words from index `first` to `last`."""
        words = self.words[first : last + 1]
        starts = [word.start for word in words if word.start is not None]
        ends = [word.end for word in words if word.end is not None]
        return Passage(
            first=first,
            last=last,
            text=self.text[words[0].offset : words[-1].end_offset],
            start=starts[0] if starts else None,
            end=ends[-1] if ends else None,
        )

    def smoothest(self, *, words: int) -> Passage | None:
        """Return the longest stretch without filler or repetition, at most `words` of it."""
        clean = self.clean
        best: tuple[int, int] | None = None
        first = 0
        for step, index in enumerate(clean):
            if step and index != clean[step - 1] + 1:
                first = step
            if best is None or step - first > best[1] - best[0]:
                best = (first, step)
        if best is None:
            return None
        return self.passage(clean[best[0]], clean[min(best[1], best[0] + words - 1)])

    def opening(self, *, words: int) -> Passage | None:
        """Return the first words of the answer; None of an empty one."""
        return self.passage(0, min(words, len(self.words)) - 1) if self.words else None


def read_script(transcript: Transcript) -> Script:
    """Cut the transcript's text into words and give each its seconds."""
    text = transcript.text.strip() or " ".join(word.text for word in transcript.words)
    pieces = list(_WORD.finditer(text))
    timed = _timed_words([piece.group() for piece in pieces], transcript.words)
    return Script(
        text=text,
        words=tuple(_spoken_word(piece, timed.get(index)) for index, piece in enumerate(pieces)),
        language=transcript.language,
    )


def short_words(text: str) -> str:
    """Return the text with blanks in words of more than `LONGEST_WORD` characters, for parsers that take long ones badly."""
    return " ".join(_WORD.findall(text))


def plain_word(text: str) -> str:
    """Return a word in lower case without the punctuation around it; "C++" keeps its signs."""
    found = _PLAIN.search(text.lower().replace("\u2019", "'"))
    return found.group() if found else ""


def plain_words(text: str) -> list[str]:
    """Return the words of a text as `plain_word` has them, empty ones left out."""
    return [plain for plain in map(plain_word, text.split()) if plain]


def _spoken_word(piece: re.Match[str], word: Word | None) -> SpokenWord:
    return SpokenWord(
        text=piece.group(),
        plain=plain_word(piece.group()),
        offset=piece.start(),
        end_offset=piece.end(),
        start=word.start if word else None,
        end=word.end if word else None,
        probability=word.probability if word else None,
    )


def _timed_words(pieces: list[str], words: tuple[Word, ...]) -> dict[int, Word]:
    said = [word.text.strip() for word in words]
    if said == pieces:
        return dict(enumerate(words))
    runs = common_runs([plain_word(piece) for piece in pieces], [plain_word(word) for word in said])
    return {run.at_old + step: words[run.at_new + step] for run in runs for step in range(run.size)}


LONGEST_REPEAT = 3  # words that are said again at once


_KNOW_BEFORE = word_set(
    "do did if as that let whether what when before should to how because would"
)


_KNOW_AFTER = word_set(
    "how what that why when where who if the a an about my your this of him her them me it"
)


_MEAN_AFTER = word_set("that to the by it")


def find_fillers(words: Sequence[str]) -> dict[int, str]:
    """Return, for the index of every word that fills, the filler it belongs to."""
    found = {index: word for index, word in enumerate(words) if word in FILLERS}
    for index, (first, second) in enumerate(itertools.pairwise(words)):
        phrase = f"{first} {second}"
        if phrase in ("you know", "i mean") and _fills(words, index):
            found[index] = found[index + 1] = phrase
    found.update(dict.fromkeys(_filling_likes(words, found), "like"))
    return found


def count_fillers(fillers: dict[int, str]) -> dict[str, int]:
    """Return how often each filler was said, most frequent first; a phrase counts once."""
    counts: dict[str, int] = {}
    for filler in fillers.values():
        counts[filler] = counts.get(filler, 0) + 1
    whole = {name: count // len(name.split()) for name, count in counts.items()}
    return dict(sorted(whole.items(), key=lambda item: (-item[1], item[0])))


def find_repeats(words: Sequence[str], *, ignored: Sequence[int] = ()) -> list[tuple[int, int]]:
    """
    Return (first, last) indices of words that are said again right after.

    Only the earlier copy is returned; `ignored` words (fillers) may stand in between.
    """
    skipped = set(ignored)
    kept = [index for index in range(len(words)) if index not in skipped and words[index]]
    found: list[tuple[int, int]] = []
    position = 0
    while position < len(kept):
        length = _repeat_at([words[index] for index in kept[position : position + 6]])
        if length:
            found.append((kept[position], kept[position + length - 1]))
        position += max(length, 1)
    return found


def _repeat_at(ahead: Sequence[str]) -> int:
    for length in range(LONGEST_REPEAT, 0, -1):
        said, again = list(ahead[:length]), list(ahead[length : 2 * length])
        if len(again) == length and said == again:
            return 0 if length == 1 and said[0] in DOUBLED_ON_PURPOSE else length
    return 0


def _fills(words: Sequence[str], index: int) -> bool:
    before = words[index - 1] if index else ""
    after = words[index + 2] if index + 2 < len(words) else ""
    if words[index] == "i":
        return before not in ("what", "do") and after not in _MEAN_AFTER
    return before not in _KNOW_BEFORE and after not in _KNOW_AFTER


def _filling_likes(words: Sequence[str], found: dict[int, str]) -> list[int]:
    return [
        index
        for index, word in enumerate(words)
        if word == "like" and (index - 1 in found or index + 1 in found)
    ]
