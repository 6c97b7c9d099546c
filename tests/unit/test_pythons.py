"""What `make test-pythons` finds and does, without making an environment."""

import platform
from pathlib import Path

import pytest

from interview_platform.stack.bootstrap import NEWEST, OLDEST, reason_against
from tests.environment import ROOT
from tests.supply import pythons
from tests.supply.pythons import Interpreter


def make_program(folder: Path, answer: str) -> str:
    """Return a program that answers like an interpreter, or fails if there is no answer."""
    folder.mkdir()
    program = folder / "python3.12"
    program.write_text(f"#!/bin/sh\necho {answer}\n" if answer else "#!/bin/sh\nexit 1\n")
    program.chmod(0o755)
    return str(program)


class TestInterpreters:
    def test_are_found_once_for_each_version_that_can_make_environments(
        self, tmp_path: Path
    ) -> None:
        programs = [
            make_program(tmp_path / "shims", ""),
            make_program(tmp_path / "first", "3.12.1 /opt/a python"),
            make_program(tmp_path / "second", "3.12.1 /opt/b"),
            make_program(tmp_path / "third", "3.12.7 /opt/c"),
        ]

        assert pythons.find_interpreters(programs) == [
            Interpreter("3.12.1", Path("/opt/a python")),
            Interpreter("3.12.7", Path("/opt/c")),
        ]

    def test_are_looked_for_on_the_path(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        program = make_program(tmp_path / "bin", "3.12.1 /opt/a")
        monkeypatch.setenv("PATH", str(tmp_path / "bin"))

        assert program in list(pythons.interpreter_paths())

    def test_that_are_missing_are_named(self) -> None:
        found = [Interpreter("3.11.2", Path("/a")), Interpreter("3.13.0", Path("/b"))]

        assert pythons.missing(found) == ["3.12"]


class TestARun:  # with versions that no machine has
    @pytest.fixture
    def made(self, monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, str]]:
        """Record each call of make; 3.12.99 fails in a check and 3.13.99 in the installation."""
        calls: list[tuple[str, str]] = []

        def make(*targets: str, python: Path, folder: Path) -> int:
            calls.append((python.name, targets[0]))
            failing = {("3.12.99", "check-format"), ("3.13.99", "install-dev")}
            return int(calls[-1] in failing and folder.exists())

        monkeypatch.setattr(pythons, "make", make)
        return calls

    def run_with(self, monkeypatch: pytest.MonkeyPatch, *versions: str) -> int:
        found = [Interpreter(version, Path(version)) for version in versions]
        monkeypatch.setattr(pythons, "find_interpreters", lambda _: found)
        return pythons.main()

    def test_takes_every_step_with_each_and_fails_at_the_end(
        self,
        made: list[tuple[str, str]],
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        status = self.run_with(monkeypatch, "3.12.99", "3.13.99", "3.11.99")

        steps = ["install-dev", "check-format", "unit-and-media", "demo"]
        expected = [("3.12.99", step) for step in steps]
        expected += [("3.13.99", "install-dev"), *(("3.11.99", step) for step in steps)]
        assert (status, made) == (1, expected)
        table = [line.split() for line in capsys.readouterr().out.splitlines()[-3:]]
        assert [(cells[0], cells.count("ok"), cells.count("failed")) for cells in table] == [
            ("3.12.99", 3, 1),
            ("3.13.99", 0, 1),
            ("3.11.99", 4, 0),
        ]

    def test_passes_when_all_did(
        self, made: list[tuple[str, str]], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        assert self.run_with(monkeypatch, "3.11.99") == 0
        assert len(made) == len(pythons.STEPS)

    def test_leaves_out_the_python_that_make_test_takes_and_says_so(
        self,
        made: list[tuple[str, str]],
        monkeypatch: pytest.MonkeyPatch,
        capsys: pytest.CaptureFixture[str],
    ) -> None:
        status = self.run_with(monkeypatch, platform.python_version())

        assert (status, made) == (0, [])
        assert "left out" in capsys.readouterr().out


class TestSupportedVersions:
    def test_are_named_where_people_look(self) -> None:
        *others, last = pythons.supported_versions()
        wanted = f"Python {', '.join(others)} or {last}"

        for document in ("README.md", "CONTRIBUTING.md"):
            assert wanted in (ROOT / document).read_text("utf-8"), document

    def test_are_taken_by_the_installer(self) -> None:
        versions = [tuple(map(int, one.split("."))) for one in pythons.supported_versions()]

        assert min(versions) == OLDEST
        assert max(versions) <= NEWEST
        assert [reason_against(version) for version in versions] == [None] * len(versions)
