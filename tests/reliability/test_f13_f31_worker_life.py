"""F13, F26, F27, F29 to F31: workers stop, take turns, lead, and get messages that nobody of us has sent."""

import base64
import json
import signal
import uuid
from collections.abc import Callable
from functools import partial

import pytest

from interview_platform.stack import parts
from tests.reliability.laboratory import Laboratory, Stopwatch, in_time
from tests.reliability.people import Person, at_once

pytestmark = pytest.mark.journey

REQUEUED = 5.0  # seconds after the exit
EVALUATED = 2.0
NEW_LEADER = 5.0
BACKLOG = 10
NONSENSE = (
    "no json",
    "null",
    "7",
    "[]",
    "[[], {}]",
    "[[1, 2], {}, {}]",
    '[[], {"run_id": "1; DROP TABLE"}, {}]',
    '[[], {"run_id": 99999999}, {}]',
    "[{}, [], 1]",
)


class TestAWorkerThatIsToldToStop:
    def test_gives_its_answer_back_and_somebody_else_goes_on(
        self, laboratory: Laboratory, note: Callable[[str], None]
    ) -> None:
        with laboratory.holding("transcribe") as hold:
            answer = laboratory.person().record()
            hold.wait_for()
            worker = laboratory.worker_of(answer)
            worker.signal(signal.SIGTERM)
            laboratory.wait(lambda: "released" in laboratory.outcomes(answer), seconds=30)
            watch = Stopwatch()
            laboratory.wait(lambda: len(laboratory.outcomes(answer)) == 2)
            seconds = watch.seconds

        laboratory.wait(lambda: laboratory.is_through(answer))
        note(f"taken by another {seconds:.1f} s after it was given back")
        assert in_time(seconds, REQUEUED)
        assert laboratory.outcomes(answer, "transcribe") == ["released", "ok"]


class TestABacklogOfRecordings:
    def test_does_not_hold_up_the_judge(
        self, laboratory: Laboratory, note: Callable[[str], None]
    ) -> None:
        people = laboratory.people(4)
        answers = [person.record() for person in people]
        laboratory.wait(lambda: all(laboratory.is_through(answer) for answer in answers))
        with laboratory.holding("transcribe"):
            crowd = laboratory.person(questions=BACKLOG)
            backlog = [crowd.record(question=number) for number in range(BACKLOG)]
            waits = at_once(
                [
                    partial(judged_after, person, answer.path)
                    for person, answer in zip(people, answers, strict=True)
                ]
            )

        note(f"judged within {max(waits):.2f} s behind {len(backlog)} recordings")
        assert in_time(max(waits), EVALUATED)
        laboratory.wait(lambda: all(laboratory.is_through(answer) for answer in backlog))


class TestTheLeadersDeath:
    def test_makes_another_worker_lead(
        self, laboratory: Laboratory, note: Callable[[str], None]
    ) -> None:
        leader = laboratory.leader()
        part = laboratory.stack.leader(leader)
        assert part is not None
        part.kill()
        watch = Stopwatch()
        laboratory.wait(lambda: laboratory.leader() != leader)

        note(f"another one leads after {watch.seconds:.1f} s")
        assert in_time(watch.seconds, NEW_LEADER)

    def test_sends_nothing_twice(self, laboratory: Laboratory) -> None:
        person = laboratory.person(questions=6)
        answers = [person.record(question=number) for number in range(6)]

        laboratory.wait(lambda: all(laboratory.is_through(answer) for answer in answers))
        for answer in answers:
            assert laboratory.outcomes(answer) == ["ok"] * 4
            assert laboratory.executions(answer) == 1


class TestMessagesThatMakeNoSense:
    def test_harm_nobody(self, laboratory: Laboratory) -> None:
        before = [worker.pid for worker in laboratory.stack.workers]
        lying = laboratory.messages()  # some that killed workers had taken lie there for an hour
        for body in NONSENSE:
            send(laboratory, body)
        send(laboratory, "[[], {}, {}]", task="os.system")
        send(laboratory, "gASVAAAAAAAAAAAu", content_type="application/x-python-serialize")

        with laboratory.stack.broker.client() as client:
            client.lpush("interview:gpu", "no message", "[]", "7", '{"body": ""}')
        laboratory.wait(lambda: laboratory.messages() <= lying)

        answer = laboratory.person().record()
        laboratory.wait(lambda: laboratory.is_through(answer))
        assert [worker.pid for worker in laboratory.stack.workers] == before

    def test_of_another_release_are_understood(self, laboratory: Laboratory) -> None:
        answer = laboratory.person().record()
        laboratory.wait(lambda: laboratory.is_through(answer))
        run, lying = laboratory.run_of(answer), laboratory.messages()
        for keywords in ({"run_id": run.pk, "new": True}, {"run_id": run.pk}):
            send(laboratory, json.dumps([[], keywords, {}]))
        laboratory.wait(lambda: laboratory.messages() <= lying)

        assert laboratory.outcomes(answer) == ["ok"] * 4


class TestAChildThatHasWorkedLong:
    def test_is_replaced_before_it_grows(self, laboratory: Laboratory) -> None:
        options = parts.cpu_worker(laboratory.stack.config).command

        assert f"--max-tasks-per-child={parts.CPU_TASKS_PER_CHILD}" in options
        assert f"--max-memory-per-child={parts.CPU_KILOBYTES_PER_CHILD}" in options


def judged_after(person: Person, path: str) -> float:
    """Ask for another judgement; return how long it took to come."""
    watch = Stopwatch()
    person.data("POST", f"{path}/evaluate", json={"expected_keywords": ["another"]})
    done = person.data("GET", f"{path}/evaluation", headers={"Prefer": "wait=20"})
    assert done["status"] == "completed", done
    return watch.seconds


def send(
    laboratory: Laboratory,
    body: str,
    *,
    task: str = "pipeline.tasks.transcribe_answer",
    content_type: str = "application/json",
) -> None:
    """Put a message into the queue of recordings as a stranger would write it."""
    name = str(uuid.uuid4())
    message = {
        "body": base64.b64encode(body.encode()).decode(),
        "content-encoding": "utf-8",
        "content-type": content_type,
        "headers": {"lang": "py", "task": task, "id": name, "argsrepr": "", "kwargsrepr": ""},
        "properties": {
            "correlation_id": name,
            "delivery_mode": 2,
            "delivery_info": {"exchange": "", "routing_key": "gpu"},
            "priority": 0,
            "body_encoding": "base64",
            "delivery_tag": name,
        },
    }
    with laboratory.stack.broker.client() as client:
        client.lpush("interview:gpu", json.dumps(message))
