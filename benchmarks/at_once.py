"""
Answers one after the other beside several at once with one model: seconds, words, and when they were said.

`python -m benchmarks.at_once [ANSWERS] [AT_ONCE]`. On a CPU sharing calls gains nothing; what it shows here is that it changes nothing.
"""

import os
import sys
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "interview_platform.settings")
os.environ.setdefault("OMP_NUM_THREADS", "1")  # as a worker has it
os.environ.setdefault("KMP_BLOCKTIME", "0")  # likewise

import jiwer

from benchmarks.answers import Spoken, spoken_answers
from benchmarks.wer import normalise
from pipeline.providers.whisper import FasterWhisper
from pipeline.values import Transcript

ANSWERS: Final = 8
AT_ONCE: Final = 4


def main(arguments: Sequence[str]) -> None:
    """Print both ways."""
    count, at_once = [int(word) for word in arguments] or (ANSWERS, AT_ONCE)
    with spoken_answers(count) as answers:
        alone = _heard(answers, at_once=1)
        together = _heard(answers, at_once=at_once)
    same = [
        abs(one.start - other.start)
        for before, after in zip(alone, together, strict=True)
        if before.text == after.text
        for one, other in zip(before.words, after.words, strict=True)
    ]
    equal = sum(before.text == after.text for before, after in zip(alone, together, strict=True))
    print(  # noqa: T201 - a program for people
        f"the same text: {equal} of {count}; words there at most {max(same, default=0.0):.3f} s apart"
    )


def _heard(answers: Sequence[Spoken], *, at_once: int) -> list[Transcript]:
    recogniser = FasterWhisper("base", device="cpu", answers_at_once=at_once)
    recogniser.warm_up()
    begin, worked = time.perf_counter(), time.process_time()
    with ThreadPoolExecutor(at_once) as threads:
        found = list(
            threads.map(
                lambda answer: recogniser.transcribe(
                    answer.path, audio_format="wav", language="en"
                ),
                answers,
            )
        )
    took, work = time.perf_counter() - begin, time.process_time() - worked
    wrong = jiwer.wer(
        [normalise(answer.text, characters=False) for answer in answers],
        [normalise(heard.text, characters=False) for heard in found],
    )
    print(  # noqa: T201 - a program for people
        f"{at_once} at once: {took:.1f} s, {work:.1f} s of the processor, word errors {100 * wrong:.1f} %"
    )
    return found


if __name__ == "__main__":
    main(sys.argv[1:])
