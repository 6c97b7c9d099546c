"""A part of the stack as a child process."""

import sys
from pathlib import Path

import pytest

from interview_platform.stack import processes
from interview_platform.stack.processes import Part, set_aside, stop
from tests.waiting import wait_until


def part_that(does: str, *, log: Path, **environment: str) -> Part:
    return Part("The part", [sys.executable, "-c", does], log / "part.log", environment)


class TestPart:
    def test_writes_its_log_and_gets_its_environment(self, tmp_path: Path) -> None:
        part = part_that("import os; print(os.environ['WORD'])", log=tmp_path, WORD="hello")

        part.start()
        wait_until(lambda: part.exit_code is not None)

        assert (part.exit_code, part.last_line()) == (0, "hello")
        assert part.pid is None

    def test_is_started_anew_when_it_dies_and_later_each_time(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(processes, "BACK_OFF", (0.0, 3600.0))
        part = part_that("print('life')", log=tmp_path)
        part.start()

        for _ in range(2):
            wait_until(lambda: part.exit_code is not None)
            part.look_after()
            part.look_after()

        assert part.log.read_text("utf-8").count("life") == 2
        assert part.deaths == 2

    def test_is_asked_to_end_before_it_is_killed(self, tmp_path: Path) -> None:
        polite = part_that(
            "import signal, sys\n"
            "signal.signal(signal.SIGTERM, lambda *_: (print('bye'), sys.exit(0)))\n"
            "print('up', flush=True)\nwhile True: signal.pause()",
            log=tmp_path,
        )
        polite.start()
        wait_until(lambda: polite.last_line() == "up")

        stop([polite], seconds=30, impatient=lambda: False)

        assert (polite.exit_code, polite.last_line()) == (0, "bye")

    def test_is_killed_with_its_children_when_it_stays(self, tmp_path: Path) -> None:
        deaf = part_that(
            "import os, signal\n"
            "signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
            "child = os.fork()\n"
            "print('up', flush=True)\nwhile True: signal.pause()",
            log=tmp_path,
        )
        deaf.start()
        wait_until(lambda: deaf.log.read_text("utf-8").count("up") == 2)

        stop([deaf], seconds=30, impatient=lambda: True)

        assert deaf.exit_code == -9


class TestLog:
    def test_is_set_aside_when_it_is_big(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(processes, "BIG_LOG", 10)
        log = tmp_path / "api.log"
        log.write_text("short", "utf-8")
        set_aside(log)
        kept = log.exists()
        log.write_text("longer than that", "utf-8")
        set_aside(log)

        assert kept
        assert not log.exists()
        assert (tmp_path / "api.log.1").read_text("utf-8") == "longer than that"

    def test_may_be_missing(self, tmp_path: Path) -> None:
        set_aside(tmp_path / "none.log")
