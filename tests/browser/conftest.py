"""The page in a real browser, on the whole platform. Collected only by `make test-browser`, which sees to a Chromium."""

import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.browser.chromium import Chromium
from tests.browser.microphone import write_microphone
from tests.running_stack import RunningStack

if "WITH_BROWSER" not in os.environ:
    collect_ignore_glob = ["test_*.py"]


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
def browser(sound: Path) -> Iterator[Chromium]:
    """A browser that hears the answer, and lets pages hear it."""
    with Chromium(microphone=sound) as running:
        yield running


@pytest.fixture
def shy_browser(sound: Path) -> Iterator[Chromium]:
    """A browser with a microphone, which it gives to nobody who was not allowed to."""
    with Chromium(microphone=sound, ask=True) as running:
        yield running


@pytest.fixture
def deaf_browser() -> Iterator[Chromium]:
    """A browser on a machine without a microphone."""
    with Chromium() as running:
        yield running


@pytest.fixture(scope="session")
def axe() -> str:
    """The accessibility checker's script: that of the locked package, or a newer one that `AXE_SCRIPT` names."""
    named = os.environ.get("AXE_SCRIPT")
    if named:
        return Path(named).read_text("utf-8")
    import axe_core_python

    return (Path(axe_core_python.__file__).parent / "axe.min.js").read_text("utf-8")
