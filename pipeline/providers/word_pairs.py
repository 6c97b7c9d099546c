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
    """The counts; pairs as sorted keys, which take a tenth of a dictionary's memory."""

    def __init__(self, folder: Path) -> None:
        self._numbers: dict[str, int] = {}
        counts: list[float] = []
        for word, count in _rows(folder / "unigrams.txt"):
            self._numbers[word] = len(counts)
            counts.append(count)
        self._counts = counts
        pairs: dict[int, float] = {}
        for pair, count in _rows(folder / "bigrams.txt"):
            first, second = (self._numbers.get(word) for word in pair.lower().split(" ", 1))
            if first is not None and second is not None:  # else "<s>", the beginning of a line
                key = first << _KEY_BITS | second
                pairs[key] = pairs.get(key, 0.0) + count
        self._keys: npt.NDArray[np.int64] = np.array(sorted(pairs), dtype=np.int64)
        self._pairs = np.array([pairs[key] for key in self._keys.tolist()], dtype=np.float32)

    def count(self, word: str) -> float:
        """Return how often the word was seen."""
        number = self._numbers.get(word)
        return UNSEEN_WORD if number is None else self._counts[number]

    def count_pair(self, first: str, second: str) -> float:
        """Return how often the second word was seen right after the first."""
        numbers = self._numbers.get(first), self._numbers.get(second)
        if numbers[0] is None or numbers[1] is None:
            return 0.0
        key = numbers[0] << _KEY_BITS | numbers[1]
        place = int(np.searchsorted(self._keys, key))
        found = place < len(self._keys) and int(self._keys[place]) == key
        return float(self._pairs[place]) if found else 0.0


def _pieces(text: str, table: _Table) -> list[Piece]:
    words = list(_WORD.finditer(text.lower()))
    pieces: list[Piece] = []
    for before, word in itertools.pairwise(words):
        first, second = before.group().replace("'", ""), word.group().replace("'", "")
        by_chance = table.count(first) * table.count(second) / WORDS_OF_WEB
        seen = table.count_pair(first, second)
        usual = math.log(table.count(second) / WORDS_OF_WEB)
        likelier = math.log((seen + PRIOR) / (by_chance + PRIOR))
        pieces.append(Piece(word.start(), word.end(), usual + likelier, usual))
    return pieces


def _rows(path: Path) -> list[tuple[str, float]]:
    lines = path.read_text(encoding="utf-8").splitlines()
    rows = (line.rsplit("\t", 1) for line in lines)
    return [(word, float(count)) for word, count in rows]
