"""Many clients at once, each with a connection of its own that stays open: as little work a request as Python allows."""

import socket
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import urlsplit

from benchmarks.capacity import p95

PATIENCE_SECONDS: Final = 60.0
BOUNDARY: Final = "----benchmarks"
Maker = Callable[[int], bytes]  # number of the request → its bytes


@dataclass(slots=True)
class Load:
    """What came of it."""

    seconds: float
    times: list[float] = field(default_factory=list)  # seconds, of each answer
    statuses: dict[int, int] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.times) / self.seconds

    @property
    def slow(self) -> float:
        """The 95th percentile, in seconds."""
        return p95(self.times)


def hammer(
    url: str, clients: Sequence[Maker], *, seconds: float, until: Callable[[], bool] | None = None
) -> Load:
    """Let every client ask again and again, for a time or until something is so."""
    lock, over = threading.Lock(), threading.Event()
    load = Load(seconds)

    def live(make: Maker) -> None:
        number, times, statuses = 0, [], []
        with Connection(url) as connection:
            while not over.is_set():
                request = make(number)
                begin = time.perf_counter()
                statuses.append(connection.ask(request)[0])
                times.append(time.perf_counter() - begin)
                number += 1
        with lock:
            load.times += times
            for status in statuses:
                load.statuses[status] = load.statuses.get(status, 0) + 1

    threads = [threading.Thread(target=live, args=(make,)) for make in clients]
    begin = time.perf_counter()
    for thread in threads:
        thread.start()
    while time.perf_counter() - begin < seconds and not (until and until()):
        over.wait(0.1)
    over.set()
    for thread in threads:
        thread.join()
    load.seconds = time.perf_counter() - begin
    return load


class Connection:
    """One connection, on which one request follows the other; a new one where the server has closed it."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address = parts.hostname or "", parts.port or 80
        self._open()

    def _open(self) -> None:
        self._socket = socket.create_connection(self._address, timeout=PATIENCE_SECONDS)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")
        self._is_over = False

    def _close(self) -> None:
        self._file.close()
        self._socket.close()

    def __enter__(self) -> "Connection":
        return self

    def __exit__(self, *_: object) -> None:
        self._close()

    def ask(self, request: bytes) -> tuple[int, Mapping[str, str], bytes]:
        """Return status, headers (lower case) and body."""
        if self._is_over:
            self._close()
            self._open()
        self._socket.sendall(request)
        status = int(self._file.readline().split()[1])
        headers = {}
        while (line := self._file.readline()) not in {b"\r\n", b""}:
            name, _, value = line.decode("latin-1").partition(":")
            headers[name.lower()] = value.strip()
        self._is_over = headers.get("connection", "").lower() == "close"
        return status, headers, self._file.read(int(headers.get("content-length", 0)))


def get(path: str, *, token: str = "", headers: Mapping[str, str] | None = None) -> bytes:
    """Return the bytes of a GET."""
    return _request(f"GET {path} HTTP/1.1", token=token, headers=headers or {})


def post_file(path: str, content: bytes, *, token: str = "") -> bytes:
    """Return the bytes of an upload."""
    head = (
        f"--{BOUNDARY}\r\n"
        'Content-Disposition: form-data; name="file"; filename="answer.wav"\r\n'
        "Content-Type: audio/wav\r\n\r\n"
    )
    body = head.encode() + content + f"\r\n--{BOUNDARY}--\r\n".encode()
    headers = {
        "Content-Type": f"multipart/form-data; boundary={BOUNDARY}",
        "Content-Length": str(len(body)),
    }
    return _request(f"POST {path} HTTP/1.1", token=token, headers=headers) + body


def _request(first: str, *, token: str, headers: Mapping[str, str]) -> bytes:
    lines = [first, "Host: localhost", *(f"{name}: {value}" for name, value in headers.items())]
    if token:
        lines.append(f"Authorization: Bearer {token}")
    return "\r\n".join([*lines, "", ""]).encode()
