from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import jiwer
import numpy as np
import pytest
from numpy.typing import NDArray

from pipeline.domain.values import Transcript
from pipeline.providers.speech.vad import find_speech, windows_for_recogniser
from pipeline.providers.speech.whisper import FasterWhisper
from tests.recordings import (
    FORMATS,
    RATE,
    hum,
    noise,
    plain,
    recording,
    sample,
    silence,
    spoken_text,
)

pytestmark = pytest.mark.speech


@pytest.fixture(scope="module")
def recogniser(tmp_path_factory: pytest.TempPathFactory) -> FasterWhisper:
    """The recogniser as it is set up by default, with the weights joined from their packages."""
    from django.test import override_settings

    made = FasterWhisper(model_name="base", device="cpu")
    with override_settings(MODELS_DIR=tmp_path_factory.mktemp("models")):
        made.warm_up()
    return made


@pytest.fixture(scope="module")
def heard(recogniser: FasterWhisper) -> dict[str, Transcript]:
    """The strong answer as it is heard in each format."""
    return {
        audio_format: recogniser.transcribe(
            sample(f"strong_answer.{audio_format}"), audio_format=audio_format, language=None
        )
        for audio_format in FORMATS
    }


@pytest.fixture(scope="module")
def weak(recogniser: FasterWhisper) -> Transcript:
    """The weak answer as it is heard."""
    return recogniser.transcribe(sample("weak_answer.ogg"), audio_format="ogg", language="en")


class TestStrongAnswer:
    @pytest.mark.parametrize("audio_format", FORMATS)
    def test_is_understood(self, heard: dict[str, Transcript], audio_format: str) -> None:
        text = heard[audio_format].text

        assert jiwer.wer(plain(spoken_text("strong_answer")), plain(text)) <= 0.15

    @pytest.mark.parametrize("audio_format", FORMATS)
    def test_is_heard_the_same_in_every_format(
        self, heard: dict[str, Transcript], audio_format: str
    ) -> None:
        assert jiwer.wer(plain(heard["wav"].text), plain(heard[audio_format].text)) <= 0.03

    def test_is_english_though_nobody_said_so(self, heard: dict[str, Transcript]) -> None:
        assert {transcript.language for transcript in heard.values()} == {"en"}

    def test_has_words_in_order_with_times_and_probabilities(
        self, heard: dict[str, Transcript]
    ) -> None:
        transcript = heard["webm"]

        assert transcript.word_count > 70
        assert all(word.start <= word.end <= transcript.duration for word in transcript.words)
        assert all(before.start <= after.start for before, after in pairwise(transcript.words))
        assert all(0 < word.probability <= 1 for word in transcript.words)
        assert " ".join(word.text for word in transcript.words) == transcript.text
        assert 0.8 < (transcript.confidence or 0) <= 1

    def test_is_the_same_every_time(
        self, recogniser: FasterWhisper, heard: dict[str, Transcript]
    ) -> None:
        again = recogniser.transcribe(
            sample("strong_answer.ogg"), audio_format="ogg", language=None
        )

        assert again == heard["ogg"]


class TestWeakAnswer:
    def test_is_understood(self, weak: Transcript) -> None:
        assert jiwer.wer(plain(spoken_text("weak_answer")), plain(weak.text)) <= 0.15

    def test_keeps_its_fillers(self, weak: Transcript) -> None:
        words = plain(weak.text, fillers=True).split()

        assert sum(word in ("um", "uh") for word in words) >= 7  # of the nine that are spoken
        assert weak.filler_detection == "prompted"

    def test_keeps_its_pauses(self, weak: Transcript) -> None:
        gaps = [after.start - before.end for before, after in pairwise(weak.speech)]

        assert [round(gap) for gap in sorted(gaps)[-3:]] == [1, 2, 3]


class TestNoSpeech:
    @pytest.mark.parametrize("sound", [silence, noise, hum])
    def test_makes_no_words(
        self,
        recogniser: FasterWhisper,
        tmp_path: Path,
        sound: Callable[[float], NDArray[np.int16]],
    ) -> None:
        path = recording(tmp_path, sound(20), ending="wav")

        transcript = recogniser.transcribe(path, audio_format="wav", language=None)

        assert (transcript.text, transcript.words, transcript.speech) == ("", (), ())
        assert transcript.duration == pytest.approx(20, abs=0.1)

    def test_after_an_answer_adds_nothing_to_it(
        self, recogniser: FasterWhisper, tmp_path: Path, heard: dict[str, Transcript]
    ) -> None:
        from pipeline.providers.audio import sandbox

        spoken = sandbox.decode(sample("strong_answer.wav"), audio_format="wav", max_seconds=60)
        samples = np.concatenate([(spoken * 32_767).astype(np.int16), silence(40)])
        path = recording(tmp_path, samples, ending="ogg")

        transcript = recogniser.transcribe(path, audio_format="ogg", language="en")

        assert jiwer.wer(plain(heard["wav"].text), plain(transcript.text)) <= 0.03
        assert transcript.words[-1].end < 30


class TestWindows:
    def test_of_a_short_answer_are_what_the_vendors_filter_keeps(self) -> None:
        from faster_whisper.vad import get_speech_timestamps

        from pipeline.providers.audio import sandbox

        spoken = sandbox.decode(sample("weak_answer.ogg"), audio_format="ogg", max_seconds=60)
        samples = np.concatenate([silence(3) / np.float32(1), spoken, np.zeros(RATE * 3)])
        samples = samples.astype(np.float32)

        ours = windows_for_recogniser(find_speech(samples), length=len(samples))

        assert ours == [get_speech_timestamps(samples)]
