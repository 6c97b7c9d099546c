"""The same answer in five formats, as five kinds of clients send it."""

from collections.abc import Iterator
from itertools import combinations

import jiwer
import pytest

from tests.candidate import Candidate
from tests.recordings import FORMATS, plain, sample
from tests.running_stack import RunningStack

pytestmark = pytest.mark.journey

DIFFERENT = 0.03  # of the words, at most, between any two formats
PAIRS = list(combinations(FORMATS, 2))
SECONDS_OFF = 0.3  # codecs pad their ends


@pytest.fixture(scope="module")
def candidate(stack: RunningStack) -> Iterator[Candidate]:
    """Somebody who answered each question with the same words in another format."""
    with Candidate(stack.url) as candidate:
        candidate.register()
        candidate.create_session()
        candidate.generate_questions()
        questions = [row["id"] for row in candidate.data("generate_questions")["questions"]]
        answered = dict(zip(FORMATS, questions, strict=True))
        for name, question in answered.items():
            candidate.upload(question, sample(f"strong_answer.{name}"), step=f"upload {name}")
        for name, question in answered.items():
            candidate.transcribe(question, step=f"transcribe {name}")
        yield candidate


class TestFormats:
    @pytest.mark.parametrize(("one", "other"), PAIRS)
    def test_say_the_same_words(self, candidate: Candidate, one: str, other: str) -> None:
        first, second = (
            plain(candidate.data(f"transcribe {name}")["transcript"]) for name in (one, other)
        )

        assert first
        assert jiwer.wer(first, second) <= DIFFERENT

    @pytest.mark.parametrize("name", FORMATS)
    def test_are_recognised_by_what_is_in_them(self, candidate: Candidate, name: str) -> None:
        assert candidate.data(f"upload {name}")["format"] == name

    @pytest.mark.parametrize("name", FORMATS)
    def test_are_as_long_as_they_sound(self, candidate: Candidate, name: str) -> None:
        """A browser's WebM says nothing about its length."""
        duration = candidate.data(f"upload {name}")["duration"]

        assert duration == pytest.approx(candidate.data("upload wav")["duration"], abs=SECONDS_OFF)
