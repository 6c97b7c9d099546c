"""The process that opens one recording: its limits, its end, and what is logged of its faults."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from pipeline.domain.ports import StageError, TransientError
from pipeline.providers.audio import sandbox
from pipeline.providers.audio.sandbox import PROGRAM, run_child
from tests.conftest import SAMPLES
from tests.environment import ROOT
from tests.waiting import wait_until

linux = pytest.mark.skipif(sys.platform != "linux", reason="/proc is Linux's")
RECORDING = SAMPLES / "strong_answer.mp3"
OPEN_FOREVER = (
    "from pathlib import Path; from pipeline.providers.audio.sandbox import run_child;"
    "run_child('probe', Path({path!r}), audio_format='mp3', max_seconds=60)"
)


def probe(path: Path = RECORDING) -> dict[str, float]:
    return run_child("probe", path, audio_format="mp3", max_seconds=60)


@pytest.fixture
def endless(tmp_path: Path) -> Path:
    """A recording that never comes: the process that opens it stays where it is."""
    path = tmp_path / "pipe.mp3"
    os.mkfifo(path)
    return path


@pytest.fixture
def program(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A program to be written, that runs in place of the real one."""
    path = tmp_path / "program.py"
    monkeypatch.setattr(sandbox, "PROGRAM", path)
    return path


def child_of(parent: psutil.Process) -> psutil.Process:
    """Return the process that has begun to open its recording."""

    def waiting() -> list[psutil.Process]:
        return [
            child
            for child in parent.children()
            if str(PROGRAM) in child.cmdline()
            and "wait_for_partner" in Path(f"/proc/{child.pid}/wchan").read_text("ascii")
        ]

    wait_until(waiting)
    (child,) = waiting()
    return child


def is_gone(process: psutil.Process) -> bool:
    return not process.is_running() or bool(process.status() == psutil.STATUS_ZOMBIE)


@linux
class TestTheProcess:
    @pytest.fixture
    def process(self, endless: Path) -> Iterator[psutil.Process]:
        """The process at work; it is killed after the test."""

        def ask() -> None:
            with suppress(StageError):
                probe(endless)

        thread = threading.Thread(target=ask)
        thread.start()
        child = child_of(psutil.Process())
        yield child
        child.kill()
        thread.join()

    def test_lives_under_limits(self, process: psutil.Process) -> None:
        assert process.rlimit(psutil.RLIMIT_AS) == (1536 * 2**20,) * 2
        assert process.rlimit(psutil.RLIMIT_CPU)[0] == 4
        assert process.rlimit(psutil.RLIMIT_NOFILE) == (32, 32)
        assert process.rlimit(psutil.RLIMIT_FSIZE) == (65_536, 65_536)
        assert process.rlimit(psutil.RLIMIT_CORE) == (0, 0)

    def test_has_no_network_and_no_descriptor_of_its_parent(self, process: psutil.Process) -> None:
        names = Path(f"/proc/{process.pid}/net/dev").read_text("ascii").splitlines()[2:]
        descriptors = {int(entry.name) for entry in Path(f"/proc/{process.pid}/fd").iterdir()}

        assert len(names) <= 1 or os.getuid() != 0  # the loopback
        assert descriptors <= {0, 1, 2, 3}

    def test_knows_nothing_of_the_environment(self, process: psutil.Process) -> None:
        assert set(process.environ()) <= {"PATH", "LANG", "LC_CTYPE"}


class TestItsEnd:
    def test_comes_when_its_time_is_over(
        self, program: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        number = tmp_path / "pid"
        program.write_text(
            f"import os, signal; open({str(number)!r}, 'w').write(str(os.getpid())); signal.pause()"
        )
        monkeypatch.setitem(sandbox.WALL_SECONDS, "probe", 2.0)

        with pytest.raises(TransientError) as caught:
            probe()

        assert caught.value.code == "audio_timeout"
        assert not psutil.pid_exists(int(number.read_text()))

    @linux
    def test_comes_with_that_of_its_parent(self, endless: Path) -> None:
        command = [sys.executable, "-c", OPEN_FOREVER.format(path=str(endless))]
        with subprocess.Popen(command, cwd=ROOT) as parent:
            child = child_of(psutil.Process(parent.pid))

            parent.kill()

        wait_until(lambda: is_gone(child))

    @linux
    def test_by_a_kill_from_outside_is_worth_a_retry(self, program: Path) -> None:
        program.write_text(f"import os; os.kill(os.getpid(), {int(signal.SIGKILL)})")

        with pytest.raises(TransientError):
            probe()


class TestAFaultOfTheProgram:
    def test_is_logged_with_the_last_line_of_its_traceback_and_told_to_nobody(
        self, program: Path, caplog: pytest.LogCaptureFixture
    ) -> None:
        program.write_text("raise ValueError('a fault\\x1b of ours ' + 'x' * 5000)")

        with pytest.raises(TransientError) as caught:
            probe()

        assert "ValueError: a fault\\x1b of ours xxx" in caplog.text
        assert "Traceback" not in caplog.text
        assert len(caplog.messages[0]) < 400
        assert "fault" not in caught.value.message
        assert caught.value.code == "audio_process"

    @pytest.mark.parametrize("answer", ["", "no JSON", "[1]", "7", '{"duration": 1} and more'])
    def test_is_an_answer_that_is_none(self, program: Path, answer: str) -> None:
        program.write_text(f"print({answer!r})")

        with pytest.raises(TransientError):
            probe()

    def test_is_an_answer_without_end_of_which_little_is_read(self, program: Path) -> None:
        program.write_text("print('x' * 10_000_000)")

        status, answer, _ = sandbox._run([], seconds=20)

        assert status == 0
        assert len(answer) == sandbox.ANSWER_BYTES
