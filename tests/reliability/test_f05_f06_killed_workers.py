"""F5, F6: a child, or a whole worker, is killed in the middle of a stage."""

import signal
from collections.abc import Callable

import pytest

from tests.chaos.stack import signal_all
from tests.reliability.laboratory import Laboratory, Stopwatch, in_time

pytestmark = pytest.mark.journey

TAKEN_AGAIN = 9.0  # seconds: lease + tick + 2
STAGES = ("transcribe", "evaluate", "score", "feedback")


class TestAKilledChild:
    @pytest.mark.parametrize("stage", STAGES)
    def test_costs_one_more_try_at_its_stage_and_nothing_else(
        self, laboratory: Laboratory, note: Callable[[str], None], stage: str
    ) -> None:
        with laboratory.holding(stage) as hold:
            answer = laboratory.person().record()
            victims = hold.wait_for()
            hold.let_go()
            signal_all(victims, signal.SIGKILL)
            watch = Stopwatch()
            laboratory.wait(lambda: len(laboratory.outcomes(answer, stage)) == 2)
            seconds = watch.seconds

        laboratory.wait(lambda: laboratory.is_through(answer))
        note(f"{stage} taken again after {seconds:.1f} s")
        assert in_time(seconds, TAKEN_AGAIN)
        assert laboratory.outcomes(answer, stage) == ["lost", "ok"]
        assert laboratory.outcomes(answer).count("ok") == len(STAGES)


class TestAKilledWorker:
    def test_costs_its_answers_a_lease_and_nothing_else(
        self, laboratory: Laboratory, note: Callable[[str], None]
    ) -> None:
        people = laboratory.people(3)
        with laboratory.holding("transcribe") as hold:
            answers = [person.record() for person in people]
            hold.wait_for(len(answers))
            for worker in laboratory.stack.workers:
                worker.kill()
            hold.let_go()
            watch = Stopwatch()
            laboratory.wait(
                lambda: all(
                    len(laboratory.outcomes(answer, "transcribe")) == 2 for answer in answers
                )
            )
            seconds = watch.seconds

        laboratory.wait(lambda: all(laboratory.is_through(answer) for answer in answers))
        note(f"all taken again after {seconds:.1f} s")
        assert in_time(seconds, TAKEN_AGAIN)
        for answer in answers:
            assert laboratory.outcomes(answer, "transcribe") == ["lost", "ok"]
