"""
The project's Celery app whose stages wait a set time and compute nothing: `celery --app benchmarks.worker_app worker`.

All else is the real thing: claims, leases, transactions, messages, the rules of score and feedback.
"""

import json
import os
import threading
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import django

from celery_app import app

django.setup()  # before anything that has tables

from pipeline import tasks  # noqa: E402 - they have
from pipeline.domain.values import Evaluation, Segment, Span, Transcript, Word  # noqa: E402 - likewise
from pipeline.providers import registry  # noqa: E402 - with them

__all__ = ["app"]

WAITS: Final[dict[str, float]] = json.loads(os.environ["BENCH_WAITS"])
GATE: Final = Path(os.environ["BENCH_GATE"])
LOOK_SECONDS: Final = 0.005
SENTENCE: Final = (
    "In my last job I led a project that was late so I spoke with the team and we shipped it."
)
WORDS: Final = SENTENCE.split()


class WaitingRecogniser:
    """Hears the same in every recording, after a time."""

    def transcribe(
        self, audio: Path, *, audio_format: str, language: str | None, terms: Sequence[str] = ()
    ) -> Transcript:
        """Return the words, once the gate is open and the time is over."""
        del audio, audio_format, language, terms
        while GATE.exists():
            threading.Event().wait(LOOK_SECONDS)
        wait("transcribe")
        words = tuple(Word(word, 0.4 * n, 0.4 * n + 0.3, 0.9) for n, word in enumerate(WORDS * 5))
        end = 0.4 * len(words)
        text = " ".join(word.text for word in words)
        return Transcript(
            text=text,
            language="en",
            duration=end,
            words=words,
            segments=(Segment(text, 0.0, end),),
            speech=(Span(0.0, end),),
            model="stand-in of the benchmarks",
            filler_detection="prompted",
        )


def judge(**_: Any) -> Evaluation:
    """Return the same judgement each time, after a time."""
    wait("evaluate")
    return Evaluation(70.0, 80.0, 60.0, 50.0, overall=66.0, scorable=True)


def wait(stage: str) -> None:
    """Stay for the stage's time, if it has one."""
    if seconds := WAITS.get(stage, 0.0):
        threading.Event().wait(seconds)


def score(_run: Any) -> None:
    """Stay for the time of the score."""
    wait("score")


def feedback(_run: Any) -> None:
    """Stay for the time of the feedback."""
    wait("feedback")


registry.speech_to_text = WaitingRecogniser  # type: ignore[assignment] # called for one each time, like the cached original
registry.judges = lambda **_: None  # type: ignore[assignment] # none is asked
tasks.judge = judge  # type: ignore[attr-defined] # the name by which the task calls it
tasks._no_work = score
tasks._ask_model = feedback  # type: ignore[assignment] # the argument has another name
