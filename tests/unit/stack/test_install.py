"""The installer that runs before anything is installed."""

import ast
import hashlib
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from interview_platform.stack import install
from interview_platform.stack.bootstrap import reason_against
from interview_platform.stack.install import Progress
from tests.environment import ROOT

SCRIPT = ROOT / "interview_platform" / "stack" / "install.py"
BOOTSTRAP = SCRIPT.with_name("bootstrap.py")


@pytest.fixture
def tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """An empty checkout with a lock that needs nothing."""
    venv = tmp_path / ".venv"
    places = {
        "ROOT": tmp_path,
        "VENV": venv,
        "PYTHON": venv / "bin" / "python",
        "STAMP": venv / "installed.json",
        "LOG": venv / "install.log",
    }
    monkeypatch.setenv("PIP_NO_INDEX", "1")  # nothing is asked of a network
    for name, value in places.items():
        monkeypatch.setattr(install, name, value)
    (tmp_path / "requirements.lock").write_text("# nothing\n", "utf-8")
    return tmp_path


class TestTheInstaller:
    def test_needs_nothing_but_the_standard_library(self) -> None:
        tree = ast.parse(SCRIPT.read_text("utf-8"))
        modules = {
            name.partition(".")[0]
            for node in ast.walk(tree)
            for name in (
                [alias.name for alias in node.names]
                if isinstance(node, ast.Import)
                else [node.module or ""]
                if isinstance(node, ast.ImportFrom)
                else []
            )
        }

        assert modules <= sys.stdlib_module_names

    def test_makes_the_environment_once(
        self, tree: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        first = install.main(["requirements.lock"])
        said = capsys.readouterr().out
        again = install.main(["requirements.lock"])

        assert (first, again) == (0, 0)
        assert "Making the virtual environment" in said
        assert capsys.readouterr().out == ""
        lock = (tree / "requirements.lock").read_bytes()
        stamp = json.loads((tree / ".venv" / "installed.json").read_text("utf-8"))
        assert stamp == {"requirements.lock": hashlib.sha256(lock).hexdigest()}

        (tree / "requirements.lock").write_text("# something else\n", "utf-8")
        assert not install.is_installed(tree / "requirements.lock")

    def test_shows_pips_last_words_and_where_the_rest_is(
        self, tree: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tree / "requirements.lock").write_text("no-hash==1.0\n", "utf-8")

        code = install.main(["requirements.lock"])

        said = capsys.readouterr().err
        assert code == 1
        assert str(tree / ".venv" / "install.log") in said
        assert "no-hash" in said
        assert not (tree / ".venv" / "installed.json").exists()

    def test_installs_where_make_says(self, tmp_path: Path) -> None:
        question = (
            "from interview_platform.stack import install; print(install.VENV, install.PYTHON)"
        )

        told = subprocess.run(
            [sys.executable, "-c", question],
            cwd=ROOT,
            env={**os.environ, "VENV": str(tmp_path)},
            capture_output=True,
            text=True,
            check=True,
        ).stdout

        assert told.split() == [str(tmp_path), str(tmp_path / "bin" / "python")]

    def test_says_where_it_could_not_write(
        self, tree: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tree / ".venv").touch()

        assert install.main(["requirements.lock"]) == 1
        assert capsys.readouterr().err.startswith("Cannot install")


class TestBootstrap:
    @pytest.mark.parametrize(
        ("version", "reason"),
        [
            ((3, 10), "3.10 is too old; 3.11 to 3.13 is needed (make run PYTHON=python3.11)."),
            ((3, 15), "3.15 is too new; 3.11 to 3.13 is needed (make run PYTHON=python3.13)."),
        ],
    )
    def test_refuses_a_python_without_wheels_in_one_sentence(
        self, version: tuple[int, int], reason: str
    ) -> None:
        assert reason_against(version) == f"Python {reason}"

    def test_refuses_a_python_without_ensurepip_in_one_sentence(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "ensurepip", None)

        assert "cannot make virtual environments" in (reason_against((3, 11)) or "")

    def test_has_nothing_against_this_one(self) -> None:
        assert reason_against(sys.version_info[:2]) is None

    def test_can_be_read_by_old_pythons(self) -> None:
        ast.parse(BOOTSTRAP.read_text("utf-8"), feature_version=(3, 4))


class TestProgress:
    def test_is_a_few_lines_where_there_is_no_terminal(
        self, capsys: pytest.CaptureFixture[str]
    ) -> None:
        progress = Progress(120)
        for count in range(1, 121):
            progress.show("Installing", count, "numpy")
        progress.finish()

        assert capsys.readouterr().out.splitlines() == [
            "Installing 1/120",
            "Installing 30/120",
            "Installing 60/120",
            "Installing 90/120",
            "Installing 120/120",
        ]

    def test_is_one_line_on_a_terminal(
        self, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
        progress = Progress(120)
        progress.show("Installing", 37, "numpy")

        said = capsys.readouterr().out
        assert said.endswith("Installing 37/120 numpy")
        assert "\n" not in said

    def test_survives_a_package_that_pip_takes_away_meanwhile(self, tree: Path) -> None:
        packages = tree / ".venv" / "lib" / "python3.11" / "site-packages"
        (packages / "numpy-2.4.6.dist-info").mkdir(parents=True)
        (packages / "setuptools-65.dist-info").symlink_to(packages / "gone")

        assert install.installed() == ["numpy"]

    def test_follows_pip_by_its_log_and_its_folder(
        self, tree: Path, capsys: pytest.CaptureFixture[str]
    ) -> None:
        (tree / ".venv").mkdir()
        (tree / ".venv" / "install.log").write_text(
            "Collecting one==1 (from -r x)\nIgnoring two: markers do not match\n"
            "Collecting three==3 (from -r x)\n",
            "utf-8",
        )
        with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as pip:
            shown: list[tuple[str, int, str]] = []

            def show(_: Progress, doing: str, count: int, name: str) -> None:
                shown.append((doing, count, name))
                if pip.stdin:
                    pip.stdin.close()

            with pytest.MonkeyPatch.context() as patch:
                patch.setattr(Progress, "show", show)
                install.follow(pip, total=3)

        assert shown[0] == ("Fetching", 3, "three")
