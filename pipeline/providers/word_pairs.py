"""WordingModel: how often two words stand side by side, from the counts that `wordsegment` packages."""

import itertools
import math
import re
from collections.abc import Sequence
from pathlib import Path
from threading import Lock

import numpy as np
import numpy.typing as npt

from pipeline.ports import Alternative, Piece, Reading
from pipeline.providers import memory
from pipeline.providers.model_files import COUNTS, package_folder, require_unchanged

WORDS_OF_WEB = (
    1_024_908_267_229.0  # that the counts come from (P. Norvig, Natural Language Corpus Data)
)
UNSEEN_WORD = 12_711.0  # the count of the rarest word listed
PRIOR = 5_000.0  # counts given to every pair, as many as chance would make: rare pairs say little
_WORD = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")
Words = npt.NDArray[np.bytes_]
Numbers = npt.NDArray[np.int64]
_KEY_BITS = 32  # a pair's key: the number of its first word, then that of its second


class WordPairs:
    """Word and pair counts of the web, loaded at the first use."""

    engine = "word pairs (wordsegment 1.3.1)"
    corrects = False  # two words are too little to choose a third by

    def __init__(self) -> None:
        self._lock = Lock()
        self._table: _Table | None = None

    def read(
        self, texts: Sequence[str], *, alternatives: Sequence[Alternative] = ()
    ) -> list[Reading]:
        """Return a reading of each text; alternatives are not weighed."""
        with self._lock:
            if self._table is None:
                require_unchanged(COUNTS)
                self._table = _Table(package_folder(COUNTS.package))
                memory.give_back()
        return [Reading(pieces=tuple(_pieces(text, self._table))) for text in texts]


class _Table:
    """The counts as sorted arrays, which take an eighth of a dictionary's memory."""

    def __init__(self, folder: Path) -> None:
        words, counts = _columns(folder / "unigrams.txt")
        order = np.argsort(words)
        self._words, self._counts = words[order], counts[order]
        pairs, seen = _columns(folder / "bigrams.txt")
        halves = np.array([pair.split(b" ", 1) for pair in pairs.tolist()])
        firsts, seconds = self._numbers(halves[:, 0]), self._numbers(halves[:, 1])
        known = (firsts >= 0) & (seconds >= 0)  # else "<s>", the beginning of a line
        keys = firsts[known] << _KEY_BITS | seconds[known]
        self._keys, places = np.unique(keys, return_inverse=True)
        self._pairs = np.bincount(places, weights=seen[known]).astype(np.float32)

    def number(self, word: str) -> int | None:
        """Return the word's place, by which it is asked for; None where it was never seen."""
        if len(word) > self._words.itemsize:  # else NumPy makes each of its words as long
            return None
        place = int(self._words.searchsorted(word.encode()))
        found = place < len(self._words) and self._words[place] == word.encode()
        return place if found else None

    def count(self, word: int | None) -> float:
        """Return how often the word was seen."""
        return UNSEEN_WORD if word is None else float(self._counts[word])

    def count_pair(self, first: int | None, second: int | None) -> float:
        """Return how often the second word was seen right after the first."""
        if first is None or second is None:
            return 0.0
        key = first << _KEY_BITS | second
        place = int(self._keys.searchsorted(key))
        found = place < len(self._keys) and int(self._keys[place]) == key
        return float(self._pairs[place]) if found else 0.0

    def _numbers(self, words: Words) -> Numbers:
        """Return the place of each word; -1 for one that was never seen."""
        places = self._words.searchsorted(words)
        within = np.minimum(places, len(self._words) - 1)
        return np.where(self._words[within] == words, within, -1)


def _pieces(text: str, table: _Table) -> list[Piece]:
    words = list(_WORD.finditer(text.lower()))
    numbers = [table.number(word.group().replace("'", "")) for word in words]
    pieces: list[Piece] = []
    for word, (first, second) in zip(words[1:], itertools.pairwise(numbers), strict=True):
        by_chance = table.count(first) * table.count(second) / WORDS_OF_WEB
        seen = table.count_pair(first, second)
        usual = math.log(table.count(second) / WORDS_OF_WEB)
        likelier = math.log((seen + PRIOR) / (by_chance + PRIOR))
        pieces.append(Piece(word.start(), word.end(), usual + likelier, usual))
    return pieces


def _columns(path: Path) -> tuple[Words, npt.NDArray[np.float64]]:
    """Return the texts, in lower case, and their counts."""
    lines = path.read_text(encoding="utf-8").lower().encode().splitlines()
    rows = [line.rsplit(b"\t", 1) for line in lines]
    texts = np.array([text for text, _ in rows])
    return texts, np.array([float(count) for _, count in rows])
