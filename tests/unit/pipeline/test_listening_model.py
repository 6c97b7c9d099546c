import numpy as np
import pytest

from pipeline.providers.listening_model import SILENCE_KEPT, without_needless_silence


def window(*, sound: int, length: int = 3000) -> np.ndarray[tuple[int, int], np.dtype[np.float32]]:
    """Return a spectrogram of so many frames of sound, filled up with zeros as faster-whisper does it."""
    features = np.zeros((80, length), dtype=np.float32)
    features[:, :sound] = 0.3
    return features


class TestAWindow:
    @pytest.mark.parametrize("sound", [0, 1, 1234, 2000])
    def test_is_given_some_silence_after_the_last_sound(self, sound: int) -> None:
        kept = without_needless_silence(window(sound=sound))

        assert sound + SILENCE_KEPT <= kept.shape[-1] <= sound + SILENCE_KEPT + 1

    def test_has_an_even_number_of_frames(self) -> None:
        assert without_needless_silence(window(sound=1235)).shape[-1] % 2 == 0

    def test_that_is_full_stays_as_it_is(self) -> None:
        assert without_needless_silence(window(sound=2999)).shape == (80, 3000)

    def test_keeps_silence_within_the_speech(self) -> None:
        features = window(sound=2000)
        features[:, 500:1500] = 0.0

        assert without_needless_silence(features).shape[-1] == 2000 + SILENCE_KEPT

    def test_may_come_as_a_batch_of_one(self) -> None:
        assert without_needless_silence(window(sound=100)[None]).shape == (1, 80, 700)
