"""An operator replaces embedded parts by addresses, and starts parts one by one."""

import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from interview_platform.stack.broker import free_port
from tests.candidate import Candidate
from tests.environment import ROOT
from tests.private_broker import PrivateBroker
from tests.recordings import sample
from tests.running_stack import RunningStack
from tests.waiting import wait_until

pytestmark = pytest.mark.journey

STOP_SECONDS = 60


@contextmanager
def part(stack: RunningStack, *arguments: str) -> Iterator["subprocess.Popen[bytes]"]:
    """Start one part as `make api` and `make worker` do, on the data of the stack."""
    process = subprocess.Popen(
        [sys.executable, "-m", "interview_platform.stack.part", *arguments],
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", **stack.environment()},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGTERM)
        process.wait(timeout=STOP_SECONDS)


class TestAddresses:
    def test_replace_broker_storage_and_model(
        self,
        stack: RunningStack,
        stack_database: Callable[[str], str],
        broker: PrivateBroker,
        tmp_path: Path,
    ) -> None:
        recordings = tmp_path / "recordings"
        other = RunningStack(
            tmp_path / "data",
            DATABASE_URL=stack_database("addresses"),
            BROKER_URL=broker.url,
            STORAGE_URL=f"file://{recordings}",
            WHISPER_MODEL=str(stack.data_dir / "models" / "whisper-base"),
            METRICS_TOKEN="scrape-me-please",
        )
        try:
            other.start()
            with Candidate(other.url) as candidate:
                candidate.register()
                candidate.create_session()
                candidate.generate_questions()
                question = candidate.data("generate_questions")["questions"][0]["id"]
                candidate.upload(question, sample("weak_answer.ogg"))
                candidate.transcribe(question)

                assert candidate.data("transcribe")["transcript"]
                assert candidate.http.get("/metrics").status_code == 401
            assert other.named("valkey-server") == []
            assert not (tmp_path / "data" / "broker").exists()
            assert not list((tmp_path / "data" / "models").glob("**/*.bin"))
            assert [path.suffix for path in recordings.rglob("*") if path.is_file()] == [".ogg"]
        finally:
            other.stop()


class TestPartsApart:
    def test_serve_beside_a_stack_and_go_when_told(self, stack: RunningStack) -> None:
        apart = RunningStack(
            stack.data_dir, PORT=str(free_port()), DATABASE_URL=stack.environment()["DATABASE_URL"]
        )

        with part(apart, "api") as api, part(apart, "worker", "cpu") as worker:
            wait_until(apart.is_ready)
            wait_until(lambda: live_workers(apart, "cpu") == 2)

        wait_until(lambda: live_workers(stack, "cpu") == 1)
        assert api.returncode == 0
        assert worker.returncode == 0


def live_workers(stack: RunningStack, queue: str) -> float:
    """Return how many workers of the queue the metrics tell of."""
    with Candidate(stack.url) as reader:
        lines = reader.http.get("/metrics").text.splitlines()
    (line,) = [line for line in lines if line.startswith(f'interview_workers{{queue="{queue}"}}')]
    return float(line.split()[-1])
