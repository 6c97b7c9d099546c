"""What the judges make of our own transcripts of the development recordings."""

import dataclasses
import difflib
import hashlib
import itertools
import json
import os
import tempfile
import wave
from collections.abc import Iterator, Sequence
from pathlib import Path

import av
import numpy as np
import numpy.typing as npt

from benchmarks.figures import Row, average, middle, resampled
from benchmarks.wer import masked, rows_of, write_wave
from pipeline.domain.ports import Judges
from pipeline.domain.values import (
    METRICS,
    Evaluation,
    QuestionBrief,
    Segment,
    Sound,
    Span,
    Transcript,
    Word,
)
from pipeline.providers.audio import sandbox
from pipeline.providers.speech import vad, whisper
from pipeline.providers.speech.whisper import FasterWhisper
from pipeline.scoring.evaluate import evaluate_answer
from pipeline.scoring.fluency.delivery import find_gaps
from pipeline.scoring.thresholds import DEFAULT_WEIGHTS

CACHE = Path(os.environ.get("XDG_CACHE_HOME", Path.home() / ".cache")) / "interview-platform-eval"
FORMATS = ("mp3", "m4a", "webm", "ogg")
ANSWER = "a1_behav_joe.flac"
RATE = 16_000  # samples a second
QUIET = 0.02  # of full scale; speech begins and ends above it
SILENCES = (0.5, 0.8, 1.2, 1.7, 2.5, 3.2)  # seconds put between sentences
# Seconds of fillers that the references leave out: the sound shows them, and they are heard in whatever way the recording is
# spoilt (README.md). They are counted both ways.
LEFT_OUT = {"spacewalk.flac": (8.2,)}
NEAR = 0.4  # seconds
QUESTION = QuestionBrief(
    text="Tell me about a challenging project you worked on.",
    category="behavioral",
    expected_keywords=("challenge", "team", "result", "plan"),
)
Samples = npt.NDArray[np.int16]


def measure_speech(folder: Path, judges: Judges) -> Iterator[Row]:
    """Yield the rows that need recordings; transcripts are kept outside the repository."""
    ears = Ears()
    yield from _fillers(folder, ears)
    yield from _pauses(folder, ears)
    yield from _same_recording(folder, ears, judges)
    yield from _flags(folder, ears, judges)


class Ears:
    """Our transcribe stage, remembering what it heard."""

    def __init__(self) -> None:
        self._recogniser = FasterWhisper.from_settings()
        CACHE.mkdir(parents=True, exist_ok=True)

    def hear(self, audio: Path, *, audio_format: str = "wav", language: str = "en") -> Transcript:
        """Return the transcript of a recording; the code that made it is part of the key."""
        key = hashlib.sha256(audio.read_bytes() + _code())
        kept = CACHE / f"{key.hexdigest()[:32]}-{language}.json"
        if kept.is_file():
            return _from_json(json.loads(kept.read_text(encoding="utf-8")))
        heard = self._recogniser.transcribe(audio, audio_format=audio_format, language=language)
        kept.write_text(json.dumps(dataclasses.asdict(heard)), encoding="utf-8")
        return heard

    def hear_flac(self, audio: Path) -> Transcript:
        """Return the transcript of a FLAC file, which goes in as WAV."""
        with tempfile.TemporaryDirectory() as place:
            target = Path(place) / "recording.wav"
            write_wave(audio, target)
            return self.hear(target)

    def hear_samples(self, samples: Samples) -> Transcript:
        """Return the transcript of samples."""
        with tempfile.TemporaryDirectory() as place:
            target = Path(place) / "recording.wav"
            with wave.open(str(target), "wb") as output:
                output.setnchannels(1)
                output.setsampwidth(2)
                output.setframerate(RATE)
                output.writeframes(samples.tobytes())
            return self.hear(target)


def _fillers(folder: Path, ears: Ears) -> Iterator[Row]:
    counts = []  # wanted, heard, false, seconds, false but said
    for row in rows_of(folder):
        if row["group"] != "en_spont":
            continue
        transcript = ears.hear_flac(folder / row["path"])
        wanted, heard = masked(row["text"]), masked(transcript.text)
        blocks = difflib.SequenceMatcher(None, wanted, heard, autojunk=False).get_matching_blocks()
        hits = sum(wanted[a : a + size].count("<filler>") for a, _, size in blocks)
        false = heard.count("<filler>") - hits
        said = min(false, _left_out(row["path"], transcript))
        counts.append((wanted.count("<filler>"), hits, false, transcript.duration, said))
    share = resampled(
        counts, lambda rows: sum(r[1] for r in rows) / max(1, sum(r[0] for r in rows))
    )
    yield share.row("fillers heard, spontaneous speech", ">= 0.8", baseline="0.02 (no prompt)")
    rate = resampled(counts, lambda rows: 60 * sum(r[2] for r in rows) / sum(r[3] for r in rows))
    yield rate.row("false fillers a minute, spontaneous speech", "<= 0.15", baseline="38 (no VAD)")
    rate = resampled(
        counts, lambda rows: 60 * sum(r[2] - r[4] for r in rows) / sum(r[3] for r in rows)
    )
    yield rate.row(
        "false fillers a minute, less those that the reference leaves out",
        "<= 0.15",
        baseline="38 (no VAD)",
    )


