"""F15, F16, F32: the database crashes or goes silent, the disk is full; people upload."""

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from functools import partial

import httpx
import pytest

from accounts.idempotency import DIED_AFTER
from tests.chaos.stack import GPU_PROCESSES
from tests.reliability.laboratory import Laboratory, Stopwatch, in_time, runs
from tests.reliability.people import Answer, Person, at_once, new_recording
from tests.waiting import PATIENCE, wait_until

pytestmark = pytest.mark.journey

PEOPLE, EACH = 4, 5
RECOVERED = 10.0 + 6.0  # seconds; a lease may have to run out
CRASHES = 2
ANSWERS = 24  # more than there are workers' processes
SILENCE = 25.0  # seconds
RECOVERED_FROM_SILENCE = 90.0  # seconds
MOST_SILENCE = 180.0  # seconds, on a machine that does other things


class TestADatabaseThatCrashes:
    def test_loses_nothing_that_was_accepted(
        self, laboratory: Laboratory, note: Callable[[str], None]
    ) -> None:
        postgres = laboratory.stack.postgres
        if postgres is None:
            pytest.skip("SQLite has no server: TEST_DATABASE=postgres")
        people = at_once([lambda: laboratory.person(questions=EACH)] * PEOPLE)

        with ThreadPoolExecutor(PEOPLE) as pool:
            uploads = [pool.submit(upload_all, person) for person in people]
            for _ in range(CRASHES):  # here: the server goes with the thread that starts it
                postgres.crash()
                postgres.start()
            answers = [answer for upload in uploads for answer in upload.result()]
        watch = Stopwatch()
        laboratory.wait(lambda: all(laboratory.is_through(answer) for answer in answers))

        note(f"{len(answers)} answers through {watch.seconds:.1f} s after the last was accepted")
        assert in_time(watch.seconds, RECOVERED)
        for answer in answers:
            assert laboratory.outcomes(answer).count("ok") == 4


class TestADatabaseConnectionThatGoesSilent:
    def test_ends_the_workers_that_wait_for_it_and_loses_nothing(
        self, laboratory: Laboratory, note: Callable[[str], None]
    ) -> None:
        proxy = laboratory.stack.proxy
        if proxy is None:
            pytest.skip("SQLite has no connections: TEST_DATABASE=postgres")
        people = laboratory.people(ANSWERS)
        with laboratory.holding("transcribe") as hold:
            answers = at_once([person.record for person in people])
            hold.wait_for(2 * GPU_PROCESSES)
            proxy.go_silent()
            silent = Stopwatch()
        laboratory.wait(lambda: silent.seconds >= SILENCE)
        proxy.recover()
        watch = Stopwatch()

        laboratory.wait(
            lambda: laboratory.unfinished() == 0 or watch.seconds > MOST_SILENCE,
            seconds=2 * MOST_SILENCE,
        )

        assert laboratory.unfinished() == 0
        note(f"{ANSWERS} answers through {watch.seconds:.1f} s after the silence")
        assert in_time(watch.seconds, RECOVERED_FROM_SILENCE)
        for answer in answers:
            assert laboratory.outcomes(answer).count("ok") == 4  # stages


class TestAFullDisk:
    def test_takes_no_half_recording_and_then_the_next_whole_one(
        self, laboratory: Laboratory
    ) -> None:
        if not laboratory.stack.has_small_disk:
            pytest.skip("a small file system cannot be mounted here")
        person = laboratory.person()
        with full_disk(laboratory):
            refused = person.send(new_recording()[1])
        left = list(laboratory.stack.disk.rglob(f"{person.session}/*"))
        rows = runs().filter(session__uuid=person.session).count()
        accepted = person.record()

        assert refused.status_code == 500
        assert refused.json()["error"]["message"] == "Internal server error"
        assert (left, rows) == ([], 0)
        laboratory.wait(lambda: laboratory.is_through(accepted))


def upload_all(person: Person) -> list[Answer]:
    """Upload as a good client does: the same key again, until it is accepted."""
    answers = []
    for question in range(EACH):
        number, content = new_recording()
        wait_until(
            partial(is_accepted, person, content, question=question, key=f"{number}"),
            seconds=DIED_AFTER.total_seconds() + PATIENCE,
        )
        answers.append(person.answer(number, question=question))
    return answers


def is_accepted(person: Person, content: bytes, *, question: int, key: str) -> bool:
    """Upload once; what is refused must be refused in the envelope, and for now."""
    with suppress(httpx.TransportError):
        response = person.send(content, question=question, key=key)
        assert response.is_success or response.status_code in {409, 500, 503}, response.text
        assert response.json()["success"] is response.is_success
        return bool(response.is_success)
    return False


@contextmanager
def full_disk(laboratory: Laboratory) -> Iterator[None]:
    """Leave not a byte on the disk of the recordings."""
    filler = laboratory.stack.disk / "filler"
    with suppress(OSError), filler.open("wb", buffering=0) as file:
        while True:
            file.write(bytes(4096))
    try:
        yield
    finally:
        filler.unlink()
