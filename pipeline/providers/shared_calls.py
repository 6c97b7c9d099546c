"""
Whisper for several answers at once: what threads ask of the model while it is busy goes there together.

faster-whisper asks for one window after the other and decides from each what to ask next. That stays as it is, and so does all that was
measured of it: prompts, the look at what is left of a window, word times. Only the calls below are shared. Nobody waits for company:
who comes first is served at once, and those who come meanwhile are served with the next call.
"""

from collections.abc import Callable, Hashable, Mapping, Sequence
from dataclasses import dataclass, field
from threading import Lock, local
from typing import Any

import ctranslate2
import numpy as np


@dataclass(slots=True, eq=False)
class _Ask:
    kind: Hashable  # asks of the same kind can be answered in one call
    item: Any
    answer: Any = None
    trouble: Exception | None = None
    is_answered: bool = False


@dataclass(slots=True)
class Batcher:
    """Makes calls, at most `most` asks each, one call at a time."""

    most: int
    largest: int = 0  # asks that were answered in one call so far
    _waiting: list[_Ask] = field(default_factory=list)
    _guard: Lock = field(default_factory=Lock)
    _turn: Lock = field(default_factory=Lock)

    def ask(
        self, kind: Hashable, item: Any, *, answer_all: Callable[[list[Any]], Sequence[Any]]
    ) -> Any:
        """Return the answer to `item`; raise what the call raised that it was part of."""
        own = _Ask(kind, item)
        with self._guard:
            self._waiting.append(own)
        with self._turn:
            if not own.is_answered:
                self._answer(own, answer_all)
        if own.trouble is not None:
            raise own.trouble
        return own.answer

    def _answer(self, own: _Ask, answer_all: Callable[[list[Any]], Sequence[Any]]) -> None:
        with self._guard:
            others = [ask for ask in self._waiting if ask.kind == own.kind and ask is not own]
            together = [own, *others[: self.most - 1]]
            self._waiting = [ask for ask in self._waiting if ask not in together]
        self.largest = max(self.largest, len(together))
        try:
            answers = answer_all([ask.item for ask in together])
        except Exception as trouble:  # noqa: BLE001 - it is raised again for each that was part of the call
            for ask in together:
                ask.trouble, ask.is_answered = trouble, True
            return
        for ask, answer in zip(together, answers, strict=True):
            ask.answer, ask.is_answered = answer, True


class SharedCalls:
    """CTranslate2's Whisper, to be called by many threads with one window each; all else is the model's own."""

    def __init__(self, model: Any, *, most: int) -> None:
        self._model = model
        self.batcher = Batcher(most)
        self._thread = local()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._model, name)

    def keep_alone(self, *, alone: bool) -> None:
        """Have this thread's calls made for it alone from now on, or with others' again."""
        self._thread.alone = alone

    def encode(self, features: Any, to_cpu: bool = False) -> Any:  # noqa: FBT001, FBT002 - CTranslate2's own
        """Return what the encoder makes of one window, where other windows can be put beside it."""
        del to_cpu  # a row of a GPU's memory cannot be had
        return self._ask("encode", np.asarray(features), self._encode)

    def generate(self, features: Any, prompts: Sequence[Sequence[int]], **options: Any) -> Any:
        """Return the words of one window, in a list of one."""

        def generate(asks: list[Any]) -> Any:
            return self._model.generate(
                _stack([heard for heard, _ in asks]), [prompt for _, prompt in asks], **options
            )

        kind = ("generate", len(prompts[0]), _frozen(options))
        return [self._ask(kind, (np.asarray(features), list(prompts[0])), generate)]

    def align(
        self,
        features: Any,
        start_sequence: Sequence[int],
        text_tokens: Sequence[Sequence[int]],
        num_frames: int | Sequence[int],
        **options: Any,
    ) -> Any:
        """Return when the words of one window were said, in a list of one."""

        def align(asks: list[Any]) -> Any:
            return self._model.align(
                _stack([heard for heard, _, _ in asks]),
                list(start_sequence),
                [tokens for _, tokens, _ in asks],
                [frames for _, _, frames in asks],
                **options,
            )

        frames = num_frames if isinstance(num_frames, int) else num_frames[0]
        kind = ("align", tuple(start_sequence), _frozen(options))
        return [self._ask(kind, (np.asarray(features), list(text_tokens[0]), frames), align)]

    def _encode(self, windows: list[Any]) -> list[Any]:
        encoded = np.asarray(self._model.encode(_stack(windows), to_cpu=True))
        return [
            ctranslate2.StorageView.from_array(np.ascontiguousarray(encoded[row : row + 1]))
            for row in range(len(windows))
        ]

    def _ask(
        self, kind: Hashable, item: Any, answer_all: Callable[[list[Any]], Sequence[Any]]
    ) -> Any:
        if getattr(self._thread, "alone", False):
            return answer_all([item])[0]
        return self.batcher.ask(kind, item, answer_all=answer_all)


def _stack(windows: Sequence[Any]) -> Any:
    return ctranslate2.StorageView.from_array(np.ascontiguousarray(np.concatenate(windows)))


def _frozen(options: Mapping[str, Any]) -> Hashable:
    return tuple(
        sorted(
            (name, tuple(value) if isinstance(value, list) else value)
            for name, value in options.items()
        )
    )
