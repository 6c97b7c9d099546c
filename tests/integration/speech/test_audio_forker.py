"""The program that opens recordings, each in a copy of itself."""

import os
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from pipeline.providers.audio_process import Forker
from tests.conftest import SAMPLES
from tests.waiting import wait_until

linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
RECORDING = ["probe", "mp3", "60", str(SAMPLES / "strong_answer.mp3")]


@pytest.fixture
def forker() -> Iterator[Forker]:
    forker = Forker()
    yield forker
    forker.stop()


@pytest.fixture
def endless(tmp_path: Path) -> list[str]:
    """A recording that never comes: whoever opens it stays where he is."""
    path = tmp_path / "pipe.mp3"
    os.mkfifo(path)
    return ["probe", "mp3", "60", str(path)]


def program_of(forker: Forker) -> psutil.Process:
    assert forker._program is not None
    return psutil.Process(forker._program.pid)


def copy_of(forker: Forker) -> psutil.Process:
    """Return the copy that is at work, once it has opened its recording."""
    wait_until(lambda: forker._program is not None and program_of(forker).children())
    (copy,) = program_of(forker).children()
    wait_until(lambda: "wait_for_partner" in Path(f"/proc/{copy.pid}/wchan").read_text("ascii"))
    return copy


def ask_beside(forker: Forker, order: list[str], *, seconds: float) -> threading.Thread:
    def ask() -> None:
        with suppress(OSError):  # the time is over, or the copy was killed
            forker.ask(order, seconds=seconds)

    thread = threading.Thread(target=ask)
    thread.start()
    return thread


class TestTheForker:
    def test_answers_and_tells_how_the_copy_ended(self, forker: Forker) -> None:
        status, answer = forker.ask(RECORDING, seconds=20)

        assert status == 0
        assert b"duration" in answer

    def test_stays_for_the_next_recording_while_each_copy_goes(self, forker: Forker) -> None:
        forker.ask(RECORDING, seconds=20)
        first = program_of(forker)
        forker.ask(RECORDING, seconds=20)

        assert program_of(forker) == first
        assert first.children() == []

    def test_is_asked_by_many_threads_at_once(self, forker: Forker) -> None:
        ends: list[int] = []
        threads = [
            threading.Thread(target=lambda: ends.append(forker.ask(RECORDING, seconds=60)[0]))
            for _ in range(12)
        ]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

        assert ends == [0] * 12

    def test_is_replaced_when_it_was_killed(self, forker: Forker) -> None:
        forker.ask(RECORDING, seconds=20)
        program_of(forker).kill()
        program_of(forker).wait()

        assert forker.ask(RECORDING, seconds=20)[0] == 0

    def test_is_not_shared_with_a_fork(self, forker: Forker) -> None:
        forker.ask(RECORDING, seconds=20)
        forker._owner = os.getppid()  # as a fork finds it
        parents = program_of(forker)

        assert forker.ask(RECORDING, seconds=20)[0] == 0

        assert program_of(forker) != parents
        assert parents.wait(10) is not None  # its socket is closed: nobody can give it an order

    def test_says_that_a_copy_was_killed(self, forker: Forker, endless: list[str]) -> None:
        ends: list[int] = []
        thread = threading.Thread(target=lambda: ends.append(forker.ask(endless, seconds=20)[0]))
        thread.start()

        copy_of(forker).kill()
        thread.join()

        assert ends == [-signal.SIGKILL]


@linux
class TestACopy:
    def test_lives_under_limits(self, forker: Forker, endless: list[str]) -> None:
        thread = ask_beside(forker, endless, seconds=20)
        copy = copy_of(forker)

        assert copy.rlimit(psutil.RLIMIT_AS) == (1536 * 2**20,) * 2
        assert copy.rlimit(psutil.RLIMIT_CPU)[0] == 4
        assert copy.rlimit(psutil.RLIMIT_NOFILE) == (32, 32)
        assert copy.rlimit(psutil.RLIMIT_CORE) == (0, 0)
        assert program_of(forker).rlimit(psutil.RLIMIT_AS) != copy.rlimit(psutil.RLIMIT_AS)
        copy.kill()
        thread.join()

    def test_has_no_network_and_no_descriptor_of_another(
        self, forker: Forker, endless: list[str]
    ) -> None:
        thread = ask_beside(forker, endless, seconds=20)
        copy = copy_of(forker)
        names = Path(f"/proc/{copy.pid}/net/dev").read_text("ascii").splitlines()[2:]
        descriptors = [int(entry.name) for entry in Path(f"/proc/{copy.pid}/fd").iterdir()]

        assert len(names) <= 1 or os.getuid() != 0  # the loopback
        assert set(descriptors) <= {0, 1, 2, 3}
        copy.kill()
        thread.join()

    def test_is_killed_when_its_time_is_over(self, forker: Forker, endless: list[str]) -> None:
        thread = ask_beside(forker, endless, seconds=0.5)
        copy = copy_of(forker)
        thread.join()

        wait_until(lambda: not copy.is_running())

    def test_does_not_outlive_the_program(self, forker: Forker, endless: list[str]) -> None:
        thread = ask_beside(forker, endless, seconds=20)
        copy = copy_of(forker)

        program_of(forker).kill()
        thread.join()

        wait_until(lambda: not copy.is_running() or copy.status() == psutil.STATUS_ZOMBIE)

    def test_does_not_outlive_who_asked(self, forker: Forker, endless: list[str]) -> None:
        thread = ask_beside(forker, endless, seconds=20)
        copy = copy_of(forker)
        assert forker._orders is not None

        forker._orders.shutdown(2)  # as the end of the process does
        thread.join()

        wait_until(lambda: not copy.is_running() or copy.status() == psutil.STATUS_ZOMBIE)
