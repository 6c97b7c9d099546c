"""F9 to F12: a stage kills its process, fails for now, fails for good, or hangs."""

import signal
from collections.abc import Callable

import pytest

from tests.chaos.recordings import Kind
from tests.chaos.stack import signal_all
from tests.reliability.laboratory import Laboratory, Stopwatch, in_time
from tests.reliability.people import Answer

pytestmark = pytest.mark.journey

POISON_EXECUTIONS = 4
POISON_SECONDS = 60.0
VISIBLE_SECONDS = 2.0
HARD_LIMIT = 4.0  # seconds, of the stand-in judge (tests.chaos.worker_app)
TAKEN_AGAIN = HARD_LIMIT + 6 + 1  # lease and tick


class TestARecordingThatKillsItsWorker:
    def test_is_given_up_and_its_neighbours_are_not(
        self, laboratory: Laboratory, note: Callable[[str], None]
    ) -> None:
        victim, *neighbours = laboratory.people(4)
        poison = victim.record(Kind.POISON)
        watch = Stopwatch()
        good = [person.record() for person in neighbours]
        laboratory.wait(lambda: laboratory.has_ended(poison))
        seconds = watch.seconds

        laboratory.wait(lambda: all(laboratory.is_through(answer) for answer in good))
        run = laboratory.run_of(poison)
        note(f"given up after {seconds:.1f} s and {laboratory.executions(poison)} executions")
        assert (run.state, run.failure_code) == ("failed", "worker_lost")
        assert laboratory.executions(poison) <= POISON_EXECUTIONS
        assert in_time(seconds, POISON_SECONDS)


class TestAStageThatFailsForNow:
    def test_is_tried_again_until_it_works(self, laboratory: Laboratory) -> None:
        answer = laboratory.person().record(Kind.SHAKY)

        laboratory.wait(lambda: laboratory.is_through(answer))
        assert laboratory.outcomes(answer, "transcribe") == ["transient", "transient", "ok"]


class TestAStageThatFailsForGood:
    def test_tells_the_candidate_at_once_why_and_what_to_do(
        self, laboratory: Laboratory, note: Callable[[str], None]
    ) -> None:
        person = laboratory.person()
        answer = person.record(Kind.BROKEN)
        watch = Stopwatch()
        told = person.data("GET", f"{answer.path}/transcript", headers={"Prefer": "wait=10"})
        note(f"told after {watch.seconds:.2f} s")

        assert in_time(watch.seconds, VISIBLE_SECONDS)
        assert told["status"] == "failed"
        assert told["failure"]["code"] == "broken_by_design"
        assert told["failure"]["retryable"] is False
        assert told["failure"]["message"].endswith("Please record the answer again.")
        assert laboratory.outcomes(answer) == ["permanent"]


class TestAHangingStage:
    def test_is_ended_by_its_soft_limit_and_tried_again(self, laboratory: Laboratory) -> None:
        answer = hang(laboratory, stop=False)

        assert laboratory.outcomes(answer, "evaluate")[0] == "transient"

    def test_is_ended_by_its_hard_limit_when_it_hears_nothing(
        self, laboratory: Laboratory, note: Callable[[str], None]
    ) -> None:
        watch = Stopwatch()
        answer = hang(laboratory, stop=True)
        note(f"through after {watch.seconds:.1f} s")

        assert laboratory.outcomes(answer, "evaluate") == ["lost", "ok"]
        assert in_time(watch.seconds, TAKEN_AGAIN + 5)


def hang(laboratory: Laboratory, *, stop: bool) -> Answer:
    """Have an answer's judge hang, deaf to signals or not, and return the answer once it is through."""
    with laboratory.holding("evaluate") as hold:
        answer = laboratory.person().record()
        held = hold.wait_for()
        if stop:
            signal_all(held, signal.SIGSTOP)
        laboratory.wait(lambda: laboratory.outcomes(answer, "evaluate") not in ([], ["running"]))
    laboratory.wait(lambda: laboratory.is_through(answer))
    return answer
