import math
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from pipeline.domain.ports import PermanentError, TransientError
from pipeline.domain.values import Transcript
from pipeline.providers.audio import sandbox
from pipeline.providers.efforts import Effort
from pipeline.providers.speech import vad
from pipeline.providers.speech.whisper import FILLER_PROMPTS, FasterWhisper
from tests.recordings import recording, sample, silence


class FakeModel:
    """Answers like faster-whisper's model, without weights."""

    supported_languages = ("en", "de")

    def __init__(
        self,
        *,
        words: tuple[Any, ...] = (),
        trouble: Exception | None = None,
        languages: dict[str, float] | None = None,
    ) -> None:
        self.words = words
        self.trouble = trouble
        self.languages = languages or {}
        self.calls: list[dict[str, Any]] = []

    def detect_language(self, *, audio: Any) -> tuple[str, float, list[Any]]:
        assert len(audio)
        return "de", 0.9, []

    def begin_answer(self) -> None:
        """Take the next answer."""

    def hear(self, found: Any, **_: Any) -> list[Any]:
        return list(found)

    def languages_heard(self) -> dict[str, float]:
        return self.languages

    def transcribe(self, audio: Any, **options: Any) -> tuple[Any, Any]:
        self.calls.append(options)
        if self.trouble:
            raise self.trouble
        return iter([self._segment()]), None

    def _segment(self) -> SimpleNamespace:
        text = "".join(word.word for word in self.words)
        return SimpleNamespace(text=text, start=0.0, end=1.0, seek=0, words=list(self.words))


def word(text: str, start: float = 0.0, end: float = 0.5, probability: float = 0.9) -> Any:
    return SimpleNamespace(word=text, start=start, end=end, probability=probability)


def recogniser(model: FakeModel | None = None) -> FasterWhisper:
    made = FasterWhisper(model_name="/no/such/model", device="cpu")
    made._model, made._device_of_model = model, "cpu"
    return made


def transcribed(model: FakeModel, *, language: str | None = "en") -> Transcript:
    return recogniser(model).transcribe(
        sample("weak_answer.ogg"), audio_format="ogg", language=language
    )


class TestFasterWhisper:
    def test_strips_words_and_keeps_times_inside_the_recording(self) -> None:
        model = FakeModel(words=(word(" Hello", 0.12345, 0.5), word(" world.", 0.5, 9999.0)))

        transcript = transcribed(model)

        assert transcript.text == "Hello world."
        assert [item.text for item in transcript.words] == ["Hello", "world."]
        assert transcript.words[1].end == transcript.duration

    def test_never_hands_out_what_is_not_a_number(self) -> None:
        transcript = transcribed(FakeModel(words=(word(" Hi", 0.0, 1.0, math.nan),)))

        assert transcript.words[0].probability == 0.0

    def test_shows_fillers_to_the_model_in_english_only(self) -> None:
        english, german = FakeModel(), FakeModel()

        heard_in_english = transcribed(english, language="en")
        heard_in_german = transcribed(german, language="de")

        assert {call["initial_prompt"] for call in english.calls} == {FILLER_PROMPTS["en"]}
        assert {call["initial_prompt"] for call in german.calls} == {None}
        assert heard_in_english.filler_detection == "prompted"
        assert heard_in_german.filler_detection == "unprompted"

    @pytest.mark.parametrize(
        ("probability", "seconds"), [(0.002, 0.3), (0.6, 0.0)], ids=["impossible", "no time"]
    )
    def test_takes_out_a_filler_that_only_the_prompt_explains(
        self, probability: float, seconds: float
    ) -> None:
        said = word(" yeah,", 0.4, 0.6, 0.002)

        transcript = transcribed(FakeModel(words=(word(" Uh,", 0.0, seconds, probability), said)))

        assert [item.text for item in transcript.words] == ["yeah,"] * len(transcript.segments)
        assert "Uh" not in transcript.text
        assert all(part.text == "yeah," for part in transcript.segments)

    def test_keeps_a_filler_that_is_only_unlikely(self) -> None:
        said = (word(" Uh,", 0.0, 0.1, 0.0052), word(" yeah.", 0.3, 0.6))

        transcript = transcribed(FakeModel(words=said))

        assert transcript.text.startswith("Uh, yeah.")

    def test_says_how_loud_it_was_and_in_which_language(self) -> None:
        sound = transcribed(FakeModel(languages={"de": 0.98, "en": 0.01})).sound

        assert sound is not None
        assert (sound.language, sound.asked_probability) == ("de", 0.01)
        assert -40 < sound.level < -10
        assert sound.clipped < 0.001

    def test_measures_what_was_clipped_and_what_is_faint(self) -> None:
        tone = np.sin(np.arange(16_000) / 30).astype(np.float32)
        speech = [vad.Chunk(start=0, end=16_000)]

        loud = vad.measure(
            np.clip(4 * tone, -1, 1).astype(np.float32), speech, asked="en", languages={}
        )
        faint = vad.measure((tone / 1000).astype(np.float32), speech, asked="en", languages={})
        dead = vad.measure(0 * tone, speech, asked="en", languages={})

        assert loud.clipped > 0.5
        assert faint.clipped == 0.0
        assert faint.level == pytest.approx(-63.0, abs=0.1)
        assert (dead.level, dead.language, dead.asked_probability) == (-120.0, "en", None)

    def test_detects_the_language_when_none_is_given(self) -> None:
        assert transcribed(FakeModel(), language=None).language == "de"

    def test_refuses_a_language_that_the_model_does_not_know(self) -> None:
        with pytest.raises(PermanentError) as caught:
            transcribed(FakeModel(), language="tlh")

        assert caught.value.code == "unsupported_language"

    def test_says_which_model_it_was_and_where_speech_is(self) -> None:
        transcript = transcribed(FakeModel())

        assert transcript.model == "model (int8, cpu)"
        assert len(transcript.speech) > 3

    @pytest.mark.parametrize("trouble", [RuntimeError("CUDA out of memory"), MemoryError()])
    def test_turns_trouble_of_the_machine_into_something_to_retry(self, trouble: Exception) -> None:
        with pytest.raises(TransientError):
            transcribed(FakeModel(trouble=trouble))

    def test_loads_a_model_afresh_after_the_device_failed(self) -> None:
        adapter = recogniser(FakeModel(trouble=RuntimeError("CUDA error")))

        with pytest.raises(TransientError):
            adapter.transcribe(sample("weak_answer.ogg"), audio_format="ogg", language="en")

        assert adapter._model is None

    def test_asks_no_model_where_nobody_speaks(self, tmp_path: Path) -> None:
        quiet = recording(tmp_path, silence(3), ending="wav")

        transcript = recogniser().transcribe(quiet, audio_format="wav", language="en")

        assert transcript == Transcript(text="", language="en", duration=transcript.duration)
        assert transcript.duration == pytest.approx(3, abs=0.1)

    def test_says_what_is_wrong_with_its_weights(self) -> None:
        with pytest.raises(TransientError, match="does not exist"):
            recogniser().warm_up()

    def test_loads_nothing_heavy_at_import(self) -> None:
        program = (
            "import sys, pipeline.providers.speech.whisper, pipeline.providers.audio.sandbox;"
            "print([m for m in ('faster_whisper', 'ctranslate2', 'onnxruntime', 'av') if m in sys.modules])"
        )

        answer = subprocess.run(
            [sys.executable, "-c", program], capture_output=True, text=True, check=True
        )

        assert answer.stdout.strip() == "[]"


