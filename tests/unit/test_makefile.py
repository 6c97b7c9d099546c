"""What the Makefile runs, with programs that only write down how they were called."""

import os
import subprocess
from pathlib import Path

import pytest

from tests.environment import ROOT

RECORDER = """#!/bin/sh
echo "$TEST_DATABASE $(basename "$0") $*" >> "$CALLS"
case "$TEST_DATABASE $*" in *"$FAILING"*) exit 1;; esac
"""
CHECKS = [
    "ruff format",
    "ruff check",
    "mypy",
    "lint-imports",
    "bandit",
    "makemigrations",
    "--deploy",
]
TESTS = [
    "sqlite python -m pytest -m not journey and not speech",
    "postgres python -m pytest -m not journey and not speech",
    "sqlite python -m pytest -m journey or speech",
    "postgres python -m pytest -m journey and not speech",
]


@pytest.fixture
def venv(tmp_path: Path) -> Path:
    """Return an environment whose programs only write down how they were called."""
    programs = tmp_path / "bin"
    programs.mkdir()
    for name in ("python", "lint-imports", "bandit"):
        (programs / name).write_text(RECORDER)
        (programs / name).chmod(0o755)
    return tmp_path


def make_test(venv: Path, *, failing: str) -> tuple[int, str]:
    """Run `make test` while calls with the word `failing` fail; return its status and the calls."""
    calls = venv / "calls"
    own = {"CALLS": str(calls), "FAILING": failing, "MAKEFLAGS": ""}
    ended = subprocess.run(
        ["make", "test", f"VENV={venv}", "INSTALL=true"],
        cwd=ROOT,
        env={**os.environ, **own},
        capture_output=True,
        check=False,
    )
    return ended.returncode, calls.read_text("utf-8")


class TestMakeTest:
    @pytest.mark.parametrize(
        "failing", ["ruff format", "makemigrations", "sqlite -m pytest -m not journey"]
    )
    def test_runs_every_part_after_one_that_failed_and_fails(
        self, venv: Path, failing: str
    ) -> None:
        status, calls = make_test(venv, failing=failing)

        assert status != 0
        assert [part for part in CHECKS + TESTS if calls.count(part) != 1] == []

    @pytest.mark.parametrize("failing", TESTS)
    def test_fails_with_each_half(self, venv: Path, failing: str) -> None:
        status, _ = make_test(venv, failing=failing.replace(" python", ""))

        assert status != 0

    def test_passes_when_every_part_did(self, venv: Path) -> None:
        assert make_test(venv, failing="nothing of these")[0] == 0
