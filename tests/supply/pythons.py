"""`make test-pythons`: test the platform with each supported Python that this machine has."""

import os
import platform
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import tomllib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.environment import ROOT, isolated

CLASSIFIER: Final = "Programming Language :: Python :: "
STEPS: Final = {  # title → targets of the Makefile
    "install": ["install-dev"],
    "lint, types": ["check-format", "lint", "types", "imports"],
    "tests": ["unit-and-media"],
    "demo": ["demo"],
}
QUERY: Final = """
import ensurepip, platform, sys, venv
print(platform.python_version(), sys.executable)
"""


@dataclass(frozen=True, slots=True)
class Interpreter:
    """A Python that can make environments."""

    version: str  # as "3.11.2"
    path: Path


def main() -> int:
    """Take all steps with each interpreter, print a table, and return 1 if a step failed."""
    found = find_interpreters(interpreter_paths())
    lines: list[str] = []
    failed = False
    for interpreter in found:
        if interpreter.version == platform.python_version():
            results = ["left out: the Python of this environment, with which `make test` runs"]
        else:
            results = take_steps(interpreter)
        failed = failed or any(result.startswith("failed") for result in results)
        lines.append(row(interpreter.version, results))
    lines += [row(version, ["not found on this machine"]) for version in missing(found)]
    print("\n" + "\n".join([row("Python", STEPS), *lines]), flush=True)
    return int(failed)


def interpreter_paths() -> Iterator[str]:
    """Yield the programs called like a supported Python: on PATH, of the system, of pyenv."""
    of_pyenv = sorted(Path.home().glob(".pyenv/versions/*/bin"))
    for version in supported_versions():
        for folder in [*os.get_exec_path(), "/usr/bin", *map(str, of_pyenv)]:
            program = shutil.which(f"python{version}", path=folder)
            if program:
                yield program


def supported_versions() -> list[str]:
    """Return the versions among the classifiers of pyproject.toml, as "3.11"."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]
    return [line.removeprefix(CLASSIFIER) for line in project["classifiers"]]


def find_interpreters(programs: Iterable[str]) -> list[Interpreter]:
    """Return one interpreter of each version, of those that can make environments."""
    found: dict[str, Interpreter] = {}
    for program in dict.fromkeys(programs):
        asked = subprocess.run([program, "-c", QUERY], capture_output=True, text=True, check=False)
        if asked.returncode == 0:
            version, executable = asked.stdout.strip().split(" ", 1)
            found.setdefault(version, Interpreter(version, Path(executable)))
    return list(found.values())


def missing(found: Sequence[Interpreter]) -> list[str]:
    """Return the supported versions that none of the interpreters has."""
    have = {one.version.rpartition(".")[0] for one in found}
    return [version for version in supported_versions() if version not in have]


def take_steps(interpreter: Interpreter) -> list[str]:
    """Run the steps in a fresh environment and return their results; a failed install ends them."""
    results: list[str] = []
    with tempfile.TemporaryDirectory(prefix="interview-python-") as folder:
        for title, targets in STEPS.items():
            print(f"\n=== Python {interpreter.version} ({interpreter.path}): {title}", flush=True)
            started = time.monotonic()
            status = make(*targets, python=interpreter.path, folder=Path(folder))
            seconds = round(time.monotonic() - started)
            results.append(f"failed ({seconds} s)" if status else f"ok ({seconds} s)")
            if status and title == "install":
                break
    return results


def make(*targets: str, python: Path, folder: Path) -> int:
    """Run targets of the Makefile with their files in the folder; return the exit status."""
    places = [f"PYTHON={python}", f"VENV={folder / 'venv'}", f"DATA_DIR={folder / 'data'}"]
    command = ["make", "--keep-going", *targets, *places, f"PORT={free_port()}"]
    settings = isolated(MYPY_CACHE_DIR=str(folder / "mypy"))
    ended = subprocess.run(command, cwd=ROOT, env={**os.environ, **settings}, check=False)
    return ended.returncode


def free_port() -> int:
    """Return a port that nobody uses. The stack's own function would load the project's settings."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def row(name: str, cells: Iterable[str]) -> str:
    """Return a line of the table."""
    return f"{name:<8} " + " ".join(f"{cell:<16}" for cell in cells)


if __name__ == "__main__":
    sys.exit(main())
