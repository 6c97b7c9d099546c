"""F20 to F23: people record again, click twice, ask in a hurry, and delete everything, while workers are at it."""

import os
import random
import threading
from collections.abc import Callable
from functools import partial
from itertools import chain

import pytest

from tests.chaos.recordings import what_it_says
from tests.reliability.laboratory import Laboratory, runs
from tests.reliability.people import Answer, Person, at_once, new_recording

pytestmark = pytest.mark.journey

MANY = 20
PEOPLE = int(os.environ.get("PEOPLE", "7"))  # 34 for docs/reliability.md
EACH = 3  # answers of each person that are recorded a second time
DELETIONS = 8  # at once
ROUNDS = int(os.environ.get("DELETION_ROUNDS", "1"))  # 7 for docs/reliability.md
WORK_SECONDS = 0.4  # that an answer takes through all stages, about


class TestASecondRecording:
    def test_is_the_one_whose_words_are_shown_whenever_it_comes(
        self, laboratory: Laboratory, note: Callable[[str], None]
    ) -> None:
        people = [laboratory.person(questions=EACH) for _ in range(PEOPLE)]
        chance = random.Random(20)  # noqa: S311 - offsets that can be had again
        offsets = [chance.uniform(0, WORK_SECONDS) for _ in range(EACH)]

        made = at_once([partial(record_twice, person, offsets) for person in people])

        answers = list(chain.from_iterable(made))
        laboratory.wait(lambda: all(laboratory.is_through(answer) for answer in answers))
        for person, own in zip(people, made, strict=True):
            for answer in own:
                shown = person.data("GET", f"{answer.path}/transcript")
                assert (shown["status"], shown["attempt"]) == ("completed", 2)
                assert shown["transcript"] == what_it_says(answer.number)
        superseded = runs().filter(state="superseded", attempt=1)
        note(
            f"{len(answers)} of {len(answers)} show the second; so far {superseded.count()} were in work"
        )


class TestOneRecordingSentManyTimesAtOnce:
    def test_is_one_answer(self, laboratory: Laboratory) -> None:
        person = laboratory.person()
        number, content = new_recording()

        replies = at_once([lambda: person.send(content)] * MANY)

        assert {reply.status_code for reply in replies} <= {200, 201}
        answer = person.answer(number)
        laboratory.wait(lambda: laboratory.is_through(answer))
        states = list(runs().filter(question__uuid=answer.question).values_list("state", flat=True))
        assert states == ["completed"]
        assert laboratory.executions(answer) == 1


class TestResultsThatManyAskFor:
    def test_are_made_once(self, laboratory: Laboratory) -> None:
        person = laboratory.person()
        with laboratory.holding("transcribe") as hold:
            answer = person.record()
            hold.wait_for()
            asked = [
                partial(person.http.post, f"{answer.path}/{result}", json={})
                for result in ("transcribe", "evaluate")
            ]
            replies = at_once(asked * (MANY // 2))

        laboratory.wait(lambda: laboratory.is_through(answer))
        assert {reply.status_code for reply in replies} == {202}
        assert laboratory.outcomes(answer) == ["ok"] * 4
        assert laboratory.executions(answer) == 1


class TestASessionThatIsDeletedInTheMiddle:
    @pytest.mark.parametrize("seed", range(ROUNDS))
    def test_leaves_nothing_behind(self, laboratory: Laboratory, seed: int) -> None:
        people = laboratory.people(DELETIONS)
        chance = random.Random(seed)  # noqa: S311 - offsets that can be had again
        offsets = [chance.uniform(0, WORK_SECONDS) for _ in people]

        at_once(
            [
                partial(record_and_delete, person, after=offset)
                for person, offset in zip(people, offsets, strict=True)
            ]
        )

        laboratory.wait(lambda: not laboratory.unfinished())
        for person in people:
            assert not runs().filter(session__uuid=person.session).exists()
            assert not list(laboratory.stack.disk.rglob(f"{person.session}/*"))


def record_twice(person: Person, offsets: list[float]) -> list[Answer]:
    """Answer each question, and again so many seconds later."""
    answers = []
    for question, after in enumerate(offsets):
        person.record(question=question)
        threading.Event().wait(after)
        answers.append(person.record(question=question))
    return answers


def record_and_delete(person: Person, *, after: float) -> None:
    person.record()
    threading.Event().wait(after)
    assert person.http.delete(f"interviews/sessions/{person.session}").is_success