def _left_out(path: str, transcript: Transcript) -> int:
    """Return how many fillers were heard where one was said and the reference has none."""
    heard = [word.start for word in transcript.words if masked(word.text) == ["<filler>"]]
    return sum(
        any(abs(start - second) < NEAR for start in heard) for second in LEFT_OUT.get(path, ())
    )


def _code() -> bytes:
    """Return the code that decides what is heard."""
    modules = (whisper, sandbox, vad, whisper, vad)
    return b"".join(Path(module.__file__ or "").read_bytes() for module in modules)


def _pauses(folder: Path, ears: Ears) -> Iterator[Row]:
    """Silences of known length between trimmed sentences, with faint noise under everything."""
    clips = [_trimmed(_samples(folder / f"LJ001-000{number}.flac")) for number in (1, 3, 5, 7)]
    noise = np.random.default_rng(1)
    off: list[float] = []
    for begin in range(len(SILENCES)):
        lengths = [SILENCES[(begin + step) % len(SILENCES)] for step in range(len(clips) - 1)]
        parts: list[Samples] = [clips[0]]
        for seconds, clip in zip(lengths, clips[1:], strict=True):
            parts += [np.zeros(int(seconds * RATE), dtype=np.int16), clip]
        samples = np.concatenate(parts)
        samples = samples + noise.integers(-12, 13, len(samples)).astype(np.int16)
        gaps = find_gaps(ears.hear_samples(samples.astype(np.int16)).speech)
        off += _errors(gaps, parts)
    yield middle(off).row("pause length, seconds off", "<= 0.15", baseline="0.5 (word gaps)")


def _errors(gaps: Sequence[Span], parts: Sequence[Samples]) -> list[float]:
    edges = list(itertools.accumulate(len(part) / RATE for part in parts))
    found = []
    for number in range(1, len(parts), 2):
        start, end = edges[number - 1], edges[number]
        overlap = [gap for gap in gaps if gap.start < end and gap.end > start]
        heard = sum(gap.end - gap.start for gap in overlap)
        found.append(abs(heard - (end - start)))
    return found


def _same_recording(folder: Path, ears: Ears, judges: Judges) -> Iterator[Row]:
    """The same answer in other formats, and at half the volume."""
    answer = folder / ANSWER
    first = _scores(ears.hear_flac(answer), judges)
    others = [
        ears.hear(folder / "formats" / f"{answer.stem}.{name}", audio_format=name)
        for name in FORMATS
    ]
    apart = [
        max(abs(a - b) for a, b in zip(first, _scores(o, judges), strict=True)) for o in others
    ]
    yield Row("five formats, most points apart", "<= 2", max(apart), "-", str(len(apart) + 1))
    samples = _samples(answer)
    half = _scores(ears.hear_samples((samples // 2).astype(np.int16)), judges)
    whole = _scores(ears.hear_samples((samples // 2 * 2).astype(np.int16)), judges)
    moved = max(abs(a - b) for a, b in zip(half, whole, strict=True))
    yield Row("doubled volume, points moved", "<= 0", moved, "-", "1")


def _flags(folder: Path, ears: Ears, judges: Judges) -> Iterator[Row]:
    density = []
    for row in rows_of(folder):
        if row["group"] in ("en_tts", "en_spont", "en_long"):
            evaluation = _evaluate(ears.hear_flac(folder / row["path"]), judges)
            found = evaluation.metrics.get("grammar_flags_per_100_words")
            if isinstance(found, float):
                density.append(found)
    yield average(density).row(
        "flags per 100 words, our transcripts", "<= 1.5", baseline="3.71 (Harper)"
    )


def _scores(transcript: Transcript, judges: Judges) -> list[float]:
    evaluation = _evaluate(transcript, judges)
    return [evaluation.metric(name) or 0.0 for name in METRICS]


def _evaluate(transcript: Transcript, judges: Judges) -> Evaluation:
    return evaluate_answer(
        transcript=transcript, question=QUESTION, judges=judges, weights=DEFAULT_WEIGHTS
    )


def _samples(audio: Path) -> Samples:
    resampler = av.AudioResampler(format="s16", layout="mono", rate=RATE)
    with av.open(audio) as container:
        frames = [
            part.to_ndarray()[0]
            for frame in container.decode(audio=0)
            for part in resampler.resample(frame)
        ]
    return np.concatenate(frames).astype(np.int16)


def _trimmed(samples: Samples) -> Samples:
    loud = np.flatnonzero(np.abs(samples.astype(np.int32)) > QUIET * 2**15)
    return samples[loud[0] : loud[-1] + 1]


def _from_json(kept: dict[str, object]) -> Transcript:
    return Transcript(
        **{
            **kept,
            "words": tuple(Word(**each) for each in kept["words"]),  # type: ignore[attr-defined]
            "segments": tuple(Segment(**each) for each in kept["segments"]),  # type: ignore[attr-defined]
            "speech": tuple(Span(**each) for each in kept["speech"]),  # type: ignore[attr-defined]
            "sound": Sound(**kept["sound"]) if kept.get("sound") else None,  # type: ignore[arg-type]
        }  # written by asdict, above
    )
