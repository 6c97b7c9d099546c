"""`WordingModel`: how often two words stand side by side, from the counts in `wordsegment`."""

import itertools
import logging
import math
import os
import re
import shutil
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, fields
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from django.conf import settings

from pipeline.domain.ports import PairLikelihood
from pipeline.providers.loading import Lazy
from pipeline.providers.model_files import COUNTS, package_folder, require_unchanged

WORDS_OF_WEB: Final = (
    1_024_908_267_229.0  # that the counts come from (P. Norvig, Natural Language Corpus Data)
)
UNSEEN_WORD: Final = 12_711.0  # the count of the rarest word listed
PRIOR: Final = 5_000.0  # counts given to every pair, as many as chance would make
FORMAT: Final = 1  # of the table's files; raise it when they change
KEY_BITS: Final = 32  # a pair's key: the number of its first word, then that of its second
_WORD: Final = re.compile(r"[a-z0-9]+(?:'[a-z]+)?")

logger = logging.getLogger(__name__)

Words = npt.NDArray[np.bytes_]
Numbers = npt.NDArray[np.int64]
Counts = npt.NDArray[np.float64]


class WordPairs:
    """Word and pair counts of the web."""

    engine = "word pairs (wordsegment 1.3.1)"

    def __init__(self) -> None:
        self._table = Lazy(open_table)

    def read(self, texts: Sequence[str]) -> list[list[PairLikelihood]]:
        """Return, for each text by itself, the likelihood of every word but the first."""
        table = self._table.get()
        return [_likelihoods(text, table) for text in texts]


@dataclass(frozen=True, slots=True)
class Table:
    """The counts as sorted arrays."""

    words: Words
    counts: Counts  # of the words
    keys: Numbers  # of the pairs
    pairs: npt.NDArray[np.float32]  # counts of the pairs

    def number(self, word: str) -> int | None:
        """Return the word's place in the table; None where it was never seen."""
        if len(word) > self.words.itemsize:  # else NumPy widens every word of the table
            return None
        place = int(self.words.searchsorted(word.encode()))
        found = place < len(self.words) and self.words[place] == word.encode()
        return place if found else None

    def count(self, word: int | None) -> float:
        """Return how often the word was seen."""
        return UNSEEN_WORD if word is None else float(self.counts[word])

    def count_pair(self, first: int | None, second: int | None) -> float:
        """Return how often the second word was seen right after the first."""
        if first is None or second is None:
            return 0.0
        key = first << KEY_BITS | second
        place = int(self.keys.searchsorted(key))
        found = place < len(self.keys) and int(self.keys[place]) == key
        return float(self.pairs[place]) if found else 0.0


def open_table() -> Table:
    """
    Map the table into memory, so that all workers of a machine share it.

    Build it where it is missing. Where it cannot be written, as in a read-only container whose
    image was made without it, each process has a copy of its own.
    """
    folder = table_folder()
    try:
        return _map(folder)
    except (OSError, ValueError):  # not there, or cut short
        table = build_table()
    try:
        write_table(table, folder)
        return _map(folder)
    except OSError as error:
        logger.info("The table of word pairs is kept in memory alone: %s", error)
        return table


def table_folder() -> Path:
    """Return where this version of the table lies."""
    models: Path = settings.MODELS_DIR
    return models / f"word-pairs-{FORMAT}-{COUNTS.sha256[:12]}"


def build_table() -> Table:
    """Read the package's lists of counts; refuse other ones than those that were measured."""
    require_unchanged(COUNTS)
    source = package_folder(COUNTS.package)
    words, counts = _read_columns(source / "unigrams.txt")
    order = np.argsort(words)
    words, counts = words[order], counts[order]
    pairs, seen = _read_columns(source / "bigrams.txt")
    halves = np.array([pair.split(b" ", 1) for pair in pairs.tolist()])
    firsts, seconds = _places(words, halves[:, 0]), _places(words, halves[:, 1])
    known = (firsts >= 0) & (seconds >= 0)  # else "<s>", the beginning of a line
    keys, places = np.unique(firsts[known] << KEY_BITS | seconds[known], return_inverse=True)
    totals = np.bincount(places, weights=seen[known]).astype(np.float32)
    return Table(words=words, counts=counts, keys=keys, pairs=totals)


def write_table(table: Table, folder: Path) -> None:
    """Write the files beside their place and rename their folder: all are there, or none."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    draft = Path(tempfile.mkdtemp(prefix=f".{folder.name}-", dir=folder.parent))
    try:
        for name in _columns():
            with (draft / f"{name}.npy").open("wb") as file:
                np.save(file, getattr(table, name))
                file.flush()
                os.fsync(file.fileno())
        draft.chmod(0o755)
        _move(draft, folder)
    finally:
        shutil.rmtree(draft, ignore_errors=True)


def _map(folder: Path) -> Table:
    arrays = {
        name: np.asarray(np.load(folder / f"{name}.npy", mmap_mode="r")) for name in _columns()
    }
    table = Table(**arrays)
    if len(table.words) != len(table.counts) or len(table.keys) != len(table.pairs):
        raise ValueError("The columns of the table differ in length.")
    return table


def _move(draft: Path, folder: Path) -> None:
    """Put the draft in its place, unless another process has been quicker."""
    try:
        draft.rename(folder)
    except OSError:
        try:
            _map(folder)
        except (OSError, ValueError):  # what lies there is spoilt
            shutil.rmtree(folder)
            draft.rename(folder)


def _columns() -> tuple[str, ...]:
    return tuple(field.name for field in fields(Table))


def _places(words: Words, wanted: Words) -> Numbers:
    """Return the place of each word; -1 for one that was never seen."""
    places = words.searchsorted(wanted)
    within = np.minimum(places, len(words) - 1)
    return np.where(words[within] == wanted, within, -1)


def _read_columns(path: Path) -> tuple[Words, Counts]:
    """Return the texts, in lower case, and their counts."""
    lines = path.read_text(encoding="utf-8").lower().encode().splitlines()
    rows = [line.rsplit(b"\t", 1) for line in lines]
    texts = np.array([text for text, _ in rows])
    return texts, np.array([float(count) for _, count in rows])


def _likelihoods(text: str, table: Table) -> list[PairLikelihood]:
    words = [word.group().replace("'", "") for word in _WORD.finditer(text.lower())]
    found: list[PairLikelihood] = []
    for first, second in itertools.pairwise(table.number(word) for word in words):
        by_chance = table.count(first) * table.count(second) / WORDS_OF_WEB
        seen = table.count_pair(first, second)
        usual = math.log(table.count(second) / WORDS_OF_WEB)
        likelier = math.log((seen + PRIOR) / (by_chance + PRIOR))
        found.append(PairLikelihood(log_probability=usual + likelier, usual=usual))
    return found
