"""faster-whisper's model, which also tells in which language it was spoken to."""

from threading import local
from typing import Any

from faster_whisper import WhisperModel


class ListeningModel(WhisperModel):  # type: ignore[misc]  # the package has no types
    """
    Keeps what it made of an answer's first window.

    The language can then be told in one step of the decoder, a hundredth of a second, instead of listening once more.
    """

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._kept = local()  # answers of two threads must not meet

    def encode(self, features: Any) -> Any:
        """Return the window as the decoder needs it."""
        encoded = super().encode(features)
        if getattr(self._kept, "window", None) is None:
            self._kept.window = encoded
        return encoded

    def forget_window(self) -> None:
        """Begin a new answer."""
        self._kept.window = None

    def languages_heard(self) -> dict[str, float]:
        """Return how probable each language is in the answer's first window; nothing before there is one."""
        window = getattr(self._kept, "window", None)
        self._kept.window = None
        if window is None or not self.model.is_multilingual:
            return {}
        return {token[2:-2]: share for token, share in self.model.detect_language(window)[0]}
