"""
A headless Chromium, spoken to over its own debugging pipe: JSON messages that end with a NUL, on two file descriptors.

No driver and no websocket library are needed for that, and nothing listens on a port.
"""

import fcntl
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

from tests.browser.page import SECONDS, BrowserTrouble, Page

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FREE_DESCRIPTOR: Final = 10  # above those that the launcher moves the pipes to
LAUNCHER: Final = (
    "import os, sys; r, w = int(sys.argv[1]), int(sys.argv[2]); os.dup2(r, 3); os.dup2(w, 4); "
    "os.execvp(sys.argv[3], sys.argv[3:])"
)
FLAGS: Final = (
    "--headless=new",
    "--no-sandbox",  # the tests may run as root, in a container
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-default-apps",
    "--disable-extensions",
    "--disable-sync",
    "--no-first-run",
    "--no-default-browser-check",
    "--mute-audio",
    "--autoplay-policy=no-user-gesture-required",
    "--force-color-profile=srgb",
    "--hide-scrollbars",
    "--lang=en",
    "--remote-debugging-pipe",
    "about:blank",
)


def find_chromium() -> str | None:
    """Return the path of a Chromium on this machine; None without one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


class Chromium:
    """One browser process. `microphone` is a WAV file that it hears, or None for none at all."""

    def __init__(self, *, microphone: Path | None = None, ask: bool = False) -> None:
        program = find_chromium()
        if program is None:
            raise BrowserTrouble("there is no Chromium on this machine")
        self._profile = tempfile.TemporaryDirectory(
            prefix="interview-browser-", ignore_cleanup_errors=True
        )
        flags = [*FLAGS[:-1], f"--user-data-dir={self._profile.name}"]
        if microphone is not None:
            flags += [
                "--use-fake-device-for-media-stream",
                f"--use-file-for-fake-audio-capture={microphone}",
            ]
            flags += [] if ask else ["--use-fake-ui-for-media-stream"]
        self._numbers = itertools.count(1)
        self._answers: dict[int, dict[str, Any]] = {}
        self._events: list[dict[str, Any]] = []
        self._news = threading.Condition()
        self._launch([program, *flags, FLAGS[-1]])

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def call(
        self, method: str, parameters: Mapping[str, Any] | None = None, *, session: str = ""
    ) -> dict[str, Any]:
        """Send a command; return its result."""
        number = next(self._numbers)
        message: dict[str, Any] = {"id": number, "method": method, "params": parameters or {}}
        if session:
            message["sessionId"] = session
        os.write(self._to, json.dumps(message).encode() + b"\0")
        with self._news:
            if not self._news.wait_for(lambda: number in self._answers, SECONDS):
                raise BrowserTrouble(f"no answer to {method}")
            answer = self._answers.pop(number)
        if "error" in answer:
            raise BrowserTrouble(f"{method}: {answer['error']['message']}")
        result: dict[str, Any] = answer["result"]
        return result

    def events(self, session: str, *methods: str) -> list[dict[str, Any]]:
        """Return what has happened in a page so far, as far as it is one of these."""
        with self._news:
            return [
                event["params"]
                for event in self._events
                if event.get("sessionId") == session and event["method"] in methods
            ]

    def wait_for_event(self, session: str, method: str, *, after: int) -> dict[str, Any]:
        """Return the event of this kind that follows on the first `after` ones."""
        with self._news:  # its lock can be taken again by the thread that holds it
            if not self._news.wait_for(lambda: len(self.events(session, method)) > after, SECONDS):
                raise BrowserTrouble(f"there was no {method}")
            return self.events(session, method)[after]

    def new_page(self, **options: Any) -> Page:
        """Open a window of its own: no cookie and no storage is shared with another one."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        return self.page_in(context, **options)

    def page_in(self, context: str, **options: Any) -> Page:
        """Open another tab of a window."""
        made = self.call("Target.createTarget", {"url": "about:blank", "browserContextId": context})
        attached = self.call(
            "Target.attachToTarget", {"targetId": made["targetId"], "flatten": True}
        )
        return Page(
            self, target=made["targetId"], session=attached["sessionId"], context=context, **options
        )

    def close(self) -> None:
        """End the browser."""
        self._process.kill()
        self._process.wait()
        os.close(self._to)
        self._reader.join()
        self._profile.cleanup()

    def _launch(self, command: list[str]) -> None:
        its_input, self._to = _pipe()
        self._from, its_output = _pipe()
        self._process = subprocess.Popen(
            [sys.executable, "-c", LAUNCHER, str(its_input), str(its_output), *command],
            pass_fds=(its_input, its_output),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        os.close(its_input)
        os.close(its_output)
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        with os.fdopen(self._from, "rb") as pipe:
            rest = b""
            while block := pipe.read1(1_048_576):
                *messages, rest = (rest + block).split(b"\0")
                for message in messages:
                    self._take(json.loads(message))

    def _take(self, message: dict[str, Any]) -> None:
        with self._news:
            if "id" in message:
                self._answers[message["id"]] = message
            else:
                self._events.append(message)
            self._news.notify_all()


def _pipe() -> tuple[int, int]:
    """Return the ends of a pipe, both out of the launcher's way."""
    ends = os.pipe()
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, FREE_DESCRIPTOR) for end in ends]
    for end in ends:
        os.close(end)
    return moved[0], moved[1]
