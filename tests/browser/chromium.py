"""
A headless Chromium, spoken to over its own debugging pipe: JSON messages that end with a NUL, on two file descriptors.

No driver and no websocket library are needed for that, and nothing listens on a port.
"""

import base64
import fcntl
import itertools
import json
import os
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Mapping
from pathlib import Path
from types import TracebackType
from typing import Any, Final, Self

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
SECONDS: Final = 60.0  # that an answer may take: the machine may be busy
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


class BrowserTrouble(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """The browser refused a command, or a script threw."""


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

    def new_page(self, **options: Any) -> "Page":
        """Open a window of its own: no cookie and no storage is shared with another one."""
        context = self.call("Target.createBrowserContext")["browserContextId"]
        return self.page_in(context, **options)

    def page_in(self, context: str, **options: Any) -> "Page":
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


class Page:
    """One tab."""

    def __init__(self, browser: Chromium, *, target: str, session: str, context: str) -> None:
        self.browser = browser
        self.context = context
        self._target = target
        self._session = session
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")

    def call(self, method: str, **parameters: Any) -> dict[str, Any]:
        """Send a command about this tab."""
        return self.browser.call(method, parameters, session=self._session)

    def open(self, url: str) -> None:
        """Go to an address; return once the document is loaded."""
        self.call("Page.navigate", url=url)
        self.wait_for("document.readyState === 'complete'")

    def run(self, script: str) -> Any:
        """Return what an expression is, awaited; raise `BrowserTrouble` when it throws."""
        answer = self.call(
            "Runtime.evaluate",
            expression=script,
            awaitPromise=True,
            returnByValue=True,
            userGesture=True,
        )
        if "exceptionDetails" in answer:
            details = answer["exceptionDetails"]
            raise BrowserTrouble(details.get("exception", {}).get("description", details["text"]))
        return answer["result"].get("value")

    def wait_for(self, script: str, *, seconds: float = SECONDS) -> Any:
        """Return what an expression is as soon as it is something; fail with the page's text."""
        deadline = time.monotonic() + seconds
        pause = threading.Event()
        while True:
            try:
                found = self.run(script)
            except BrowserTrouble:  # in the middle of a navigation
                found = None
            if found:
                return found
            if time.monotonic() > deadline:
                raise AssertionError(f"never: {script}\n\n{self.text()}")
            pause.wait(0.1)

    def text(self) -> str:
        """Return what can be read on the page."""
        return str(self.run("document.body.innerText"))

    def wait_for_text(self, text: str, *, seconds: float = SECONDS) -> None:
        """Return once the text can be read on the page."""
        self.wait_for(f"document.body.innerText.includes({json.dumps(text)})", seconds=seconds)

    def click(self, name: str) -> None:
        """Press the first button or link with this text, once it can be pressed."""
        self.wait_for(
            f"""(() => {{
              const wanted = {json.dumps(name)};
              const found = [...document.querySelectorAll("button, a, summary, label")].find((element) =>
                (element.textContent.trim() === wanted || element.ariaLabel === wanted)
                && !element.disabled && element.getClientRects().length > 0);
              found?.scrollIntoView({{ block: "center" }});
              found?.click();
              return Boolean(found);
            }})()"""
        )

    def fill(self, label: str, value: str) -> None:
        """Write into the field with this label."""
        self.wait_for(
            f"""(() => {{
              const label = [...document.querySelectorAll("label")].find((one) => one.textContent.trim() === {json.dumps(label)});
              const field = label && document.getElementById(label.htmlFor);
              if (!field) return false;
              field.focus();
              field.value = {json.dumps(value)};
              field.dispatchEvent(new Event("input", {{ bubbles: true }}));
              field.dispatchEvent(new Event("change", {{ bubbles: true }}));
              return true;
            }})()"""
        )

    def press(self, key: str, *, text: str = "") -> None:
        """Press and let go of a key, as a keyboard does."""
        codes = {"Tab": 9, "Enter": 13, "Escape": 27, "ArrowRight": 39, "ArrowLeft": 37, " ": 32}
        typed = {"Enter": "\r", " ": " "}.get(key, text)
        common = {
            "key": key,
            "code": "Space" if key == " " else key,
            "windowsVirtualKeyCode": codes.get(key, 0),
        }
        self.call(
            "Input.dispatchKeyEvent",
            type="keyDown" if typed else "rawKeyDown",
            text=typed,
            **common,
        )
        self.call("Input.dispatchKeyEvent", type="keyUp", **common)

    def answer_next(self, pattern: str, *, status: int, body: object, cause: str) -> None:
        """Run the script `cause`, and give its request to an address like this another answer than the server's."""
        self.call("Fetch.enable", patterns=[{"urlPattern": pattern}])
        seen = len(self.browser.events(self._session, "Fetch.requestPaused"))
        self.run(cause)
        paused = self.browser.wait_for_event(self._session, "Fetch.requestPaused", after=seen)
        self.call(
            "Fetch.fulfillRequest",
            requestId=paused["requestId"],
            responseCode=status,
            responseHeaders=[{"name": "Content-Type", "value": "application/json"}],
            body=base64.b64encode(json.dumps(body).encode()).decode(),
        )
        self.call("Fetch.disable")

    def set_offline(self, *, is_offline: bool) -> None:
        """Pull out the cable, or put it back."""
        self.call(
            "Network.emulateNetworkConditions",
            offline=is_offline,
            latency=0,
            downloadThroughput=-1,
            uploadThroughput=-1,
        )

    def look_like(
        self, *, width: int = 1280, height: int = 800, dark: bool = False, calm: bool = True
    ) -> None:
        """Have a screen of this size, and a person who likes it dark or light, and calm."""
        self.call(
            "Emulation.setDeviceMetricsOverride",
            width=width,
            height=height,
            deviceScaleFactor=1,
            mobile=width < 600,
        )
        wishes = [
            {"name": "prefers-color-scheme", "value": "dark" if dark else "light"},
            {"name": "prefers-reduced-motion", "value": "reduce" if calm else "no-preference"},
        ]
        self.call("Emulation.setEmulatedMedia", features=wishes)

    def photograph(self, target: Path, *, whole: bool = True) -> None:
        """Write a picture of the page."""
        answer = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        target.write_bytes(base64.b64decode(answer["data"]))

    def complaints(self) -> list[str]:
        """Return what the browser's console has complained about: errors of scripts, and of the security policy."""
        thrown = self.browser.events(self._session, "Runtime.exceptionThrown")
        logged = self.browser.events(self._session, "Log.entryAdded")
        said = self.browser.events(self._session, "Runtime.consoleAPICalled")
        return [
            *(
                str([part.get("description", part.get("value")) for part in event["args"]])
                for event in said
                if event["type"] == "error"
            ),
            *(event["exceptionDetails"]["text"] for event in thrown),
            *(
                event["entry"]["text"]
                for event in logged
                if event["entry"]["level"] == "error" and event["entry"]["source"] != "network"
            ),
        ]

    def requests(self) -> list[str]:
        """Return the address of everything that the page has asked for."""
        sent = self.browser.events(self._session, "Network.requestWillBeSent")
        return [event["request"]["url"] for event in sent]

    def received_bytes(self) -> int:
        """Return how many bytes have come over the wire."""
        done = self.browser.events(self._session, "Network.loadingFinished")
        return int(sum(event["encodedDataLength"] for event in done))

    def crash(self) -> None:
        """End the tab without asking the page, as a crash does."""
        self.browser.call("Target.closeTarget", {"targetId": self._target})


def _pipe() -> tuple[int, int]:
    """Return the ends of a pipe, both out of the launcher's way."""
    ends = os.pipe()
    moved = [fcntl.fcntl(end, fcntl.F_DUPFD_CLOEXEC, FREE_DESCRIPTOR) for end in ends]
    for end in ends:
        os.close(end)
    return moved[0], moved[1]
