"""A TCP proxy that can go silent: it accepts connections and bytes, and forwards nothing."""

import socket
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Final

from interview_platform.stack.broker import LOOPBACK

CHUNK: Final = 65_536  # bytes


class SilentProxy:
    """A proxy on loopback. A connection that was open during a silence stays silent forever."""

    def __init__(self, *, target: int) -> None:
        self._target = (LOOPBACK, target)
        self._listener = socket.create_server((LOOPBACK, 0))
        self._is_silent = False
        self._silence = threading.Event()  # of the connections that are open now
        self.port: int = self._listener.getsockname()[1]

    def start(self) -> None:
        """Accept connections."""
        _run(self._accept)

    def stop(self) -> None:
        """Accept no more connections, and close those that nobody serves."""
        self._listener.shutdown(socket.SHUT_RDWR)  # it wakes the thread, which closes it

    def go_silent(self) -> None:
        """Forward nothing any more."""
        self._is_silent = True
        self._silence.set()

    def recover(self) -> None:
        """Serve new connections again."""
        self._silence = threading.Event()
        self._is_silent = False

    def _accept(self) -> None:
        with (
            self._listener,
            ExitStack() as unserved,
            suppress(OSError),
        ):  # at its end it is shut down
            while True:
                client, _ = self._listener.accept()
                if self._is_silent:
                    unserved.enter_context(client)
                else:
                    self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        try:
            server = socket.create_connection(self._target)
        except OSError:
            client.close()
            return
        silence = self._silence
        _run(lambda: _forward(client, server, silence))
        _run(lambda: _forward(server, client, silence))


def _forward(source: socket.socket, sink: socket.socket, silence: threading.Event) -> None:
    """Forward bytes until one side ends; swallow everything, and the end too, once it is silent."""
    with source, suppress(OSError):
        while chunk := source.recv(CHUNK):
            if not silence.is_set():
                sink.sendall(chunk)
    if not silence.is_set():
        with suppress(OSError):
            sink.shutdown(socket.SHUT_RDWR)


def _run(work: Callable[[], None]) -> None:
    threading.Thread(target=work, daemon=True).start()
