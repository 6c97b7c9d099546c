"""Rows of speech recognition: the stage beside a bare script, beside the default call, and two answers at once."""

import multiprocessing
import os
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager, suppress
from multiprocessing.connection import Connection
from pathlib import Path
from statistics import mean
from typing import Any, Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_platform.settings")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # as a worker has it, for all ways
os.environ.setdefault("KMP_BLOCKTIME", "0")  # likewise

import jiwer

from benchmarks.answers import Spoken, spoken_answers
from benchmarks.rows import Speed
from benchmarks.simulate import keep_measured
from benchmarks.wer import normalise
from interview_platform.stack.parts import RECOGNISER_ENVIRONMENT as WORKER
from pipeline.providers.speech.whisper import FILLER_PROMPTS, OPTIONS, FasterWhisper
from pipeline.providers.speech.whisper_weights import ensure_model

PAIRED: Final = 6  # answers for the row of two at once
BATCH: Final = 3  # of them for each of the two
SPAWN: Final = multiprocessing.get_context("spawn")
Heard = tuple[float, str]  # seconds, words


def measure(*, count: int = 20) -> Iterator[Speed]:
    """Yield the three rows."""
    with ExitStack() as on_exit:
        answers = on_exit.enter_context(spoken_answers(count))
        listeners = {
            name: on_exit.enter_context(_listener(name, environment))
            for name, environment in (("ours", WORKER), ("bare", {}), ("default", {}))
        }
        for listener in listeners.values():
            _hear(listener, answers[0])  # loaded, and warm
        found: dict[str, list[Heard]] = {name: [] for name in listeners}
        for answer in answers:  # in turns, so that a busy moment of the machine meets all of them
            for name, listener in listeners.items():
                found[name].append(_hear(listener, answer))
        _keep(answers, [seconds for seconds, _ in found["ours"]])
        yield from _rows(answers, found)
        yield _two_at_once(answers[:PAIRED] if count >= PAIRED else answers * PAIRED)


@contextmanager
def _listener(name: str, environment: Mapping[str, str]) -> Iterator[Connection]:
    """Give a line to a process of its own that hears in one of the ways, in the environment that such a process has."""
    ours, theirs = SPAWN.Pipe()
    with _environment(environment):
        process = SPAWN.Process(target=_listen, args=(name, theirs), daemon=True)
        process.start()
    theirs.close()
    with ours:
        yield ours
    process.join()


def _listen(name: str, line: Connection) -> None:
    """Hear one recording after the other, until the line is closed."""
    hear = {"ours": _ours, "bare": _bare, "default": _default}[name]()
    with suppress(EOFError):
        while True:
            path = line.recv()
            begin = time.perf_counter()
            text = hear(path)
            line.send((time.perf_counter() - begin, text))


def _hear(line: Connection, answer: Spoken) -> Heard:
    line.send(answer.path)
    heard: Heard = line.recv()
    return heard


@contextmanager
def _environment(environment: Mapping[str, str]) -> Iterator[None]:
    """Set the variables for the processes that are started meanwhile."""
    before = dict(os.environ)
    os.environ.update(environment)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


def _rows(answers: Sequence[Spoken], found: dict[str, list[Heard]]) -> Iterator[Speed]:
    seconds = {name: sum(row[0] for row in rows) for name, rows in found.items()}
    errors = {name: 100 * _errors(answers, rows) for name, rows in found.items()}
    audio = sum(answer.seconds for answer in answers)
    what = f"transcribe stage, {len(answers)} answers, {audio:.0f} s"
    yield Speed(
        what, seconds["ours"], "s", 1.05, "<=", "bare faster-whisper, same options", seconds["bare"]
    )
    yield Speed(
        "the same",
        seconds["ours"],
        "s",
        1.4,
        ">=",
        "its default call (beam 5, sequential)",
        seconds["default"],
        turned=True,
    )
    yield Speed(
        "the same, word errors",
        errors["ours"],
        "%",
        1.0,
        "<=",
        "its default call",
        errors["default"],
        note=f"bare, same options: {errors['bare']:.1f} %",
    )


def _errors(answers: Sequence[Spoken], rows: Sequence[Heard]) -> float:
    return float(
        jiwer.wer(
            [normalise(answer.text, characters=False) for answer in answers],
            [normalise(text, characters=False) for _, text in rows],
        )
    )


def _keep(answers: Sequence[Spoken], seconds: Sequence[float]) -> None:
    """Write down what a second of audio costs, and what an answer costs beside: the line of least squares."""
    lengths = [answer.seconds for answer in answers]
    middle, level = mean(lengths), mean(seconds)
    spread = sum((length - middle) ** 2 for length in lengths)
    slope = (
        sum(
            (length - middle) * (took - level)
            for length, took in zip(lengths, seconds, strict=True)
        )
        / spread
        if spread
        else level / middle
    )
    keep_measured(transcribe_per_second=slope, transcribe_fixed=max(0.0, level - slope * middle))


def _ours() -> Callable[[Path], str]:
    recogniser = FasterWhisper.from_settings()
    return lambda path: recogniser.transcribe(path, audio_format="wav", language="en").text


def _bare() -> Callable[[Path], str]:
    """A script of ten lines with the options that we found."""
    options = {**OPTIONS, "vad_filter": True, "beam_size": 5, "language": "en"}
    model = _model(cpu_threads=1)
    return lambda path: _text(model, path, initial_prompt=FILLER_PROMPTS["en"], **options)


def _default() -> Callable[[Path], str]:
    """What the library does when it is just called. Word times, which we need, are not among its defaults."""
    model = _model()
    return lambda path: _text(model, path)


def _model(**options: Any) -> Any:
    from faster_whisper import WhisperModel

    return WhisperModel(str(ensure_model("base")), device="cpu", compute_type="int8", **options)


def _text(model: Any, path: Path, **options: Any) -> str:
    segments, _ = model.transcribe(str(path), **options)
    return " ".join(segment.text.strip() for segment in segments)


def _two_at_once(answers: Sequence[Spoken]) -> Speed:
    """Let one process work on all answers, then two on half of them each."""
    paths = [str(answer.path) for answer in answers[:PAIRED]]
    alone = _seconds_of([paths])
    together = _seconds_of([paths[:BATCH], paths[BATCH:]])
    return Speed(
        f"two answers at once on two cores, {len(paths)} answers",
        together,
        "s",
        1.6,
        ">=",
        "one after the other",
        alone,
        turned=True,
    )


def _seconds_of(shares: Sequence[Sequence[str]]) -> float:
    """Return the time from a common start until the last of the processes is through."""
    ready, go = SPAWN.Barrier(len(shares) + 1), SPAWN.Barrier(len(shares) + 1)
    workers = [SPAWN.Process(target=_hear_all, args=(share, ready, go)) for share in shares]
    with _environment(WORKER):
        for worker in workers:
            worker.start()
    ready.wait()
    begin = time.perf_counter()
    go.wait()
    for worker in workers:
        worker.join()
    return time.perf_counter() - begin


def _hear_all(paths: Sequence[str], ready: Any, go: Any) -> None:
    recogniser = FasterWhisper.from_settings()
    recogniser.warm_up()
    ready.wait()
    go.wait()
    for path in paths:
        recogniser.transcribe(Path(path), audio_format="wav", language="en")
