"""A private stack of real parts for a measurement: PostgreSQL that keeps its word, Valkey, the API, and workers as asked for."""

import json
import os
import secrets
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from interview_platform.stack import parts
from interview_platform.stack.broker import free_port
from interview_platform.stack.config import StackConfig
from interview_platform.stack.processes import Part, stop
from tests.databases import PostgresServer
from tests.environment import ROOT, isolated
from tests.private_broker import PrivateBroker

STOP_SECONDS: Final = 20.0
GENEROUS: Final = {  # nobody is to be held back but by the machine
    **{f"QUOTA_{name}": "0" for name in ("UPLOADS", "BYTES", "AUDIO_SECONDS", "RUNS", "QUESTIONS")},
    **{f"THROTTLE_{name}": "1000000/m" for name in ("REGISTER", "UPLOAD", "USER", "LOGIN")},
}


@dataclass(frozen=True, slots=True)
class Workers:
    """Some workers of one kind."""

    queues: str
    processes: int = 1  # of each
    count: int = 1


@dataclass(slots=True)
class PrivateStack:
    """The running parts, and how a program is run among them."""

    directory: Path
    waits: Mapping[str, float] | None = None  # seconds for each stage, of a stand-in; None = real
    workers: Sequence[Workers] = ()
    has_api: bool = False
    environment: dict[str, str] = field(init=False)
    config: StackConfig = field(init=False)
    running: list[Part] = field(init=False, default_factory=list)

    @property
    def gate(self) -> Path:
        """While it is there, stand-ins do not begin."""
        return self.directory / "gate"

    @property
    def url(self) -> str:
        """Where the API answers."""
        return self.config.url

    def start(self, *, database_url: str, broker_url: str) -> None:
        """Make the tables and start what was asked for."""
        self.config = StackConfig(
            data_dir=self.directory,
            host="127.0.0.1",
            port=free_port(),
            broker_url=broker_url,
            database_url=database_url,
            gpu_concurrency=1,
            cpu_concurrency=1,
        )
        self.environment = isolated(
            **GENEROUS,
            DJANGO_SETTINGS_MODULE="interview_platform.settings",
            DATA_DIR=str(self.directory),
            DATABASE_URL=database_url,
            BROKER_URL=broker_url,
            SECRET_KEY=secrets.token_urlsafe(48),
            JWT_SIGNING_KEY=secrets.token_urlsafe(48),
            BENCH_WAITS=json.dumps(self.waits or {}),
            BENCH_GATE=str(self.gate),
            WORKER_PRELOAD="no" if self.waits is not None else "yes",
            PYTHONPATH=str(ROOT),
        )
        for name in ("logs", "static", "uploads"):
            (self.directory / name).mkdir(mode=0o700)
        preparation = self._in_here(parts.preparation(self.config))
        preparation.start()
        while preparation.exit_code is None:
            os.waitid(os.P_PID, preparation.pid or 0, os.WEXITED | os.WNOWAIT)
        if preparation.exit_code:
            raise RuntimeError(preparation.last_line())
        if self.has_api:
            self.running.append(self._in_here(parts.api(self.config)))
        self.running += [self._worker(kind, n) for kind in self.workers for n in range(kind.count)]
        for part in self.running:
            part.start()

    def add(self, kind: Workers) -> None:
        """Start more workers."""
        for number in range(kind.count):
            part = self._worker(kind, 100 + number)
            part.start()
            self.running.append(part)

    def start_beside(self, app: str, *, options: Mapping[str, str]) -> tuple[Part, str]:
        """Start another application under the API's own server, but for these options; return it and its address."""
        port = free_port()
        made = parts.api(replace(self.config, port=port))
        own = {"host": "127.0.0.1", "port": str(port), **options}
        command = [app if word.endswith("asgi:application") else word for word in made.command]
        kept = [word for word in command if word.split("=")[0].removeprefix("--") not in own]
        made.command = [*kept, *(f"--{name}={value}" for name, value in own.items())]
        made.log = self.config.logs / f"beside-{port}.log"
        part = self._in_here(made)
        part.start()
        self.running.append(part)
        return part, f"http://127.0.0.1:{port}"

    def ask(self, order: Mapping[str, Any]) -> dict[str, Any]:
        """Let `benchmarks.drive` carry an order out among the parts; return what it reports."""
        done = subprocess.run(
            [sys.executable, "-m", "benchmarks.drive"],
            input=json.dumps(order),
            env={**os.environ, **self.environment},
            cwd=ROOT,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise RuntimeError(done.stderr[-2000:])
        report: dict[str, Any] = json.loads(done.stdout.splitlines()[-1])
        return report

    def stop(self) -> None:
        """End the parts."""
        stop(self.running, seconds=STOP_SECONDS, impatient=lambda: False)

    def _worker(self, kind: Workers, number: int) -> Part:
        made = parts.worker(
            self.config,
            name=f"{kind.queues}-{number}",
            queues=kind.queues,
            options=(f"--concurrency={kind.processes}",),
        )
        if self.waits is not None:
            made.command = [
                "benchmarks.worker_app" if word == "celery_app" else word for word in made.command
            ]
        return self._in_here(made)

    def _in_here(self, part: Part) -> Part:
        part.environment = {**self.environment, **part.environment}
        return part


@contextmanager
def private_stack(
    *, workers: Sequence[Workers], waits: Mapping[str, float] | None = None, has_api: bool = False
) -> Iterator[PrivateStack]:
    """Give a running stack in a directory of its own, that goes with it."""
    with ExitStack() as on_exit:
        home = on_exit.enter_context(tempfile.TemporaryDirectory(prefix="interview-bench-"))
        directory = Path(home)
        (directory / "broker").mkdir()
        broker = PrivateBroker(
            url=f"redis://:bench@127.0.0.1:{free_port()}/0", directory=directory / "broker"
        )
        broker.ensure_running()
        on_exit.callback(broker.stop)
        database = PostgresServer(is_durable=True)
        database.start()
        on_exit.callback(database.stop)
        stack = PrivateStack(directory, waits, workers, has_api)
        on_exit.callback(stack.stop)
        stack.start(database_url=database.url, broker_url=broker.url)
        yield stack
