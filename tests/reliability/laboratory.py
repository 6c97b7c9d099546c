"""A running stack to experiment with: rows to look at, and processes to hold and to hurt."""

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from typing import Any, Final
from urllib.parse import urlsplit

import psutil
from django.db import DatabaseError, connections
from django.db.models import QuerySet

from interview_platform.stack.processes import Part
from interview_platform.stack.readiness import is_ready
from pipeline.models import Lease, PipelineRun, StageRun
from tests.chaos.stack import ChaosStack
from tests.reliability.people import Answer, Person, at_once
from tests.waiting import wait_until

ROWS: Final = "stack"  # our name for the stack's database
PATIENCE: Final = 60.0
HOLDS_TIMES: Final = os.environ.get("HOLD_TIMES") == "yes"  # for a machine that does nothing else


def in_time(seconds: float, goal: float) -> bool:
    """Tell whether it was quick enough; any time is, where times are only reported."""
    return seconds <= goal or not HOLDS_TIMES


@dataclass(slots=True)
class Laboratory:
    """The stack, and what can be done to it and seen of it."""

    stack: ChaosStack
    _people: list[Person] = field(default_factory=list)

    def person(self, *, questions: int = 1) -> Person:
        """Return somebody new, who has questions to answer."""
        person = Person(self.stack.config.url, questions)
        self._people.append(person)
        return person

    def people(self, count: int) -> list[Person]:
        """Return several, each with a question."""
        return at_once([self.person] * count)

    def wait(self, condition: Callable[[], object], *, seconds: float = PATIENCE) -> None:
        """Wait as a supervisor does: what has died is started anew meanwhile."""

        def look() -> object:
            self.stack.look_after()
            with suppress(DatabaseError):
                return condition()
            connections[ROWS].close()
            return None

        wait_until(look, seconds=seconds)

    def settle(self) -> None:
        """Send everybody home; return when everything runs, answers, and has nothing to do."""
        while self._people:
            self._people.pop().http.close()
        self.stack.broker.ensure_running()
        self.wait(lambda: is_ready(self.stack.config))
        self.wait(lambda: not self.unfinished())

    def unfinished(self) -> int:
        """Return how many runs are in work."""
        return runs().filter(state__in=PipelineRun.UNFINISHED).count()

    def run_of(self, answer: Answer) -> PipelineRun:
        """Return the run of the latest recording."""
        return runs().filter(question__uuid=answer.question).latest("attempt")

    def is_through(self, answer: Answer) -> bool:
        """Tell whether the latest recording has all its results."""
        return self.run_of(answer).state == PipelineRun.State.COMPLETED

    def has_ended(self, answer: Answer) -> bool:
        """Tell whether nothing more will become of the latest recording."""
        return self.run_of(answer).state not in PipelineRun.UNFINISHED

    def outcomes(self, answer: Answer, stage: str = "") -> list[str]:
        """Return how each try at the latest recording ended, at one stage or at all of them."""
        tries = StageRun.objects.using(ROWS).filter(run=self.run_of(answer)).order_by("pk")
        if stage:
            tries = tries.filter(stage=stage)
        return list(tries.values_list("outcome", flat=True))

    def executions(self, answer: Answer) -> int:
        """Return how often the recording was worked on by the recogniser, whatever came of it."""
        return self.stack.executions.read_text("ascii").split().count(str(answer.number))

    def leader(self) -> str:
        """Return who leads the reconcilers."""
        return Lease.objects.using(ROWS).get(name="reconciler").holder

    def worker_of(self, answer: Answer) -> Part:
        """Return the worker that is at the latest recording."""
        [name] = (
            StageRun.objects.using(ROWS)
            .filter(run=self.run_of(answer), outcome=StageRun.Outcome.RUNNING)
            .values_list("worker", flat=True)
        )
        return next(part for part in self.stack.workers if name in part.command)

    def connected_workers(self) -> int:
        """Return how many workers wait at the broker for messages."""
        with self.stack.broker.client() as client:
            return sum(int(row["cmd"] == "brpop") for row in client.client_list())

    def messages(self) -> int:
        """Return how many messages lie in the broker, taken or not."""
        with self.stack.broker.client() as client:
            waiting = sum(client.llen(f"interview:{queue}") for queue in ("gpu", "cpu"))
            return int(waiting + client.hlen("interview:unacked"))

    def losses(self) -> int:
        """Return how often any worker has noticed that its broker was gone."""
        logs = (worker.log.read_text("utf-8", "replace") for worker in self.stack.workers)
        return sum(log.count("Connection to broker lost") for log in logs)

    @contextmanager
    def holding(self, place: str) -> Iterator["Hold"]:
        """Hold every process that comes to the place, until the end of the block or of the hold."""
        hold = Hold(self, place)
        (self.stack.holds / place).touch()
        try:
            yield hold
        finally:
            hold.let_go()
            for path in self.stack.holds.glob(f"{place}.*"):
                path.unlink()


@dataclass(frozen=True, slots=True)
class Stopwatch:
    """Begins to run when it is made."""

    begun: float = field(default_factory=time.monotonic)

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return time.monotonic() - self.begun


@dataclass(slots=True)
class Hold:
    """A place where processes stand still."""

    laboratory: Laboratory
    place: str

    def wait_for(self, count: int = 1) -> list[psutil.Process]:
        """Return the processes that are held, once there are so many."""
        self.laboratory.wait(lambda: len(self.pids()) >= count)
        return [psutil.Process(pid) for pid in self.pids()]

    def pids(self) -> list[int]:
        """Return who is held."""
        found = self.laboratory.stack.holds.glob(f"{self.place}.*")
        return [int(path.suffix[1:]) for path in found if psutil.pid_exists(int(path.suffix[1:]))]

    def let_go(self) -> None:
        """Let everybody pass from now on."""
        (self.laboratory.stack.holds / self.place).unlink(missing_ok=True)


def runs() -> "QuerySet[PipelineRun]":
    """Return the stack's runs."""
    return PipelineRun.objects.using(ROWS)


def open_rows(stack: ChaosStack) -> None:
    """Make the stack's database known under our name for it."""
    own: dict[str, Any] = dict(connections.settings["default"])
    if stack.postgres:
        address = urlsplit(stack.postgres.url)
        own |= {"NAME": address.path[1:], "HOST": address.hostname, "PORT": address.port}
        own |= {"USER": address.username, "PASSWORD": ""}
    else:
        own["NAME"] = str(stack.directory / "db.sqlite3")
    connections.settings[ROWS] = own


def close_rows() -> None:
    """Forget the stack's database."""
    connections[ROWS].close()
    del connections[ROWS]
    del connections.settings[ROWS]
