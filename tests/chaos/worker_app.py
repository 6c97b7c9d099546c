"""
The project's Celery app with a stand-in recogniser: `celery --app tests.chaos.worker_app worker`.

It takes a set time for each recording, says what the recording says of itself, and fails, or kills its process, where
it is told to. Every execution is written down, so that executions can be counted whatever becomes of the process.
"""

import os
import signal
import threading
from collections.abc import Sequence
from pathlib import Path

from celery_app import app
from pipeline.ports import PermanentError, TransientError
from pipeline.providers import registry
from pipeline.values import Segment, Span, Transcript, Word
from tests.chaos.recordings import Kind, read_marks, what_it_says

LOG = Path(os.environ["CHAOS_EXECUTIONS"])
SECONDS = float(os.environ["CHAOS_STAGE_SECONDS"])
SHAKY_FAILURES = 2

__all__ = ["app"]


class MarkedRecogniser:
    """Hears what `tests.chaos.recordings` wrote."""

    def transcribe(
        self, audio: Path, *, audio_format: str, language: str | None, terms: Sequence[str] = ()
    ) -> Transcript:
        """Return the recording's own words, or do what it asks for."""
        marked = read_marks(audio)
        before = note_execution(marked.number)
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


registry.speech_to_text = MarkedRecogniser  # type: ignore[assignment] # called for one each time, like the cached original
