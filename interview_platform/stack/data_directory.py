"""The data directory: made private, checked for room, and held by one stack at a time."""

import errno
import fcntl
import json
import os
import secrets
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from interview_platform.stack.troubles import CannotStart

SECRETS_FILE = "secrets.json"
RUNTIME_FILE = "stack.json"  # who runs here, and where it answers
LOCK_FILE = "stack.lock"
SECRET_NAMES = ("secret_key", "jwt_signing_key", "broker_password")
SECRET_BYTES = 48
ROOM_AT_FIRST = 400_000_000  # bytes: the joined speech model and some recordings
ROOM_LATER = 50_000_000  # bytes
MODEL = Path("models") / "whisper-base" / "model.bin"


def prepare_directory(directory: Path) -> None:
    """Make the directory with what is always in it; raise `CannotStart` when it cannot hold our data."""
    try:
        directory.mkdir(parents=True, exist_ok=True)
        directory.chmod(0o700)
        for name in ("logs", "static"):  # whitenoise complains when the latter is missing
            (directory / name).mkdir(exist_ok=True)
        _refuse_without_room(directory)
        make_secrets(directory)
    except OSError as trouble:
        raise CannotStart(_sentence(trouble, directory)) from trouble


def make_secrets(directory: Path) -> None:
    """Add the secrets that are missing; those that are there stay."""
    path = directory / SECRETS_FILE
    present = read_json(path)
    missing = {
        name: secrets.token_urlsafe(SECRET_BYTES) for name in SECRET_NAMES if name not in present
    }
    if missing:
        write_private(path, {**present, **missing})
    path.chmod(0o600)


def write_private(path: Path, content: Mapping[str, Any]) -> None:
    """Write JSON that only its owner may read; it is there whole, or not at all."""
    draft = path.with_name(f".{path.name}-{os.getpid()}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
    with os.fdopen(handle, "w", encoding="utf-8") as file:
        json.dump(content, file, indent=1)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


def read_json(path: Path) -> dict[str, Any]:
    """Return the file's content, or {} when there is no such file."""
    try:
        content = json.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        return {}
    except ValueError as trouble:
        raise CannotStart(
            f"{path} is damaged; restore it from a backup, or delete it to have it made anew."
        ) from trouble
    return dict(content)


@contextmanager
def held(directory: Path) -> Iterator[None]:
    """Hold the directory; raise `CannotStart` when another stack does. The lock goes with the process."""
    with (directory / LOCK_FILE).open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as trouble:
            raise CannotStart(_who_holds(directory)) from trouble
        try:
            yield
        finally:
            (directory / RUNTIME_FILE).unlink(missing_ok=True)


def note_runtime(directory: Path, *, url: str) -> None:
    """Write down where the stack answers, for a second start and for the demonstration."""
    write_private(directory / RUNTIME_FILE, {"pid": os.getpid(), "url": url})


def running_url(directory: Path) -> str:
    """Return where the stack of this directory answers, or "" when none runs."""
    try:
        with (directory / LOCK_FILE).open("a") as file:
            fcntl.flock(file, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except FileNotFoundError:
        return ""
    except OSError:
        return str(read_json(directory / RUNTIME_FILE).get("url", ""))
    return ""


def _who_holds(directory: Path) -> str:
    runtime = read_json(directory / RUNTIME_FILE)
    where = f" at {runtime['url']} (process {runtime['pid']})" if runtime else ""
    return (
        f"The platform already runs{where} with the data in {directory}; "
        "stop it first, or start another one with DATA_DIR=… PORT=…."
    )


def _refuse_without_room(directory: Path) -> None:
    """Raise when nothing can be written, or not enough."""
    probe = directory / f".probe-{os.getpid()}"
    try:
        probe.write_bytes(b"x" * 4096)
    finally:
        probe.unlink(missing_ok=True)
    needed = ROOM_LATER if (directory / MODEL).exists() else ROOM_AT_FIRST
    free = shutil.disk_usage(directory).free
    if free < needed:
        raise CannotStart(
            f"The disk of {directory} is nearly full: {free // 1_000_000} MB free, "
            f"{needed // 1_000_000} MB needed."
        )


def _sentence(trouble: OSError, directory: Path) -> str:
    if trouble.errno in {errno.ENOSPC, errno.EDQUOT}:
        return f"The disk of {directory} is full."
    return f"The data directory {directory} cannot be written: {trouble.strerror}."
