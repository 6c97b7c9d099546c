"""A RabbitMQ server of the tests' own, where the machine has one: Debian's package `rabbitmq-server`."""

import os
import signal
import socket
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Final

import psutil

from interview_platform.stack.broker import free_port
from interview_platform.stack.processes import die_with
from tests.tls import Certificates
from tests.waiting import wait_until

PROGRAM: Final = Path("/usr/lib/rabbitmq/bin/rabbitmq-server")  # the one on the path asks for root
START_SECONDS: Final = 90.0
HELLO: Final = b"AMQP\x00\x00\x09\x01"


def is_installed() -> bool:
    """Tell whether there is a RabbitMQ on this machine."""
    return PROGRAM.exists()


class RabbitMq:
    """A node on loopback, with and without TLS; it goes with the process that started it."""

    def __init__(self, directory: Path, certificates: Certificates) -> None:
        self._directory = directory
        self._port, self._tls_port = free_port(), free_port()
        self._process: subprocess.Popen[bytes] | None = None
        self.url = f"amqp://guest:guest@127.0.0.1:{self._port}//"
        self.tls_url = f"amqps://guest:guest@localhost:{self._tls_port}//?ssl_ca_certs={certificates.authority}"
        (directory / "rabbitmq.conf").write_text(
            "\n".join(
                (
                    f"listeners.tcp.local = 127.0.0.1:{self._port}",
                    f"listeners.ssl.local = 127.0.0.1:{self._tls_port}",
                    f"ssl_options.cacertfile = {certificates.authority}",
                    f"ssl_options.certfile = {certificates.certificate}",
                    f"ssl_options.keyfile = {certificates.key}",
                    "loopback_users = none",
                    "",
                )
            ),
            "utf-8",
        )
        (directory / "no-plugins").write_text("[].\n", "utf-8")

    def start(self) -> None:
        """Start the node; return when it takes connections."""
        with (self._directory / "log").open("ab") as log:
            self._process = subprocess.Popen(
                [str(PROGRAM)],
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - started between tests, before their threads
            )
        wait_until(self._answers, seconds=START_SECONDS)

    def hang(self) -> None:
        """Let the node take connections and answer nothing."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let the node answer again."""
        self._signal(signal.SIGCONT)

    def stop(self) -> None:
        """End the node, and the name server that it has started."""
        if self._process is not None:
            started = self._all()
            for process in started:
                with suppress(psutil.NoSuchProcess):
                    process.kill()
            psutil.wait_procs(started)
            self._process.wait()

    def _environment(self) -> dict[str, str]:
        own = str(self._directory)
        return {
            "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
            "HOME": own,  # for the cookie
            "LANG": "C.UTF-8",
            "ERL_EPMD_PORT": str(free_port()),
            "ERL_EPMD_ADDRESS": "127.0.0.1",
            "RABBITMQ_NODENAME": f"interview-{self._port}@localhost",
            "RABBITMQ_DIST_PORT": str(free_port()),
            "RABBITMQ_SERVER_ADDITIONAL_ERL_ARGS": "-kernel inet_dist_use_interface {127,0,0,1}",
            "RABBITMQ_CONFIG_FILE": f"{own}/rabbitmq.conf",
            "RABBITMQ_ENABLED_PLUGINS_FILE": f"{own}/no-plugins",
            "RABBITMQ_MNESIA_BASE": f"{own}/mnesia",
            "RABBITMQ_LOG_BASE": f"{own}/logs",
            "RABBITMQ_PID_FILE": f"{own}/pid",
        }

    def _answers(self) -> bool:
        assert self._process is not None
        assert self._process.poll() is None, (self._directory / "log").read_text("utf-8")
        try:
            with socket.create_connection(("127.0.0.1", self._port), timeout=1) as connection:
                connection.sendall(HELLO)
                return bool(connection.recv(1))
        except OSError:
            return False

    def _all(self) -> list[psutil.Process]:
        """Return the node, and what runs for it: its name server has left the family, but not our directory."""
        found = []
        for process in psutil.process_iter():
            with suppress(psutil.Error):
                if process.environ().get("HOME") == str(self._directory):
                    found.append(process)
        return found

    def _signal(self, number: int) -> None:
        for process in self._all():
            process.send_signal(number)
