"""A real stack: `make run` on a private data directory, with its broker, web server and workers."""

import os
from collections.abc import Callable, Iterator

import pytest

from tests.candidate import Candidate
from tests.databases import create_database
from tests.recordings import sample
from tests.running_stack import RunningStack


@pytest.fixture(scope="session")
def stack_database() -> Callable[[str], str]:
    """Return the address of a new database for a stack; "" for SQLite in its data directory."""

    def make(name: str) -> str:
        server = os.environ["DATABASE_URL"]  # of the tests' own server, when they run on one
        return create_database(server, name) if server else ""

    return make


@pytest.fixture(scope="session")
def stack(
    tmp_path_factory: pytest.TempPathFactory, stack_database: Callable[[str], str]
) -> Iterator[RunningStack]:
    """The stack that the journeys share, ready."""
    running = RunningStack(
        tmp_path_factory.mktemp("stack"),
        DATABASE_URL=stack_database("stack"),
        THROTTLE_REGISTER="100000/h",  # all of the tests' people come from one address
        THROTTLE_USER="100000/m",
    )
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def waiting(stack: RunningStack) -> Iterator[Candidate]:
    """Somebody who asks the API to hold its answers, through with a first interview."""
    with Candidate(stack.url, waits=True) as candidate:
        candidate.go_through(sample("strong_answer.mp3"))
        yield candidate
