"""
What a token costs the speech model's decoder, by how many hypotheses it follows and what it attends to: milliseconds of the processor.

`python -m benchmarks.decoder`. One window of our own synthesised speech, encoded once; the least of four times.
"""

import os
import time
from collections.abc import Iterator
from typing import Any, Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_platform.settings")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # as a worker has it
os.environ.setdefault("KMP_BLOCKTIME", "0")  # likewise

import ctranslate2
import numpy as np
from faster_whisper import WhisperModel
from faster_whisper.audio import decode_audio, pad_or_trim
from faster_whisper.tokenizer import Tokenizer

from pipeline.providers.speech.whisper import FILLER_PROMPTS
from pipeline.providers.speech.whisper_weights import ensure_model
from tests.environment import ROOT

TIMES: Final = 4
RATE: Final = 16_000  # Hz
SECONDS: Final = 28  # of the window
ANSWER: Final = ROOT / "tests" / "samples" / "strong_answer.wav"


def main() -> None:
    """Print a table."""
    print("| way | tokens | ms a token |\n|---|---|---|")  # noqa: T201 - a program for people
    for way, tokens, seconds in _measure():
        print(f"| {way} | {tokens} | {1000 * seconds / tokens:.1f} |")  # noqa: T201 - likewise


def _measure() -> Iterator[tuple[str, int, float]]:
    model = WhisperModel(
        str(ensure_model("base")), device="cpu", compute_type="int8", cpu_threads=1
    )
    sound = decode_audio(str(ANSWER), sampling_rate=RATE)[: SECONDS * RATE]
    window = model.encode(pad_or_trim(model.feature_extractor(sound)[:, :3000]))
    half = ctranslate2.StorageView.from_array(np.ascontiguousarray(np.asarray(window)[:, :750]))
    tokenizer = Tokenizer(model.hf_tokenizer, multilingual=True, task="transcribe", language="en")
    shown = tokenizer.encode(f" {FILLER_PROMPTS['en']}")
    stamped = model.get_prompt(tokenizer, shown, without_timestamps=False)
    plain = model.get_prompt(tokenizer, shown, without_timestamps=True)
    yield "five beams", *_decode(model, window, stamped, beams=5)
    yield "three beams", *_decode(model, window, stamped, beams=3)
    yield "one beam", *_decode(model, window, stamped, beams=1)
    yield "five beams, half of the window", *_decode(model, half, stamped, beams=5)
    yield "five beams, no time stamps", *_decode(model, window, plain, beams=5)


def _decode(model: Any, window: Any, prompt: list[int], *, beams: int) -> tuple[int, float]:
    """Return how many tokens were found, and the least seconds that it took."""
    tokens, took = 0, []
    for _ in range(TIMES):
        begin = time.process_time()
        [found] = model.model.generate(
            window, [prompt], beam_size=beams, max_length=448, no_repeat_ngram_size=6
        )
        took.append(time.process_time() - begin)
        tokens = len(found.sequences_ids[0])
    return tokens, min(took)


if __name__ == "__main__":
    main()
