"""An S3 server of the tests' own: rclone, from a wheel, which keeps buckets as directories."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import Final

import httpx

from interview_platform.stack.broker import LOOPBACK, free_port
from interview_platform.stack.processes import die_with
from tests.waiting import wait_until

KEY: Final = "a-key-of-the-tests"
SECRET: Final = "a-secret-of-the-tests"
# How long a listing may be old: a test changes files behind the server. With 0 rclone forgets its listings without a pause,
# which takes a whole core, and now and then an answer, as long as it runs.
FRESH: Final = "1ms"


class ObjectServer:
    """A server on loopback; it goes with the process that started it."""

    def __init__(self, directory: Path) -> None:
        self._port = free_port()
        self._directory = directory
        self._process: subprocess.Popen[bytes] | None = None
        self._made = 0

    def start(self) -> None:
        """Start the server; return when it answers."""
        (self._directory / "buckets").mkdir()
        program = Path(sys.executable).with_name("rclone")
        command = [
            *(str(program), "serve", "s3", str(self._directory / "buckets")),
            *("--addr", f"{LOOPBACK}:{self._port}", "--auth-key", f"{KEY},{SECRET}"),
            *("--config", str(self._directory / "none"), "--cache-dir", str(self._directory)),
            *("--dir-cache-time", FRESH, "--vfs-cache-mode", "off", "--no-checksum"),
        ]
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - started between tests, before their threads
            )
        wait_until(self._answers)

    def make_bucket(self) -> tuple[str, Path]:
        """Return the address of a new, empty bucket, and the folder in which the server keeps its objects."""
        self._made += 1
        name = f"bucket-{self._made}"
        folder = self._directory / "buckets" / name
        folder.mkdir()
        return f"s3://{KEY}:{SECRET}@{LOOPBACK}:{self._port}/{name}?tls=no&presign=60", folder

    def stop(self) -> None:
        """End the server."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait()

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self._directory / "log").read_text("utf-8")
        try:
            return httpx.get(f"http://{LOOPBACK}:{self._port}/").status_code > 0
        except httpx.TransportError:
            return False
