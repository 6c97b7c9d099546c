"""A private stack whose every part can be hurt: broker, database, API and workers, each a process of ours."""

import os
import signal
import subprocess
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final
from urllib.parse import urlsplit

import psutil

from interview_platform.stack import parts
from interview_platform.stack.broker import free_port
from interview_platform.stack.config import StackConfig
from interview_platform.stack.processes import Part, stop
from tests.databases import PostgresServer
from tests.environment import isolated
from tests.private_broker import PrivateBroker
from tests.silent_proxy import SilentProxy

# The test profile of the reliability design: everything that waits in production waits less here.
PROFILE: Final = {
    "LEASE_SECONDS": "6",
    "HEARTBEAT_SECONDS": "2",
    "RECONCILE_SECONDS": "1",
    "REPUBLISH_SECONDS": "8",
    "REPUBLISH_MAX_SECONDS": "30",
    "RETRY_BASE_SECONDS": "1",
    "RETRY_MAX_SECONDS": "5",
    "SOFT_SHUTDOWN_SECONDS": "3",
    "QUOTA_UPLOADS": "0",
    "QUOTA_BYTES": "0",
    "QUOTA_AUDIO_SECONDS": "0",
    "QUOTA_RUNS": "0",
    "QUOTA_QUESTIONS": "0",
    "THROTTLE_REGISTER": "100000/h",
    "THROTTLE_UPLOAD": "100000/h",
    "THROTTLE_USER": "100000/m",
    "LOG_LEVEL": "INFO",
    "WORKER_PRELOAD": "no",  # the stand-ins have nothing to load
}
WORKERS: Final = ("gpu", "gpu", "cpu")  # two that transcribe, one that judges
GPU_PROCESSES: Final = 3
CPU_PROCESSES: Final = 2
STOP_SECONDS: Final = 20.0
DISK_MEGABYTES: Final = 16
WEB_APP: Final = "tests.chaos.web_app:application"


