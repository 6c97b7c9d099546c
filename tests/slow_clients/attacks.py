"""Clients that send, or read, slowly or not at all, while somebody else asks whether the API is alive."""

import asyncio
import itertools
import json
import socket
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from typing import Final

SIZES: Final = (900, 100_000, 2_000_000, 40_000_000)  # bytes that a body announces
MOST_SENT: Final = 1_000_000  # bytes of a half body
PROBE_EVERY: Final = 0.25  # seconds
PROBE_TIMEOUT: Final = 10.0
BOUNDARY: Final = "slow"
LIVE: Final = b"GET /health/live HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n"
MULTIPART: Final = (
    f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="a.wav"\r\n\r\nRIFF'
).encode()
PUBLIC_ROUTES: Final = (
    "POST /api/v1/users/login",
    "POST /api/v1/users/register",
    "POST /api/v1/users/token/refresh",
    "POST /nowhere",
)


@dataclass(frozen=True, slots=True)
class Attack:
    """What many clients do at once."""

    name: str
    routes: Sequence[str]  # "METHOD /path"
    is_chunked: bool = False
    sends_half: bool = True  # else nothing of the body
    drips: bool = False  # a byte a second
    token: str = ""
    sizes: Sequence[int] = SIZES


@dataclass(slots=True)
class Outcome:
    """What came of an attack."""

    name: str
    probes: list[float] = field(default_factory=list)  # seconds each; PROBE_TIMEOUT for no answer
    statuses: Counter[str] = field(default_factory=Counter)  # that the clients got
    still_open: int = 0

    @property
    def slowest_probe(self) -> float:
        """Return the seconds of the slowest probe."""
        return max(self.probes)

    @property
    def row(self) -> str:
        """Return a line of the table."""
        got = " ".join(f"{status}:{number}" for status, number in sorted(self.statuses.items()))
        return f"{self.name:<46} {self.slowest_probe:>8.2f} {self.still_open:>6}  {got}"


def attacks(*, routes: Sequence[str], upload: str, token: str) -> Iterator[Attack]:
    """Yield each way to send slowly: half, dripping and silent, plain and chunked, with and without a token."""
    ways = {"half": (True, False), "dripping": (True, True), "silent": (False, False)}
    for (way, (half, drips)), chunked, used in itertools.product(
        ways.items(), (False, True), ("", token)
    ):
        framing = "chunked" if chunked else "plain"
        yield Attack(
            name=f"{way}, {framing}, {'with a token' if used else 'without a token'}",
            routes=(*(routes if used else PUBLIC_ROUTES), upload),
            is_chunked=chunked,
            sends_half=half,
            drips=drips,
            token=used,
        )


async def carry_out(attack: Attack, *, port: int, clients: int, seconds: float) -> Outcome:
    """Let the clients attack until each is cut off, or the seconds are over; probe meanwhile."""
    outcome = Outcome(attack.name)
    plans = itertools.cycle(itertools.product(attack.routes, attack.sizes))
    over = asyncio.Event()
    prober = asyncio.create_task(probe(outcome, port=port, over=over))
    attackers = [
        asyncio.create_task(_send_slowly(attack, route, size, port=port))
        for route, size in itertools.islice(plans, clients)
    ]
    done, open_ones = await asyncio.wait(attackers, timeout=seconds)
    outcome.statuses.update(task.result() for task in done)
    outcome.still_open = len(open_ones)
    over.set()
    await prober
    for task in open_ones:
        task.cancel()
    await asyncio.gather(*open_ones, return_exceptions=True)
    return outcome


async def read_slowly(path: str, *, token: str, port: int, clients: int, seconds: float) -> Outcome:
    """Let the clients ask for a large recording and take hardly any of it."""
    outcome = Outcome(f"{clients} slow readers of a recording")
    over = asyncio.Event()
    prober = asyncio.create_task(probe(outcome, port=port, over=over))
    readers = [
        asyncio.create_task(_read_hardly(path, token=token, port=port, over=over))
        for _ in range(clients)
    ]
    await asyncio.sleep(seconds)
    over.set()
    await prober
    outcome.statuses.update(await asyncio.gather(*readers))
    return outcome


async def probe(outcome: Outcome, *, port: int, over: asyncio.Event) -> None:
    """Ask again and again whether the API lives, each time by a connection of its own."""
    while True:
        began = time.monotonic()
        try:
            async with asyncio.timeout(PROBE_TIMEOUT):
                status = await ask(LIVE, port=port)
        except (OSError, TimeoutError):
            status = ""
        took = time.monotonic() - began
        outcome.probes.append(took if status == "200" else PROBE_TIMEOUT)
        if over.is_set():
            return
        with suppress(TimeoutError):
            await asyncio.wait_for(over.wait(), PROBE_EVERY)


async def ask(request: bytes, *, port: int) -> str:
    """Send these bytes and return the status; "" where the connection is closed without one."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        writer.write(request)
        return await _status(reader)
    finally:
        writer.close()


def head(
    route: str, *, length: int | None, token: str = "", is_upload: bool = False, also: str = ""
) -> bytes:
    """Return the head of a request; without a length it is chunked."""
    kind = f"multipart/form-data; boundary={BOUNDARY}" if is_upload else "application/json"
    framing = "Transfer-Encoding: chunked" if length is None else f"Content-Length: {length}"
    bearer = f"Authorization: Bearer {token}\r\n" if token else ""
    return (
        f"{route} HTTP/1.1\r\nHost: 127.0.0.1\r\n{bearer}Content-Type: {kind}\r\n"
        f"{framing}\r\n{also}\r\n"
    ).encode()


async def _send_slowly(attack: Attack, route: str, size: int, *, port: int) -> str:
    """Send the head and half of the body; return the status, or how the connection ended."""
    is_upload = route.endswith("/audio")
    start = MULTIPART if is_upload else json.dumps({"email": "x" * 100}).encode()[:-2]
    part = min(size // 2, MOST_SENT)
    half = (start + b"x" * part)[:part] if attack.sends_half else b""
    length = None if attack.is_chunked else size
    try:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
    except OSError:
        return "refused"
    try:
        writer.write(head(route, length=length, token=attack.token, is_upload=is_upload))
        writer.write(_chunk(half) if attack.is_chunked and half else half)
        status = asyncio.create_task(_status(reader))
        while attack.drips and not status.done():
            await asyncio.wait({status}, timeout=1.0)
            writer.write(_chunk(b"x") if attack.is_chunked else b"x")
        return await status or "closed"
    except OSError:
        return "reset"
    finally:
        writer.close()


async def _read_hardly(path: str, *, token: str, port: int, over: asyncio.Event) -> str:
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.setblocking(False)
    await asyncio.get_running_loop().sock_connect(connection, ("127.0.0.1", port))
    reader, writer = await asyncio.open_connection(sock=connection, limit=1024)
    try:
        bearer = f"Authorization: Bearer {token}"
        writer.write(f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\n{bearer}\r\n\r\n".encode())
        async with asyncio.timeout(PROBE_TIMEOUT):
            status = await _status(reader)
        await over.wait()
    except (OSError, TimeoutError):
        return "no answer"
    else:
        return status
    finally:
        writer.transport.abort()


async def _status(reader: asyncio.StreamReader) -> str:
    """Return the status of the response, "" for none; an interim one is passed over."""
    while True:
        try:
            line = await reader.readline()
        except OSError:
            return "reset"
        status = line.split(b" ")[1].decode() if line.startswith(b"HTTP/") else ""
        if status != "100":
            return status
        await reader.readline()


def _chunk(data: bytes) -> bytes:
    return b"%x\r\n%s\r\n" % (len(data), data)
