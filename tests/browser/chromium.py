"""The browser that the tests use: the Chromium of this machine, driven by Playwright."""

import shutil
from pathlib import Path
from typing import Final

from playwright.sync_api import Browser, Playwright

NAMES: Final = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS: Final = (
    "--headless",
    "--no-sandbox",  # the tests may run as root, in a container
    "--disable-gpu",
    "--disable-quic",
    "--disable-dev-shm-usage",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--autoplay-policy=no-user-gesture-required",
)


class BrowserMissingError(Exception):
    """There is no Chromium on this machine."""


def find_chromium() -> str | None:
    """Return the path of a Chromium on this machine; None without one."""
    return next((path for name in NAMES if (path := shutil.which(name))), None)


def launch(
    playwright: Playwright, *, microphone: Path | None = None, asks: bool = False
) -> Browser:
    """
    Start a browser that hears the WAV file `microphone`, or has no microphone.

    With `asks` it gives the microphone to no page by itself. Raise `BrowserMissingError`.
    """
    program = find_chromium()
    if program is None:
        raise BrowserMissingError
    flags = [*FLAGS]
    if microphone is not None:
        flags += [
            "--use-fake-device-for-media-stream",
            f"--use-file-for-fake-audio-capture={microphone}",
        ]
        flags += [] if asks else ["--use-fake-ui-for-media-stream"]
    return playwright.chromium.launch(executable_path=program, args=flags)