@dataclass(slots=True)
class ChaosStack:
    """The running parts."""

    directory: Path
    database: str  # sqlite | postgres
    stage_seconds: float
    real_speech: bool = False
    stand_in_judge: bool = (
        False  # where judging is not what is tested: its models take long to load
    )
    postgres: PostgresServer | None = None
    proxy: SilentProxy | None = None  # between the workers and PostgreSQL
    broker: PrivateBroker = field(init=False)
    config: StackConfig = field(init=False)
    api: Part = field(init=False)
    workers: list[Part] = field(init=False, default_factory=list)
    has_small_disk: bool = field(init=False, default=False)

    def start(self) -> None:
        """Start everything."""
        url = f"redis://:chaos@127.0.0.1:{free_port()}/0"
        (self.directory / "broker").mkdir()
        self.broker = PrivateBroker(url=url, directory=self.directory / "broker")
        self.broker.ensure_running()
        self.config = StackConfig(
            data_dir=self.directory,
            host="127.0.0.1",
            port=free_port(),
            broker_url=url,
            database_url=self._start_database(),
            gpu_concurrency=GPU_PROCESSES,
            cpu_concurrency=CPU_PROCESSES,
        )
        self.config.logs.mkdir()
        self.holds.mkdir()
        self.has_small_disk = self._mount_small_disk()
        self._prepare()
        self.api = self._in_here(parts.api(self.config))
        at = self.api.command.index("interview_platform.asgi:application")
        self.api.command = [*self.api.command[:at], WEB_APP, *self.api.command[at + 1 :]]
        self.workers = [self._worker(number, queue) for number, queue in enumerate(WORKERS)]
        for part in self.parts:
            part.start()

    @property
    def parts(self) -> list[Part]:
        """The processes that are started anew when they die."""
        return [self.api, *self.workers]

    @property
    def executions(self) -> Path:
        """Where the stand-in writes down what it worked on."""
        return self.directory / "executions"

    @property
    def holds(self) -> Path:
        """Where `tests.chaos.holds` looks for what is to be held."""
        return self.directory / "holds"

    @property
    def disk(self) -> Path:
        """Where the recordings lie."""
        return self.directory / "uploads"

    def look_after(self) -> None:
        """Start anew what has died; a supervisor that loses patience is not what is tested here."""
        for part in self.parts:
            part.deaths = 0
            part.look_after()

    def children(self, part: Part) -> list[psutil.Process]:
        """Return the processes that a worker's main process has made."""
        with suppress(psutil.NoSuchProcess):
            if part.pid:
                return list(psutil.Process(part.pid).children())
        return []

    def leader(self, holder: str) -> Part | None:
        """Return the worker whose main process holds the reconciler's lease."""
        return next((part for part in self.workers if holder.endswith(f"-{part.pid}")), None)

    def stop(self) -> None:
        """Stop everything."""
        for part in self.parts:
            for child in self.children(part):
                with suppress(psutil.NoSuchProcess):
                    child.send_signal(signal.SIGCONT)
        stop(self.parts, seconds=STOP_SECONDS, impatient=lambda: False)
        self.broker.stop()
        if self.has_small_disk:
            subprocess.run(["umount", self.disk], check=True)
        if self.proxy:
            self.proxy.stop()
        if self.postgres:
            self.postgres.stop()

    def _mount_small_disk(self) -> bool:
        """Give the recordings a file system that can be filled, where we may."""
        self.disk.mkdir(mode=0o700)
        size = f"size={DISK_MEGABYTES}m"
        mount = ["mount", "-t", "tmpfs", "-o", f"{size},mode=700", "tmpfs", str(self.disk)]
        return subprocess.run(mount, capture_output=True, check=False).returncode == 0

    def _start_database(self) -> str:
        if self.database == "sqlite":
            return ""
        self.postgres = PostgresServer()
        self.postgres.start()
        self.proxy = SilentProxy(target=urlsplit(self.postgres.url).port or 0)
        self.proxy.start()
        return self.postgres.url

    @property
    def environment(self) -> dict[str, str]:
        """The variables that the parts run with; a process that takes them sees the stack's rows."""
        return isolated(
            **PROFILE,
            DJANGO_SETTINGS_MODULE="interview_platform.settings",
            DATA_DIR=str(self.directory),
            DATABASE_URL=self.config.database_url,
            BROKER_URL=self.config.broker_url,
            SECRET_KEY="a-key-of-the-chaos-that-signs-nothing-of-worth-0123456789",
            JWT_SIGNING_KEY="another-key-of-the-chaos-for-its-own-tokens-9876543210",
            CHAOS_EXECUTIONS=str(self.executions),
            CHAOS_STAGE_SECONDS=str(self.stage_seconds),
            CHAOS_HOLDS=str(self.holds),
            CHAOS_STAND_IN_JUDGE="1" if self.stand_in_judge else "",
        )

    def _in_here(self, part: Part) -> Part:
        """Give the part the stack's environment."""
        part.environment = {**self.environment, **part.environment}
        return part

    def _prepare(self) -> None:
        preparation = self._in_here(parts.preparation(self.config))
        preparation.start()
        while preparation.exit_code is None:
            os.waitid(os.P_PID, preparation.pid or 0, os.WEXITED | os.WNOWAIT)
        assert preparation.exit_code == 0, preparation.last_line()

    def _worker(self, number: int, queue: str) -> Part:
        made = parts.gpu_worker(self.config) if queue == "gpu" else parts.cpu_worker(self.config)
        app = "celery_app" if self.real_speech else "tests.chaos.worker_app"
        command = [app if word == "celery_app" else word for word in made.command]
        at = command.index("--hostname") + 1
        command[at] = f"{queue}-{number}@chaos"
        return self._in_here(
            Part(
                name=f"worker {number} ({queue})",
                command=command,
                log=self.config.logs / f"worker-{number}.log",
                environment={**made.environment, **self._way_to_database()},
            )
        )

    def _way_to_database(self) -> dict[str, str]:
        """Return the workers' address of the database: PostgreSQL is behind the proxy."""
        if not (self.postgres and self.proxy):
            return {}
        address = urlsplit(self.postgres.url)
        return {
            "DATABASE_URL": address._replace(
                netloc=f"{address.username}@{address.hostname}:{self.proxy.port}"
            ).geturl()
        }


@contextmanager
def chaos_stack(
    *, database: str, stage_seconds: float, real_speech: bool = False, stand_in_judge: bool = False
) -> Iterator[ChaosStack]:
    """Give a running stack in a directory of its own, that goes with it."""
    with tempfile.TemporaryDirectory(prefix="interview-chaos-") as directory:
        stack = ChaosStack(Path(directory), database, stage_seconds, real_speech, stand_in_judge)
        try:
            stack.start()
            yield stack
        finally:
            stack.stop()


def signal_all(processes: Sequence[psutil.Process], number: int) -> None:
    """Send a signal to those that still live."""
    for process in processes:
        with suppress(psutil.NoSuchProcess):
            process.send_signal(number)
