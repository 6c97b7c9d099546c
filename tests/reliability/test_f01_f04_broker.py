"""F1 to F4: the web process dies before it rings, the broker is away, hangs, or forgets everything."""

import os
from collections.abc import Callable
from functools import partial
from itertools import chain

import httpx
import pytest

from tests.chaos.web_app import DIE
from tests.reliability.laboratory import Laboratory, Stopwatch, in_time
from tests.reliability.people import Answer, Person, at_once, new_recording

pytestmark = pytest.mark.journey

DEATHS = int(os.environ.get("DEATHS", "10"))  # 20 at most: what a session asks
PEOPLE, EACH = 6, 5  # 30 uploads
BACKLOG = 20
P99_SECONDS = 3.0
DONE_SECONDS = 20.0
AFTER_A_FLUSH = 30.0
REPUBLISHED = 8.0 + 1.0 + 5.0  # seconds: the longest wait, a tick, the work


class TestAWebProcessThatDiesBetweenCommitAndPublish:
    def test_has_its_answers_processed(
        self, laboratory: Laboratory, note: Callable[[str], None]
    ) -> None:
        person = laboratory.person(questions=DEATHS)
        answers = []
        for question in range(DEATHS):
            number, content = new_recording()
            (laboratory.stack.holds / DIE).touch()
            with pytest.raises(httpx.TransportError):
                person.send(content, question=question)
            answers.append(person.answer(number, question=question))
        watch = Stopwatch()
        laboratory.wait(lambda: all_through(laboratory, answers))

        note(
            f"{DEATHS} of {DEATHS} done, the last {watch.seconds:.1f} s after its web process died"
        )
        assert in_time(watch.seconds, REPUBLISHED)


class TestABrokerThatIsAway:
    def test_holds_up_no_upload(self, laboratory: Laboratory, note: Callable[[str], None]) -> None:
        people = crowd(laboratory)
        broker = laboratory.stack.broker
        broker.kill()

        answers, slowest = everybody_uploads(people)
        broker.ensure_running()
        seconds = seconds_until_done(laboratory, answers)

        note(f"30 of 30 accepted, slowest {slowest:.2f} s, done {seconds:.1f} s after its return")
        assert in_time(slowest, P99_SECONDS)
        assert in_time(seconds, DONE_SECONDS)


class TestABrokerThatHangs:
    def test_holds_up_no_upload(self, laboratory: Laboratory, note: Callable[[str], None]) -> None:
        people = crowd(laboratory)
        broker = laboratory.stack.broker
        broker.hang()

        answers, slowest = everybody_uploads(people)
        broker.resume()
        seconds = seconds_until_done(laboratory, answers)

        note(f"30 of 30 accepted, slowest {slowest:.2f} s, done {seconds:.1f} s after its return")
        assert in_time(slowest, P99_SECONDS)
        assert in_time(seconds, DONE_SECONDS)


class TestABrokerThatForgetsEverything:
    def test_loses_no_backlog(self, laboratory: Laboratory, note: Callable[[str], None]) -> None:
        person = laboratory.person(questions=BACKLOG)
        with laboratory.holding("transcribe") as hold:
            answers = [person.record(question=number) for number in range(BACKLOG)]
            hold.wait_for(4)
            laboratory.stack.broker.empty()
        seconds = seconds_until_done(laboratory, answers)

        note(f"{BACKLOG} answers done {seconds:.1f} s after FLUSHALL")
        assert in_time(seconds, AFTER_A_FLUSH)


def crowd(laboratory: Laboratory) -> list[Person]:
    return at_once([lambda: laboratory.person(questions=EACH)] * PEOPLE)


def everybody_uploads(people: list[Person]) -> tuple[list[Answer], float]:
    """Have everybody answer all questions; return the answers and the longest time to a 201."""

    def answer_all(person: Person) -> list[Answer]:
        return [person.record(question=number) for number in range(EACH)]

    made = at_once([partial(answer_all, person) for person in people])
    answers = list(chain.from_iterable(made))
    return answers, max(answer.seconds for answer in answers)


def seconds_until_done(laboratory: Laboratory, answers: list[Answer]) -> float:
    watch = Stopwatch()
    laboratory.wait(lambda: all_through(laboratory, answers))
    return watch.seconds


def all_through(laboratory: Laboratory, answers: list[Answer]) -> bool:
    return all(laboratory.is_through(answer) for answer in answers)
