"""An operator starts the platform, breaks it, and stops it."""

import json
import os
import socket
import stat
import subprocess
import sys
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


class TestMakeRun:
    def test_starts_everything_and_ctrl_c_leaves_nothing(
        self, own_stack: RunningStack, capsys: pytest.CaptureFixture[str]
    ) -> None:
        own_stack.start()
        first = own_stack.seconds_to_ready
        everything = own_stack.processes()
        home = httpx.get(f"{own_stack.url}/health/ready")

        assert home.status_code == 200
        assert f"{own_stack.url}/docs" in own_stack.output()
        assert f"{own_stack.url}/admin/" in own_stack.output()
        assert own_stack.interrupt() == 0
        assert not [process for process in everything if process.is_running()]
        assert not (own_stack.data_dir / "stack.json").exists()

        own_stack.start()
        second = own_stack.seconds_to_ready
        with capsys.disabled():
            print(f"\nfirst start {first:.1f} s, second start {second:.1f} s")  # noqa: T201 - reported, never held: machines are noisy

        assert own_stack.is_ready()

    def test_keeps_secrets_from_others_and_through_a_start(self, own_stack: RunningStack) -> None:
        own_stack.start()
        path = own_stack.data_dir / "secrets.json"
        before = path.read_text("utf-8")
        modes = [stat.S_IMODE(place.stat().st_mode) for place in (path, own_stack.data_dir)]
        own_stack.interrupt()
        own_stack.start()

        assert modes == [0o600, 0o700]
        assert path.read_text("utf-8") == before
        assert len(set(json.loads(before).values())) == 3
        assert not [
            secret
            for secret in json.loads(before).values()
            for process in own_stack.processes()
            if any(secret in part for part in process.cmdline())
        ]

    def test_starts_again_what_was_killed(self, own_stack: RunningStack) -> None:
        own_stack.start()
        parts = ("gunicorn", "valkey-server", "gpu-")
        killed = [process for part in parts for process in own_stack.named(part)]

        for process in killed:
            process.kill()
        wait_until(lambda: own_stack.output().count("starting it anew") == len(killed))
        wait_until(own_stack.is_ready)

        assert len(killed) == 3
        assert not [process for process in killed if process.is_running()]

    def test_leaves_nothing_when_it_is_killed_itself(self, own_stack: RunningStack) -> None:
        own_stack.start()
        children = own_stack.processes()[1:]

        own_stack.kill()

        assert psutil.wait_procs(children, timeout=MINUTE)[1] == []


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
