"""Watches where this process connects to. Python tells of every connection and look-up by an audit event."""

import ipaddress
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

CONNECTING: Final = ("socket.connect", "socket.sendto", "socket.sendmsg")
LOOKING_UP: Final = ("socket.getaddrinfo", "socket.gethostbyname", "socket.gethostbyname_ex")
AT_HOME: Final = frozenset({"localhost", ""})


class _Watch:
    """What was seen, while somebody looks; a hook cannot be taken away again."""

    seen: list[str] | None = None
    is_set_up = False


@contextmanager
def watched() -> Iterator[list[str]]:
    """Give a list of all connections and look-ups that leave this machine, as they are tried."""
    if not _Watch.is_set_up:
        sys.addaudithook(_look)
        _Watch.is_set_up = True
    _Watch.seen = []
    try:
        yield _Watch.seen
    finally:
        _Watch.seen = None


def is_at_home(host: object) -> bool:
    """Tell whether the address is this machine's own."""
    if not isinstance(host, (str, bytes)):  # a path, or nothing
        return True
    text = host.decode() if isinstance(host, bytes) else host
    if text in AT_HOME or text.startswith("/"):
        return True
    try:
        return ipaddress.ip_address(text.partition("%")[0]).is_loopback
    except ValueError:  # a name
        return False


def _look(event: str, arguments: tuple[Any, ...]) -> None:
    if _Watch.seen is None:
        return
    if event in CONNECTING:
        address = arguments[1]
        host = address[0] if isinstance(address, tuple) else address
    elif event in LOOKING_UP:
        host = arguments[0]
    else:
        return
    if not is_at_home(host):
        _Watch.seen.append(f"{event} {host!r}")
