"""faster-whisper's model, extended to stop early and to report the spoken language."""

from collections.abc import Callable, Iterable
from typing import Any

from faster_whisper import WhisperModel


class HeardOut(Exception):  # noqa: N818 - not an error: it ends a window
    """There is nothing left in the window that is worth another look."""


class ListeningModel(WhisperModel):  # type: ignore[misc]  # the package has no types
    """
    Keeps what it made of an answer's first window; for one answer at a time.

    The language can then be told in one step of the decoder, a hundredth of a second, instead of listening once more.
    """

    model: Any  # CTranslate2's

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self._first_window: Any = None
        self._look_on: Callable[[], bool] | None = None

    def encode(self, features: Any) -> Any:
        """Return the window as the decoder needs it; raise `HeardOut` where the rest of it is not worth the look."""
        if self._look_on is not None and not self._look_on():
            raise HeardOut
        encoded = super().encode(features)
        if self._first_window is None:
            self._first_window = encoded
        return encoded

    def hear(self, found: Iterable[Any], *, is_worth_it: Callable[[Any], bool]) -> list[Any]:
        """
        Return the segments of one window.

        After the last word that it heard, the model looks at what is left of the window as if that were as long as all of it, which costs
        as much as the window itself. `is_worth_it` is asked before, with the last segment.
        """
        heard: list[Any] = []
        self._look_on = lambda: not heard or is_worth_it(heard[-1])
        try:
            for segment in found:
                heard.append(segment)
        except HeardOut:
            pass
        finally:
            self._look_on = None
        return heard

    def begin_answer(self) -> None:
        """Forget the answer before."""
        self._first_window = None

    def languages_heard(self) -> dict[str, float]:
        """Return how probable each language is in the answer's first window; nothing before there is one."""
        window, self._first_window = self._first_window, None
        if window is None or not self.model.is_multilingual:
            return {}
        return {token[2:-2]: share for token, share in self.model.detect_language(window)[0]}
