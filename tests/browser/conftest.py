"""The page in a real browser, on the whole platform. Collected only by `make test-browser`."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Playwright, expect, sync_playwright

from tests.browser.chromium import launch
from tests.browser.microphone import write_microphone
from tests.running_stack import RunningStack

if "WITH_BROWSER" not in os.environ:
    collect_ignore_glob = ["test_*.py"]

expect.set_options(timeout=60_000)  # the machine may be busy


@pytest.fixture(scope="session")
def stack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningStack]:
    """The platform, ready."""
    running = RunningStack(
        tmp_path_factory.mktemp("stack"), THROTTLE_REGISTER="100000/h", THROTTLE_USER="100000/m"
    )
    running.start()
    yield running
    running.stop()


@pytest.fixture(scope="session")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A real answer, as a microphone hears it."""
    target = tmp_path_factory.mktemp("sound") / "microphone.wav"
    write_microphone(target, sample="strong_answer.mp3")
    return target


@pytest.fixture(scope="session")
def playwright() -> Iterator[Playwright]:
    """The driver of all browsers."""
    with sync_playwright() as driver:
        yield driver


@pytest.fixture(scope="session")
def browser(playwright: Playwright, sound: Path) -> Iterator[Browser]:
    """A browser that hears the answer, and lets pages hear it."""
    running = launch(playwright, microphone=sound)
    yield running
    running.close()


@pytest.fixture
def shy_browser(playwright: Playwright, sound: Path) -> Iterator[Browser]:
    """A browser with a microphone that no page may use."""
    running = launch(playwright, microphone=sound, asks=True)
    yield running
    running.close()


@pytest.fixture
def deaf_browser(playwright: Playwright) -> Iterator[Browser]:
    """A browser on a machine without a microphone."""
    running = launch(playwright)
    yield running
    running.close()


@pytest.fixture(scope="session")
def axe() -> str:
    """The accessibility checker's script: that of the locked package, or the file `AXE_SCRIPT`."""
    named = os.environ.get("AXE_SCRIPT")
    if named:
        return Path(named).read_text("utf-8")
    import axe_core_python

    return (Path(axe_core_python.__file__).parent / "axe.min.js").read_text("utf-8")
