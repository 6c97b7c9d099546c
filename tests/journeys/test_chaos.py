"""Sixty people's answers while everything breaks: `make chaos`, in short."""

import os
import re
import subprocess
import sys

import pytest

from tests.environment import ROOT

pytestmark = pytest.mark.journey

SECONDS = 400  # for start, faults, drain and stop on a busy machine


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

    # How long it takes to drain is `make chaos`'s to hold: it depends on what else the machine does.
    assert "lost 0, duplicated 0, unexpected 0" in chaos.stdout, chaos.stdout + chaos.stderr
    poisoned = re.search(r"poison executions \[([\d, ]+)\]", chaos.stdout)
    assert poisoned is not None
    assert all(int(count) <= 4 for count in poisoned[1].split(","))
    assert "1 x kill -9 the broker" in chaos.stdout