class TestAGpu:
    """There is none here: a stand-in runs out of memory as CTranslate2 does."""

    @pytest.fixture
    def loaded(self) -> list[str]:
        return []

    def heard(
        self,
        loaded: list[str],
        monkeypatch: pytest.MonkeyPatch,
        *,
        fits: int,
        trouble: str = "CUDA failed with error out of memory",
        fits_model: bool = True,
    ) -> Transcript:
        class Full(FakeModel):
            def transcribe(self, audio: Any, **options: Any) -> tuple[Any, Any]:
                if loaded[-1] == "cuda" and options["beam_size"] > fits:
                    raise RuntimeError(trouble)
                return super().transcribe(audio, **options)

        def load(_: FasterWhisper, effort: Effort) -> FakeModel:
            loaded.append(effort.device)
            if effort.device == "cuda" and not fits_model:
                raise RuntimeError(trouble)
            return Full(words=(word(" Hello"),))

        monkeypatch.setattr(FasterWhisper, "_load", load)
        made = FasterWhisper(model_name="base", device="cuda")
        return made.transcribe(sample("weak_answer.ogg"), audio_format="ogg", language="en")

    def test_is_used_as_it_is_while_it_has_memory(
        self, loaded: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert self.heard(loaded, monkeypatch, fits=5).model == "base (float16, cuda)"
        assert loaded == ["cuda"]

    def test_that_ran_out_of_memory_follows_one_hypothesis_and_says_so(
        self, loaded: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        transcript = self.heard(loaded, monkeypatch, fits=1)

        assert transcript.text == "Hello"
        assert transcript.model == "base (float16, cuda, beam 1: the GPU ran out of memory)"
        assert loaded == ["cuda", "cuda"]

    @pytest.mark.parametrize("fits_model", [True, False])
    def test_without_memory_for_one_leaves_the_work_to_the_cpu_and_says_so(
        self, loaded: list[str], monkeypatch: pytest.MonkeyPatch, *, fits_model: bool
    ) -> None:
        transcript = self.heard(loaded, monkeypatch, fits=0, fits_model=fits_model)

        assert transcript.text == "Hello"
        assert transcript.model == "base (int8, cpu, beam 1: the GPU ran out of memory)"
        assert loaded == ["cuda", "cuda", "cpu"]

    def test_that_is_broken_is_tried_again_later(
        self, loaded: list[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        with pytest.raises(TransientError):
            self.heard(loaded, monkeypatch, fits=0, trouble="CUDA failed: device lost")

        assert loaded == ["cuda"]


class TestSamples:
    @pytest.mark.parametrize("peak", [0.9, 0.5000001, 0.5, 0.3, 0.07])
    def test_are_the_same_to_the_last_bit_at_twice_the_volume(self, peak: float) -> None:
        wave = np.sin(np.arange(4000) / 7).astype(np.float32)
        half = (wave * np.float32(peak / 2)).astype(np.float32)

        same = sandbox.without_volume(half)

        assert np.array_equal(same, sandbox.without_volume(2 * half))
        assert 0.5 <= np.abs(same).max() <= 1.0

    @pytest.mark.parametrize("peak", [0.0, 1.0])
    def test_are_left_as_they_are_where_they_cannot_be_louder(self, peak: float) -> None:
        wave = np.array([0.0, peak, -peak], dtype=np.float32)

        assert np.array_equal(sandbox.without_volume(wave), wave)

    def test_that_are_hardly_there_stay_faint(self) -> None:
        noise = np.array([0.0, 0.001, -0.001], dtype=np.float32)

        assert np.abs(sandbox.without_volume(noise)).max() == pytest.approx(0.016)

    def test_are_what_the_child_decoded(self) -> None:
        samples = sandbox.decode(sample("weak_answer.ogg"), audio_format="ogg", max_seconds=60)

        assert samples.dtype == np.float32
        assert 0.05 < float(np.abs(samples).max()) <= 1.0
