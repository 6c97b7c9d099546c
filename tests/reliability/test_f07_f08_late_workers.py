"""F7, F8: a worker is late, or gets its message twice; its result counts once or not at all."""

import signal
from collections.abc import Callable

import pytest

from tests.chaos.stack import signal_all
from tests.reliability.laboratory import Laboratory, Stopwatch

pytestmark = pytest.mark.journey

STAGES = 4


class TestAWorkerThatWakesUpAfterItsLease:
    def test_finds_its_result_fenced_off(
        self, laboratory: Laboratory, note: Callable[[str], None]
    ) -> None:
        with laboratory.holding("transcribe") as hold:
            answer = laboratory.person().record()
            sleepers = hold.wait_for()
            signal_all(sleepers, signal.SIGSTOP)
            watch = Stopwatch()
        laboratory.wait(lambda: laboratory.is_through(answer))
        note(f"somebody else was through after {watch.seconds:.1f} s")
        signal_all(sleepers, signal.SIGCONT)

        laboratory.wait(lambda: "fenced" in laboratory.outcomes(answer))
        assert laboratory.outcomes(answer, "transcribe") == ["fenced", "ok"]
        assert laboratory.outcomes(answer).count("ok") == STAGES


class TestACutConnection:
    def test_brings_the_message_again_and_no_second_effect(self, laboratory: Laboratory) -> None:
        with laboratory.holding("transcribe") as hold:
            answer = laboratory.person().record()
            hold.wait_for()
            with laboratory.stack.broker.client() as client:
                client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")
            laboratory.wait(lambda: laboratory.connected_workers() == len(laboratory.stack.workers))

        laboratory.wait(lambda: laboratory.is_through(answer))
        assert laboratory.outcomes(answer) == ["ok"] * STAGES
        assert laboratory.executions(answer) == 1


class TestADyingBroker:
    def test_leaves_the_workers_alive_and_their_work_in_hand(self, laboratory: Laboratory) -> None:
        """Kombu 5.7 ends a worker whose connection is lost while a task is at work; ours goes on."""
        people = laboratory.people(3)
        before = [worker.pid for worker in laboratory.stack.workers]
        with laboratory.holding("transcribe") as hold:
            answers = [person.record() for person in people]
            hold.wait_for(len(answers))
            losses = laboratory.losses()
            laboratory.stack.broker.kill()
            laboratory.wait(lambda: laboratory.losses() == losses + len(before))
            laboratory.stack.broker.ensure_running()

        laboratory.wait(lambda: all(laboratory.is_through(answer) for answer in answers))
        assert [worker.pid for worker in laboratory.stack.workers] == before
        for answer in answers:
            assert laboratory.outcomes(answer) == ["ok"] * STAGES
