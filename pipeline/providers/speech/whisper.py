"""The recognizer: faster-whisper behind the port `SpeechToText`."""

import logging
import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from pipeline.domain.ports import PermanentError, TransientError
from pipeline.domain.values import Segment, Transcript, Word
from pipeline.providers.audio import sandbox
from pipeline.providers.efforts import CPU_TYPE, Effort, is_out_of_memory
from pipeline.providers.speech import vad
from pipeline.providers.speech.vad import drop_doubtful
from pipeline.providers.speech.whisper_weights import ensure_model

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


logger = logging.getLogger(__name__)

# Whisper drops "um" and "uh" unless it is shown some; with silence cut out it then hears most of them. Tried for English only.
FILLER_PROMPTS: Final = {
    "en": "Um, so, uh, I think, um, you know, uh, like, I was, uh, um... thinking."
}
OPTIONS: Final = {
    "temperature": 0.0,  # no fallback loop: it costs up to a minute a clip and invents text
    "no_repeat_ngram_size": 6,
    "condition_on_previous_text": False,
    "word_timestamps": True,
    "vad_filter": False,  # done before, once, in speech_spans
}
COMPUTE_TYPES: Final = {"cpu": CPU_TYPE, "cuda": "float16"}
FRAMES_A_SECOND: Final = 100  # of the model's spectrogram
LEAST_SPEECH: Final = 0.5  # seconds that a rest must hold to be believed
LANGUAGE_OF_SILENCE: Final = "en"  # nothing was said in it


@dataclass(slots=True)
class FasterWhisper:
    """A recognizer of one answer at a time, whose model is loaded at its first use."""

    model_name: str
    device: str = "auto"  # auto | cpu | cuda
    compute_type: str = "auto"
    beam_size: int = 5
    max_seconds: float = 1800.0
    _model: Any = field(default=None, init=False, repr=False)
    _device_of_model: str = field(default="", init=False, repr=False)

    @classmethod
    def from_settings(cls) -> "FasterWhisper":
        """Return the recogniser that the settings describe."""
        from django.conf import settings

        return cls(
            model_name=settings.WHISPER_MODEL,
            device=settings.WHISPER_DEVICE,
            compute_type=settings.WHISPER_COMPUTE_TYPE,
            beam_size=settings.WHISPER_BEAM_SIZE,
            max_seconds=settings.MAX_AUDIO_SECONDS,
        )

    def warm_up(self) -> None:
        """Load the model, and the voice activity detector beside it, before the first answer comes."""
        import numpy as np

        try:
            self._loaded(self._effort())
        except RuntimeError as trouble:  # an answer makes do with less
            raise TransientError(
                "out_of_memory", f"The GPU has no room now: {trouble}"
            ) from trouble
        vad.find_speech(np.zeros(sandbox.SAMPLE_RATE, dtype=np.float32))

    def transcribe(
        self, audio: Path, *, audio_format: str, language: str | None, terms: Sequence[str] = ()
    ) -> Transcript:
        """
        Return what was said; an empty transcript, without asking the model, where nobody speaks.

        `terms` are not shown to the model: together with the filler prompt they did harm (decision 0006).
        """
        del terms
        samples = sandbox.decode(audio, audio_format=audio_format, max_seconds=self.max_seconds)
        return self._try(samples, self._effort(), language=language)

    def _try(
        self, samples: "NDArray[np.float32]", effort: Effort, *, language: str | None
    ) -> Transcript:
        """Recognise; when the GPU has run out of memory, with less of it, and at last without."""
        try:
            return self._recognise(samples, effort, language=language)
        except MemoryError as trouble:
            raise TransientError(
                "out_of_memory", "There was no memory left to transcribe."
            ) from trouble
        except RuntimeError as trouble:  # CTranslate2 and onnxruntime: no memory, a lost device
            self._model = None  # its device may be gone
            logger.warning("speech recognition failed (%s): %s", effort, trouble)
            less = effort.less() if is_out_of_memory(trouble) else None
            if less is None:
                raise TransientError("speech_engine", "The speech recogniser failed.") from trouble
        return self._try(samples, less, language=language)

    def _recognise(
        self, samples: "NDArray[np.float32]", effort: Effort, *, language: str | None
    ) -> Transcript:
        duration = round(len(samples) / sandbox.SAMPLE_RATE, 3)
        recorded, samples = samples, sandbox.without_volume(samples)
        speech = vad.find_speech(samples) if len(samples) else []
        if not speech:
            return Transcript(text="", language=language or LANGUAGE_OF_SILENCE, duration=duration)
        model = self._loaded(effort)
        windows = vad.windows_for_recogniser(speech, length=len(samples))
        model.begin_answer()
        spoken = self._language(model, _cut(samples, windows[0]), language)
        segments = drop_doubtful(
            [
                segment
                for window in windows
                for segment in self._segments(model, samples, window, speech, spoken, effort)
                if not _is_echo(segment, window=window, speech=speech)
            ]
        )
        return Transcript(
            text=" ".join(segment.text.strip() for segment in segments if segment.text.strip()),
            language=spoken,
            duration=duration,
            words=tuple(_words(segments, duration=duration)),
            segments=tuple(_segments(segments, duration=duration)),
            speech=vad.as_spans(speech),
            model=f"{Path(self.model_name).name} ({effort})",
            filler_detection="prompted" if spoken in FILLER_PROMPTS else "unprompted",
            sound=vad.measure(recorded, speech, asked=spoken, languages=model.languages_heard()),
        )

    def _language(self, model: Any, heard: "NDArray[np.float32]", language: str | None) -> str:
        if language is None:
            return str(model.detect_language(audio=heard)[0])
        if language not in model.supported_languages:
            raise PermanentError(
                "unsupported_language", f"The speech model does not know the language {language!r}."
            )
        return language

    def _segments(
        self,
        model: Any,
        samples: "NDArray[np.float32]",
        window: list[vad.Chunk],
        speech: list[vad.Chunk],
        language: str,
        effort: Effort,
    ) -> list[Any]:
        """Run the model; its segments come from a generator that does the work, so it is emptied here."""
        from faster_whisper.transcribe import restore_speech_timestamps

        found, _ = model.transcribe(
            _cut(samples, window),
            language=language,
            beam_size=effort.beam_size,
            initial_prompt=FILLER_PROMPTS.get(language),
            **OPTIONS,
        )
        heard = model.hear(
            found,
            is_worth_it=lambda last: not _is_breath(_end_of(last), window=window, speech=speech),
        )
        return list(restore_speech_timestamps(heard, window, sandbox.SAMPLE_RATE))

    def _loaded(self, effort: Effort) -> Any:
        """Return the model, loading it at the first call."""
        if self._model is None or self._device_of_model != effort.device:
            self._model = None  # before the next one takes its memory
            self._model = self._load(effort)
            self._device_of_model = effort.device
        return self._model

    def _load(self, effort: Effort) -> Any:

        directory = ensure_model(self.model_name)
        try:
            from pipeline.providers.speech.model import ListeningModel

            return ListeningModel(
                str(directory),
                device=effort.device,
                compute_type=effort.compute_type,
                cpu_threads=1,  # two in one model are slower than one; processes are the way to use cores
                local_files_only=True,
            )
        except (RuntimeError, ValueError, OSError) as trouble:
            if is_out_of_memory(trouble) and effort.less():
                raise
            raise TransientError(
                "speech_model_unavailable", f"The speech model could not be loaded: {trouble}"
            ) from trouble

    def _effort(self) -> Effort:
        device = self.device
        if device == "auto":
            import ctranslate2

            device = "cuda" if ctranslate2.get_cuda_device_count() else "cpu"
        chosen = COMPUTE_TYPES[device] if self.compute_type == "auto" else self.compute_type
        return Effort(device, chosen, self.beam_size)


