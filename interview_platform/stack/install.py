"""
Makes `.venv` from a hashed lock, with the standard library alone. `bootstrap.py` comes before it.

`python3 interview_platform/stack/bootstrap.py requirements.lock`
"""

import contextlib
import hashlib
import json
import os
import re
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
VENV = ROOT / os.environ.get("VENV", ".venv")  # `make VENV=…` names another one
PYTHON = VENV / "bin" / "python"
STAMP = VENV / "installed.json"
LOG = VENV / "install.log"
RUN_LOCK = "requirements.lock"
PINNED = re.compile(r"^([A-Za-z0-9._-]+)==", re.MULTILINE)
COLLECTED = re.compile(r"^Collecting ([A-Za-z0-9._-]+)", re.MULTILINE)
SKIPPED = re.compile(r"^Ignoring ", re.MULTILINE)
LOOK_EVERY = 0.2  # seconds between two looks at how far pip is
PLAIN_STEPS = 4  # lines of progress where there is no terminal
LAST_LINES = 8  # of pip's log, shown when it fails


class CannotInstall(Exception):  # noqa: N818 - it reads as a sentence where it is raised
    """The reason, for a person."""


class Progress:
    """One line that changes on a terminal; a few plain lines elsewhere."""

    def __init__(self, total: int) -> None:
        self._total = total
        self._terminal = sys.stdout.isatty()
        self._said = ("", 0)  # what was said last, and in which of the plain steps

    def show(self, doing: str, count: int, name: str) -> None:
        """Say that `count` of all packages are done, the last of them `name`."""
        count = min(count, self._total)
        if self._terminal:
            print(f"\r\x1b[K{doing} {count}/{self._total} {name}"[:100], end="", flush=True)
            return
        said = (doing, count * PLAIN_STEPS // max(1, self._total))
        if said != self._said:
            self._said = said
            print(f"{doing} {count}/{self._total}", flush=True)

    def finish(self) -> None:
        """Clear the line."""
        if self._terminal:
            print("\r\x1b[K", end="", flush=True)


def main(arguments: list[str]) -> int:
    """Install the lock named in the arguments, unless it is installed; return the exit code."""
    try:
        install(arguments[0] if arguments else RUN_LOCK)
    except CannotInstall as reason:
        print(f"Cannot install: {reason}", file=sys.stderr)
        return 1
    except OSError as reason:
        print(f"Cannot install into {VENV}: {reason.strerror}.", file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        return 130
    return 0


def install(lock_name: str) -> None:
    """Bring `.venv` to exactly what the lock names."""
    lock = ROOT / lock_name
    if is_installed(lock):
        return
    if not works(PYTHON):
        print(f"Making the virtual environment {VENV}", flush=True)
        make_venv()
    started = time.monotonic()
    run_pip(lock)
    write_stamp(lock)
    seconds = round(time.monotonic() - started)
    print(f"The packages of {lock_name} are installed ({seconds} s).", flush=True)


def is_installed(lock: Path) -> bool:
    """Tell whether this very lock is installed."""
    return works(PYTHON) and read_stamp().get(lock.name) == digest_of(lock)


def works(python: Path) -> bool:
    """Tell whether the environment is there and where it was made (a moved one is broken)."""
    if not python.exists() or not (python.parent / "pip").exists():
        return False
    question = [str(python), "-c", "import sys; print(sys.prefix)"]
    answer = subprocess.run(question, capture_output=True, text=True, check=False)
    return answer.returncode == 0 and Path(answer.stdout.strip()) == VENV


def make_venv() -> None:
    """Make the environment anew."""
    made = subprocess.run(
        [sys.executable, "-m", "venv", "--clear", str(VENV)],
        capture_output=True,
        text=True,
        check=False,
    )
    if made.returncode:
        lines = (made.stdout + made.stderr).strip().splitlines() or ["no reason given"]
        raise CannotInstall(f"python -m venv failed: {lines[-1]}")


def run_pip(lock: Path) -> None:
    """Let pip install the lock; show how far it is; raise with its last words when it fails."""
    command = [str(PYTHON), "-m", "pip", "install", "--require-hashes", "--no-deps", "--no-input"]
    command += ["--no-color", "--progress-bar", "off", "--disable-pip-version-check"]
    with LOG.open("wb") as log:
        pip = subprocess.Popen(
            [*command, "-r", str(lock)], stdout=log, stderr=subprocess.STDOUT, cwd=ROOT
        )
        try:
            follow(pip, total=len(PINNED.findall(lock.read_text("utf-8"))))
        except BaseException:
            pip.kill()
            raise
    if pip.returncode:
        last = "\n".join(LOG.read_text("utf-8", "replace").splitlines()[-LAST_LINES:])
        raise CannotInstall(f"pip failed; its whole output is in {LOG}, and ends with:\n{last}")


def follow(pip: subprocess.Popen[bytes], *, total: int) -> None:
    """Show pip's progress until it ends: what it fetched by its log, what it installed by the folder."""
    before = len(installed())
    progress = Progress(total)
    while pip.poll() is None:
        log = LOG.read_text("utf-8", "replace")
        skipped = len(SKIPPED.findall(log))
        if "Installing collected packages" in log:
            folders = installed()
            newest = folders[-1] if folders else ""
            progress.show("Installing", len(folders) - before + skipped, newest)
        elif names := COLLECTED.findall(log):
            progress.show("Fetching", len(names) + skipped, names[-1])
        time.sleep(LOOK_EVERY)
    progress.finish()


def installed() -> list[str]:
    """Return the names of the packages in the environment, the newest last."""
    found: list[tuple[float, str]] = []
    for path in VENV.glob("lib/python*/site-packages/*.dist-info"):
        with contextlib.suppress(FileNotFoundError):  # pip is just taking it away
            found.append((path.stat().st_mtime, path.name.partition("-")[0]))
    return [name for _, name in sorted(found)]


def digest_of(lock: Path) -> str:
    """Return what identifies the lock."""
    return hashlib.sha256(lock.read_bytes()).hexdigest()


def read_stamp() -> dict[str, str]:
    """Return lock → digest of what is installed."""
    try:
        stamp: dict[str, str] = json.loads(STAMP.read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return stamp


def write_stamp(lock: Path) -> None:
    """Note what is installed. The developers' lock contains the other one."""
    locks = {lock, ROOT / RUN_LOCK}
    STAMP.write_text(json.dumps({lock.name: digest_of(lock) for lock in locks}), "utf-8")


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
