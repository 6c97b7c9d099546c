"""One tab of a browser: what a test does in it, and what it sees."""

import base64
import json
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from tests.browser.chromium import Chromium  # it opens pages

SECONDS: Final = 60.0  # that an answer may take: the machine may be busy


class BrowserTrouble(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """The browser refused a command, or a script threw."""


class Page:
    """One tab."""

    def __init__(self, browser: "Chromium", *, target: str, session: str, context: str) -> None:
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
