"""
The project's Celery app with a stand-in recogniser: `celery --app tests.chaos.worker_app worker`.

It takes a set time for each recording, says what the recording says of itself, and fails, or kills its process, where
it is told to. Every execution is written down, so that executions can be counted whatever becomes of the process. Each
stage can be held (`tests.chaos.holds`), and judging can be stood in for, too.
"""

import os
import signal
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import django
from django.conf import settings

from celery_app import app

django.setup()  # before anything that has tables

from pipeline import tasks  # noqa: E402 - they have
from pipeline.domain.ports import PermanentError, TransientError  # noqa: E402 - likewise
from pipeline.domain.values import Evaluation, Segment, Span, Transcript, Word  # noqa: E402 - likewise
from pipeline.providers import registry  # noqa: E402 - with them
from pipeline.runs import results  # noqa: E402 - likewise
from tests.chaos.holds import hold  # noqa: E402 - likewise
from tests.chaos.recordings import Kind, read_marks, what_it_says  # noqa: E402 - likewise

LOG = Path(os.environ["CHAOS_EXECUTIONS"])
SECONDS = float(os.environ["CHAOS_STAGE_SECONDS"])
SHAKY_FAILURES = 2
QUICK_LIMITS: Final = (
    2,
    4,
)  # seconds, soft and hard, of a stage that takes none: a test waits for them

__all__ = ["app"]


class MarkedRecogniser:
    """Hears what `tests.chaos.recordings` wrote."""

    def transcribe(
        self, audio: Path, *, audio_format: str, language: str | None, terms: Sequence[str] = ()
    ) -> Transcript:
        """Return the recording's own words, or do what it asks for."""
        marked = read_marks(audio)
        before = note_execution(marked.number)
        hold("transcribe")
        if marked.kind == Kind.POISON:
            os.kill(os.getpid(), signal.SIGKILL)
        if marked.kind == Kind.BROKEN:
            raise PermanentError("broken_by_design", "This recording can never be transcribed.")
        threading.Event().wait(SECONDS)
        if marked.kind == Kind.SHAKY and before < SHAKY_FAILURES:
            raise TransientError("shaky_by_design", "This recording needs another try.")
        return spoken(what_it_says(marked.number))


def note_execution(number: int) -> int:
    """Write down that the recording is worked on; return how often it was before."""
    line = f"{number}\n".encode()
    handle = os.open(LOG, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
    try:
        before = LOG.read_text("ascii").split().count(str(number))
        os.write(handle, line)  # one short write at the end of a file is not torn
    finally:
        os.close(handle)
    return before


def spoken(text: str) -> Transcript:
    """Return the text as if it had been spoken at 150 words a minute."""
    words = text.split()
    pace = 0.4
    times = [
        Word(word, position * pace, (position + 0.9) * pace, 0.95)
        for position, word in enumerate(words)
    ]
    end = len(words) * pace
    return Transcript(
        text=text,
        language="en",
        duration=end,
        words=tuple(times),
        segments=(Segment(text, 0.0, end),),
        speech=(Span(0.0, end),),
        model="stand-in of the tests",
        filler_detection="prompted",
    )


def judge_by_length(*, transcript: Transcript, **_: Any) -> Evaluation:
    """Return a judgement that loads no model."""
    score = float(len(transcript.text) % 100)
    return Evaluation(score, score, score, score, overall=score, scorable=True)


def held_at(stage: str, do: Callable[..., Any]) -> Callable[..., Any]:
    """Return the same, with a place before it where it can be held."""

    def do_unless_held(*positional: Any, **named: Any) -> Any:
        hold(stage)
        return do(*positional, **named)

    return do_unless_held


registry.speech_to_text = MarkedRecogniser  # type: ignore[assignment] # called for one each time, like the cached original
if os.environ["CHAOS_STAND_IN_JUDGE"]:
    tasks.judge = judge_by_length  # type: ignore[attr-defined] # the name by which the task calls it
    registry.judges = lambda **_: None  # type: ignore[assignment] # none is asked
    settings.STAGE_LIMITS["evaluate"] = QUICK_LIMITS
    settings.CELERY_TASK_ANNOTATIONS["pipeline.tasks.evaluate_answer"] = dict(
        zip(("soft_time_limit", "time_limit"), QUICK_LIMITS, strict=True)
    )
tasks.judge = held_at("evaluate", tasks.judge)  # type: ignore[attr-defined] # likewise
results.save_score = held_at("score", results.save_score)
results.save_feedback = held_at("feedback", results.save_feedback)
