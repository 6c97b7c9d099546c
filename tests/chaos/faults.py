"""What is done to the stack while people upload."""

import random
import signal
import sqlite3
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

import psutil

from tests.chaos.stack import ChaosStack, signal_all

HANG_SECONDS: Final = 5.0
ZOMBIE_SECONDS: Final = 8.0  # longer than a lease
DISK_SECONDS: Final = 4.0


@dataclass(slots=True)
class Faults:
    """The schedule, and what was done of it."""

    stack: ChaosStack
    seed: int
    seconds: float
    rounds: int = 2
    done: list[tuple[float, str]] = field(default_factory=list)
    say: Callable[[str], None] = print
    _wait: threading.Event = field(default_factory=threading.Event)

    def run(self) -> None:
        """Do everything, evenly over the time."""
        chance = random.Random(self.seed)  # noqa: S311 - a schedule that can be had again
        schedule = list(self.kinds().items()) * self.rounds
        chance.shuffle(schedule)
        began = time.monotonic()
        step = self.seconds / max(1, len(schedule))
        for number, (name, do) in enumerate(schedule, start=1):
            self._rest(began + number * step - time.monotonic())
            note = do(chance) or ""
            self.done.append((time.monotonic() - began, name))
            self.say(f"{time.monotonic() - began:6.1f} s  {name} {note}")
        self._rest(began + self.seconds - time.monotonic())
        self.stack.broker.ensure_running()

    def kinds(self) -> dict[str, Callable[[random.Random], str | None]]:
        """Return every fault by its name."""
        return {
            "kill -9 a worker with its children": self._kill_worker,
            "kill -9 a child": self._kill_child,
            "stop a child for longer than its lease": self._stop_child,
            "terminate a worker": self._terminate_worker,
            "kill -9 the broker": self._kill_broker,
            "hang the broker": self._hang_broker,
            "flush the broker": self._flush_broker,
            "cut the broker's connections": self._cut_connections,
            "restart the database": self._hurt_database,
            "kill -9 the API": self._kill_api,
            "kill -9 the reconciler's leader": self._kill_leader,
            "fill the disk": self._fill_disk,
        }

    def _kill_worker(self, chance: random.Random) -> str:
        part = chance.choice(self.stack.workers)
        part.kill()
        return part.name

    def _kill_child(self, chance: random.Random) -> str:
        part = chance.choice(self.stack.workers)
        signal_all(self._one_child(part.name, chance), signal.SIGKILL)
        return part.name

    def _stop_child(self, chance: random.Random) -> str:
        part = chance.choice(self.stack.workers)
        stopped = self._one_child(part.name, chance)
        signal_all(stopped, signal.SIGSTOP)
        self._later(ZOMBIE_SECONDS, lambda: signal_all(stopped, signal.SIGCONT))
        return part.name

    def _terminate_worker(self, chance: random.Random) -> str:
        part = chance.choice(self.stack.workers)
        part.signal(signal.SIGTERM)
        return part.name

    def _kill_broker(self, _: random.Random) -> None:
        self.stack.broker.kill()
        self._rest(1.0)
        self.stack.broker.ensure_running()

    def _hang_broker(self, _: random.Random) -> None:
        self.stack.broker.hang()
        self._rest(HANG_SECONDS)
        self.stack.broker.resume()

    def _flush_broker(self, _: random.Random) -> None:
        self.stack.broker.empty()

    def _cut_connections(self, _: random.Random) -> None:
        with self.stack.broker.client() as client:
            client.execute_command("CLIENT", "KILL", "TYPE", "normal", "SKIPME", "yes")

    def _hurt_database(self, _: random.Random) -> str:
        if self.stack.postgres:
            self.stack.postgres.crash()
            self.stack.postgres.start()
            return "(immediately)"
        with sqlite3.connect(self.stack.directory / "db.sqlite3", timeout=20) as database:
            database.execute("BEGIN EXCLUSIVE")
            self._rest(2.0)
            database.rollback()
        return "(locked for 2 s)"

    def _kill_api(self, _: random.Random) -> None:
        self.stack.api.kill()

    def _kill_leader(self, chance: random.Random) -> str:
        from django.db import connection  # the stack's settings are known by now

        from pipeline.models import Lease

        connection.close()  # the database may have been restarted since it was opened
        holder = Lease.objects.filter(name="reconciler").values_list("holder", flat=True).first()
        part = self.stack.leader(holder or "") or chance.choice(self.stack.workers)
        part.kill()
        return part.name

    def _fill_disk(self, _: random.Random) -> str:
        if not self.stack.has_small_disk:
            return "(not done: a small file system cannot be mounted here)"
        filler = self.stack.disk / "filler"
        with suppress(OSError), filler.open("wb", buffering=0) as file:
            while True:
                file.write(bytes(65_536))
        self._later(DISK_SECONDS, filler.unlink)
        return f"(for {DISK_SECONDS:.0f} s)"

    def _one_child(self, name: str, chance: random.Random) -> list[psutil.Process]:
        part = next(part for part in self.stack.workers if part.name == name)
        children = self.stack.children(part)
        return [chance.choice(children)] if children else []

    def _later(self, seconds: float, do: Callable[[], None]) -> None:
        timer = threading.Timer(seconds, do)
        timer.daemon = True
        timer.start()

    def _rest(self, seconds: float) -> None:
        """Wait, and start anew meanwhile what has died."""
        until = time.monotonic() + seconds
        while time.monotonic() < until:
            self.stack.look_after()
            self._wait.wait(0.1)
