"""The commands that the parts of a stack are started with."""

import re

from interview_platform.stack.config import read_config
from interview_platform.stack.parts import api, cpu_worker

LONGEST_OF_PROXIES = 60  # seconds: nginx and the clouds' load balancers, as they come


class TestTheApi:
    def test_keeps_an_idle_connection_longer_than_whoever_may_use_it_again(self) -> None:
        command = " ".join(api(read_config()).command)

        found = re.search(r"--keep-alive=(\d+)", command)
        assert found is not None
        assert int(found[1]) > LONGEST_OF_PROXIES


class TestAWorker:
    def test_sends_no_events_that_would_hold_up_its_end_when_the_broker_is_gone(self) -> None:
        assert "--without-heartbeat" in cpu_worker(read_config()).command
