"""Sixty people's answers while everything breaks: `make chaos`, in short."""

import os
import subprocess
import sys

import pytest

from tests.environment import ROOT

pytestmark = pytest.mark.journey

SECONDS = 180  # for start, faults, drain and stop on a busy machine


def test_nothing_is_lost_or_done_twice_while_everything_breaks() -> None:
    database = "postgres" if os.environ.get("TEST_DATABASE") == "postgres" else "sqlite"
    options = ["--seed", "7", "--uploads", "60", "--seconds", "36", "--rounds", "1"]

    chaos = subprocess.run(
        [sys.executable, "-m", "tests.chaos.run", *options, "--database", database],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=SECONDS,
        check=False,
    )

    assert chaos.returncode == 0, chaos.stdout + chaos.stderr
    assert "lost 0, duplicated 0, unexpected 0" in chaos.stdout
    assert "1 x kill -9 the broker" in chaos.stdout
