"""The commands that the parts of a stack are started with."""

import re

import pytest

from interview_platform.stack.config import read_config
from interview_platform.stack.parts import api, cpu_worker, gpu_worker, worker

LONGEST_OF_PROXIES = 60  # seconds: nginx and the clouds' load balancers, as they come


class TestTheApi:
    def test_keeps_an_idle_connection_longer_than_whoever_may_use_it_again(self) -> None:
        command = " ".join(api(read_config()).command)

        found = re.search(r"--timeout-keep-alive=(\d+)", command)
        assert found is not None
        assert int(found[1]) > LONGEST_OF_PROXIES


class TestAWorker:
    def test_sends_no_events_that_would_hold_up_its_end_when_the_broker_is_gone(self) -> None:
        assert "--without-heartbeat" in cpu_worker(read_config()).command

    @pytest.mark.parametrize("queues", ["gpu", "cpu,gpu"])
    def test_that_recognises_keeps_the_memory_of_one_window_for_the_next(self, queues: str) -> None:
        part = worker(read_config(), name="one", queues=queues, options=())

        assert part.environment["MALLOC_ARENA_MAX"] == "1"
        assert int(part.environment["MALLOC_TRIM_THRESHOLD_"]) > 600_000_000

    def test_that_judges_gives_memory_back(self) -> None:
        assert "MALLOC_TRIM_THRESHOLD_" not in cpu_worker(read_config()).environment

    def test_has_processes_that_can_be_stopped(self) -> None:
        command = gpu_worker(read_config()).command

        assert command[command.index("--pool") + 1] == "prefork"
