"""A PgBouncer of the tests' own, where the machine has one: Debian's package `pgbouncer`."""

import atexit
import os
import shutil
import signal
import subprocess
import tempfile
from pathlib import Path
from typing import Final

import psycopg

from interview_platform.stack.broker import LOOPBACK, free_port
from interview_platform.stack.processes import die_with
from tests.databases import UNPRIVILEGED, USER
from tests.waiting import wait_until

PROGRAM: Final = shutil.which("pgbouncer", path=f"{os.defpath}:/usr/sbin:/sbin")
CONFIGURATION: Final = """
[databases]
* = host=127.0.0.1 port={behind} user={user}
[pgbouncer]
listen_addr = 127.0.0.1
listen_port = {port}
unix_socket_dir =
auth_type = any
pool_mode = transaction
default_pool_size = 1
"""


class PgBouncer:
    """One connection to the server behind it, which all clients take turns at, a transaction each."""

    def __init__(self, *, behind: int) -> None:
        self.port = free_port()
        self._home = Path(tempfile.mkdtemp(prefix="interview-pgbouncer-"))
        atexit.register(shutil.rmtree, self._home, ignore_errors=True)
        self._configuration = self._home / "pgbouncer.ini"
        self._configuration.write_text(
            CONFIGURATION.format(behind=behind, port=self.port, user=USER)
            + ("" if os.geteuid() else f"user = {_name_of(UNPRIVILEGED)}\n"),
            "utf-8",
        )
        self._process: subprocess.Popen[bytes] | None = None

    def start(self, *, database: str, user: str) -> None:
        """Start it; return when it leads to the database."""
        assert PROGRAM is not None
        if os.geteuid() == 0:  # it refuses to serve as root, and becomes who the file says
            os.chown(self._home, UNPRIVILEGED, UNPRIVILEGED)
        with (self._home / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [PROGRAM, str(self._configuration)],
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - started between tests, before their threads
            )
        wait_until(lambda: self._leads_to(database, user))

    def stop(self) -> None:
        """End it."""
        if self._process is not None and self._process.poll() is None:
            self._process.send_signal(signal.SIGTERM)
            self._process.wait()

    def _leads_to(self, database: str, user: str) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self._home / "log").read_text("utf-8")
        try:
            psycopg.connect(
                host=LOOPBACK, port=self.port, dbname=database, user=user, connect_timeout=5
            ).close()
        except psycopg.OperationalError:
            return False
        return True


def _name_of(user: int) -> str:
    import pwd

    return pwd.getpwuid(user).pw_name
