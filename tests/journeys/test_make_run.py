"""An operator starts the platform, breaks it, and stops it."""

import json
import os
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import psutil
import pytest

from tests.environment import ROOT
from tests.running_stack import RunningStack
from tests.waiting import wait_until

pytestmark = pytest.mark.journey

MINUTE = 60
RUN = "interview_platform.stack.run"


def refusal(stack: RunningStack) -> tuple[int, list[str]]:
    """Start a stack that cannot start; return its exit code and what it said."""
    code = stack.launch().wait(timeout=MINUTE)
    return code, stack.last_words()


@dataclass(frozen=True, slots=True)
class Seen:
    """What can be seen of a stack that says it is ready."""

    seconds: float
    status: int  # of `/health/ready`
    said: str
    secrets: str
    modes: list[int]  # of the secrets' file and of the data directory
    processes: list[psutil.Process]
    words: list[str]  # of all their command lines


@pytest.fixture(scope="module")
def operated(
    tmp_path_factory: pytest.TempPathFactory, stack_database: Callable[[str], str]
) -> Iterator[RunningStack]:
    """A stack that an operator takes through its life; the fixtures below are its stations."""
    running = RunningStack(
        tmp_path_factory.mktemp("operated") / "data", DATABASE_URL=stack_database("operated")
    )
    yield running
    running.stop()


@pytest.fixture(scope="module")
def first_start(operated: RunningStack) -> Seen:
    """The stack, started in a directory that is not there yet."""
    operated.start()
    return look_at(operated)


@pytest.fixture(scope="module")
def exit_code(operated: RunningStack, first_start: Seen) -> int:
    """What it ends with at Ctrl-C."""
    return operated.interrupt()


@pytest.fixture(scope="module")
def left(operated: RunningStack, first_start: Seen, exit_code: int) -> list[object]:
    """What is left after that: processes, and the note of who runs."""
    note = operated.data_dir / "stack.json"
    notes = [note] if note.exists() else []
    return [*notes, *(process for process in first_start.processes if process.is_running())]


@pytest.fixture(scope="module")
def second_start(operated: RunningStack, left: list[object]) -> Seen:
    """The stack, started again."""
    operated.start()
    return look_at(operated)


@pytest.fixture(scope="module")
def killed(operated: RunningStack, second_start: Seen) -> list[psutil.Process]:
    """One part of each kind, killed, and missed no more."""
    parts = ("uvicorn", "valkey-server", "gpu-")
    victims = [process for part in parts for process in operated.named(part)]
    for process in victims:
        process.kill()
    wait_until(lambda: operated.output().count("starting it anew") == len(victims))
    wait_until(operated.is_ready)
    return victims


@pytest.fixture(scope="module")
def orphans(operated: RunningStack, killed: list[psutil.Process]) -> list[psutil.Process]:
    """Who still runs after the supervisor was killed."""
    children = operated.processes()[1:]
    assert children
    operated.kill()
    alive: list[psutil.Process] = psutil.wait_procs(children, timeout=MINUTE)[1]
    return alive


def look_at(stack: RunningStack) -> Seen:
    path = stack.data_dir / "secrets.json"
    processes = stack.processes()
    return Seen(
        seconds=stack.seconds_to_ready,
        status=httpx.get(f"{stack.url}/health/ready").status_code,
        said=stack.output(),
        secrets=path.read_text("utf-8"),
        modes=[stat.S_IMODE(place.stat().st_mode) for place in (path, stack.data_dir)],
        processes=processes,
        words=[word for process in processes for word in process.cmdline()],
    )


class TestMakeRun:
    def test_starts_everything_and_says_where(
        self, operated: RunningStack, first_start: Seen
    ) -> None:
        assert first_start.status == 200
        assert f"{operated.url}/docs" in first_start.said
        assert f"{operated.url}/admin/" in first_start.said

    def test_leaves_nothing_at_ctrl_c(self, exit_code: int, left: list[object]) -> None:
        assert exit_code == 0
        assert left == []

    def test_starts_again(
        self, first_start: Seen, second_start: Seen, note: Callable[[str], None]
    ) -> None:
        note(f"first {first_start.seconds:.1f} s, second {second_start.seconds:.1f} s")

        assert second_start.status == 200

    def test_keeps_secrets_from_others_and_through_a_start(
        self, first_start: Seen, second_start: Seen
    ) -> None:
        secrets = set(json.loads(first_start.secrets).values())

        assert first_start.modes == [0o600, 0o700]
        assert second_start.secrets == first_start.secrets
        assert len(secrets) == 3
        words = first_start.words + second_start.words
        assert not [secret for secret in secrets if any(secret in word for word in words)]

    def test_starts_again_what_was_killed(self, killed: list[psutil.Process]) -> None:
        assert len(killed) == 3
        assert not [process for process in killed if process.is_running()]

    def test_leaves_nothing_when_it_is_killed_itself(self, orphans: list[psutil.Process]) -> None:
        assert orphans == []


