"""`make run`, as a test starts it and looks at it."""

import os
import signal
import subprocess
import sys
import threading
import time
from http import HTTPStatus
from pathlib import Path
from typing import IO

import httpx
import psutil

from interview_platform.stack.broker import free_port
from interview_platform.stack.processes import die_with
from tests.environment import ROOT, isolated

READY = "The interview platform is ready"
STOP_SECONDS = 60
WAIT_SECONDS = 240


class RunningStack:
    """One stack on a data directory and a port of its own."""

    def __init__(self, data_dir: Path, **environment: str) -> None:
        self.data_dir = data_dir
        self.port = int(environment.pop("PORT", "0")) or free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.seconds_to_ready = 0.0
        self._environment = environment
        self._process: subprocess.Popen[str] | None = None
        self._said = Transcript()

    def start(self) -> None:
        """Start the stack; return when it says that it is ready."""
        started = time.monotonic()
        process = self.launch()
        if not self._said.wait_for(READY):
            raise AssertionError(f"the stack ended with {process.wait()}: {self.output()}")
        self.seconds_to_ready = time.monotonic() - started

    def launch(self) -> "subprocess.Popen[str]":
        """Start the stack and do not wait."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "interview_platform.stack.run"],
            cwd=ROOT,
            env={**os.environ, **self.environment()},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            process_group=0,
            preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - it takes no lock
        )
        self._said = Transcript(self._process.stdout)
        return self._process

    def environment(self) -> dict[str, str]:
        """Return the variables that the stack runs with; they shut out those of the tests."""
        own = {"DATA_DIR": str(self.data_dir), "PORT": str(self.port), **self._environment}
        return isolated(DJANGO_SETTINGS_MODULE="interview_platform.settings", **own)

    def processes(self) -> list[psutil.Process]:
        """Return everything that runs for the stack, the supervisor first."""
        if self._process is None or self._process.poll() is not None:
            return []
        supervisor = psutil.Process(self._process.pid)
        return [supervisor, *supervisor.children(recursive=True)]

    def named(self, word: str) -> list[psutil.Process]:
        """Return the supervisor's own children whose command has the word in it."""
        return [
            child
            for child in psutil.Process(self.processes()[0].pid).children()
            if any(word in part for part in child.cmdline())
        ]

    def is_ready(self) -> bool:
        """Tell whether `/health/ready` is green."""
        try:
            return httpx.get(f"{self.url}/health/ready").status_code == HTTPStatus.OK
        except httpx.HTTPError:
            return False

    def interrupt(self) -> int:
        """Press Ctrl-C; return the exit code."""
        assert self._process is not None
        self._process.send_signal(signal.SIGINT)
        return self._process.wait(timeout=STOP_SECONDS)

    def kill(self) -> None:
        """End the supervisor as a crash does."""
        assert self._process is not None
        self._process.kill()
        self._process.wait()

    def stop(self) -> None:
        """Stop the stack, when it runs."""
        if self._process is not None and self._process.poll() is None:
            self.interrupt()

    def output(self) -> str:
        """Return what the stack has printed since its last start."""
        return self._said.text()

    def last_words(self) -> list[str]:
        """Return the lines that a stack printed which has ended, or is about to."""
        self._said.wait_for("")
        return self.output().splitlines()

    def log(self, name: str) -> str:
        """Return the log of one part."""
        return (self.data_dir / "logs" / f"{name}.log").read_text("utf-8")


class Transcript:
    """What a process prints, gathered while it prints."""

    def __init__(self, pipe: IO[str] | None = None) -> None:
        self._lines: list[str] = []
        self._more = threading.Condition()
        self._ended = pipe is None
        if pipe is not None:
            threading.Thread(target=self._gather, args=(pipe,), daemon=True).start()

    def text(self) -> str:
        """Return everything so far."""
        with self._more:
            return "".join(self._lines)

    def wait_for(self, words: str) -> bool:
        """Return whether the words were printed, as soon as that is known; "" waits for the end."""
        with self._more:
            self._more.wait_for(lambda: self._ended or (words and self._has(words)), WAIT_SECONDS)
            return self._has(words)

    def _has(self, words: str) -> bool:
        return any(words in line for line in self._lines)

    def _gather(self, pipe: IO[str]) -> None:
        with pipe:
            for line in pipe:
                with self._more:
                    self._lines.append(line)
                    self._more.notify_all()
        with self._more:
            self._ended = True
            self._more.notify_all()