def _is_echo(segment: Any, *, window: list[vad.Chunk], speech: list[vad.Chunk]) -> bool:
    """
    Tell whether the model made this up in a rest that holds (nearly) no speech.

    When its last time stamp lies before the end of a window, it looks at the rest again, without the prompt: there
    it hears "You" or "See you later" in the breath after the last word. Mostly it is kept from looking (`hear`).
    """
    if not segment.seek:
        return False
    return _is_breath(segment.seek / FRAMES_A_SECOND, window=window, speech=speech)


def _is_breath(moment: float, *, window: list[vad.Chunk], speech: list[vad.Chunk]) -> bool:
    """Tell whether there is (nearly) no speech after this moment (seconds of what the model hears) of the window."""
    from faster_whisper.vad import SpeechTimestampsMap

    clock = SpeechTimestampsMap(window, sandbox.SAMPLE_RATE, time_precision=3)
    begin = clock.get_original_time(moment)
    end = window[-1]["end"] / sandbox.SAMPLE_RATE
    return vad.seconds_of_speech(speech, start=begin, end=end) < LEAST_SPEECH


def _end_of(segment: Any) -> float:
    """Return where the model goes on after this segment, as it reckons itself."""
    return float(segment.words[-1].end if segment.words else segment.end)


def _cut(samples: "NDArray[np.float32]", chunks: list[vad.Chunk]) -> "NDArray[np.float32]":
    import numpy as np

    return np.concatenate([samples[chunk["start"] : chunk["end"]] for chunk in chunks])


def _words(segments: Iterable[Any], *, duration: float) -> Iterable[Word]:
    for segment in segments:
        for word in segment.words or ():
            text = word.word.strip()
            if text:
                yield Word(
                    text=text,
                    start=_seconds(word.start, duration),
                    end=_seconds(word.end, duration),
                    probability=_probability(word.probability),
                )


def _segments(segments: Iterable[Any], *, duration: float) -> Iterable[Segment]:
    for segment in segments:
        text = segment.text.strip()
        if text:
            yield Segment(
                text=text,
                start=_seconds(segment.start, duration),
                end=_seconds(segment.end, duration),
            )


def _seconds(value: float, duration: float) -> float:
    """Return a time inside the recording, to the millisecond; the model's padding may reach beyond it."""
    return round(min(max(float(value), 0.0), duration), 3) if math.isfinite(value) else duration


def _probability(value: float) -> float:
    return round(min(max(float(value), 0.0), 1.0), 4) if math.isfinite(value) else 0.0