class TestASecondStart:
    def test_is_told_where_the_first_one_is(self, stack: RunningStack) -> None:
        code, said = refusal(RunningStack(stack.data_dir))

        assert code == 1
        assert len(said) == 1
        assert f"already runs at {stack.url}" in said[0]


class TestAStartThatCannotBe:
    def test_names_the_port_that_is_taken(self, tmp_path: Path) -> None:
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            port = taken.getsockname()[1]

            code, said = refusal(RunningStack(tmp_path / "data", PORT=str(port)))

        assert (code, len(said)) == (1, 1)
        assert f"Port {port} of 127.0.0.1 is taken" in said[0]

    def test_names_the_directory_that_cannot_be_written(self, tmp_path: Path) -> None:
        (tmp_path / "file").touch()

        code, said = refusal(RunningStack(tmp_path / "file" / "data"))

        assert (code, len(said)) == (1, 1)
        assert f"{tmp_path / 'file' / 'data'} cannot be written" in said[0]

    def test_names_the_disk_that_is_full(self, tmp_path: Path) -> None:
        """On a disk of its own: eight megabytes, in a mount that no other process sees."""
        stack = RunningStack(tmp_path / "data")
        mounted = f"mount -t tmpfs -o size=8m none {tmp_path} && exec {sys.executable} -m {RUN}"
        alone = ["unshare", "--user", "--map-root-user", "--mount", "sh", "-c"]
        if subprocess.run([*alone, f"mount -t tmpfs none {tmp_path}"], check=False).returncode:
            pytest.skip("this machine lets nobody mount a disk of his own")

        start = subprocess.run(
            [*alone, mounted],
            cwd=ROOT,
            env={**os.environ, **stack.environment()},
            capture_output=True,
            text=True,
            timeout=MINUTE,
            check=False,
        )

        assert start.returncode == 1
        assert start.stdout == ""
        assert len(start.stderr.splitlines()) == 1
        assert f"The disk of {tmp_path / 'data'} is nearly full: 8 MB free" in start.stderr

    def test_names_the_model_that_is_missing(self, tmp_path: Path) -> None:
        missing = str(tmp_path / "no-model")

        code, said = refusal(RunningStack(tmp_path / "data", WHISPER_MODEL=missing))

        assert code == 1
        assert f"WHISPER_MODEL names the directory {missing}, which does not exist." in said

    def test_names_the_database_that_does_not_answer(self, tmp_path: Path) -> None:
        with socket.socket() as closed:
            closed.bind(("127.0.0.1", 0))
            url = f"postgresql://nobody@127.0.0.1:{closed.getsockname()[1]}/none"

            code, said = refusal(RunningStack(tmp_path / "data", DATABASE_URL=url))

        assert code == 1
        assert any("The database of DATABASE_URL does not answer" in line for line in said)

    def test_names_the_setting_that_is_wrong(self, tmp_path: Path) -> None:
        code, said = refusal(RunningStack(tmp_path / "data", LEASE_SECONDS="soon"))

        assert code == 1
        assert "A setting is wrong: LEASE_SECONDS='soon': expected a number." in said


class TestMakeDemo:
    def test_prints_the_report_that_a_candidate_would_get(self, stack: RunningStack) -> None:
        demo = subprocess.run(
            [sys.executable, "-m", "interview_platform.stack.demo"],
            cwd=ROOT,
            env={**stack.environment(), "PATH": "/usr/bin:/bin", "COLUMNS": "200"},
            capture_output=True,
            text=True,
            timeout=5 * MINUTE,
            check=False,
        )

        assert demo.returncode == 0, demo.stdout + demo.stderr
        assert "9/9 Look at the dashboard" in demo.stdout
        assert "shipped on Friday" in demo.stdout
        assert "Next steps" in demo.stdout

    def test_stops_with_a_sentence_where_nobody_answers(self, tmp_path: Path) -> None:
        stack = RunningStack(tmp_path / "data", URL="http://127.0.0.1:9")

        demo = subprocess.run(
            [sys.executable, "-m", "interview_platform.stack.demo"],
            cwd=ROOT,
            env={**stack.environment(), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            timeout=MINUTE,
            check=False,
        )

        assert demo.returncode == 1
        assert len(demo.stderr.strip().splitlines()) == 1
        assert demo.stderr.startswith("Step 1, Register, failed:")
