"""
A gunicorn worker whose threads wait for nobody.

Gunicorn's own gives a thread to each connection before a byte of it has come: a few dozen clients that send nothing, or a
header a minute, take all threads. Here the loop gathers each request, its head and a small body, and hands it to a thread
when it is whole. Where the house is full, whoever has been gathering longest makes room. And gunicorn's loop itself waits two
seconds for each client that does not hang up after its last answer; here nobody waits for those either. Recordings are too large to be
gathered: they are read in a thread, which gives up on a silent client by itself (`media.receiving`).
"""

import errno
import re
import resource
import selectors
import socket
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any, Final
from weakref import WeakKeyDictionary

from gunicorn import http, util
from gunicorn.workers.gthread import TConn, ThreadWorker

from interview_platform.http.arrival import BEGAN
from interview_platform.stack.refusals import write_refusal

GATHER_SECONDS: Final = 20.0  # for a whole request; a recording has as long as it keeps coming
LINGER_SECONDS: Final = 2.0
MOST_HEAD: Final = 65_536  # bytes
MOST_BODY: Final = 1_048_576  # bytes; more than any request without a recording may have
MOST_GATHERED: Final = 67_108_864  # bytes of all that is being gathered by one process
BLOCK: Final = 65_536
HEAD_END: Final = b"\r\n\r\n"
LENGTH: Final = re.compile(rb"\r\ncontent-length:[ \t]*([0-9]{1,18})[ \t]*\r\n", re.IGNORECASE)
CHUNKED: Final = re.compile(rb"\r\ntransfer-encoding:", re.IGNORECASE)
EXPECTS: Final = re.compile(rb"\r\nexpect:[ \t]*100-continue[ \t]*(?=\r\n)", re.IGNORECASE)
GO_ON: Final = b"HTTP/1.1 100 Continue\r\n\r\n"
NO_DESCRIPTOR_LEFT: Final = (errno.EMFILE, errno.ENFILE)
NOBODY_THERE: Final = (errno.EAGAIN, errno.ECONNABORTED, errno.EWOULDBLOCK)


class Connection(TConn):  # type: ignore[misc] # gunicorn has no types
    """One client, and what has come of its next request."""

    def __init__(self, *arguments: Any) -> None:
        super().__init__(*arguments)
        self.gathered = bytearray()
        self.began = 0.0  # when the first byte of it came, as seconds since 1970
        self.searched = 0  # bytes in which no end of the head was found
        self.linger: Callable[[Connection], None] | None = None

    def close(self, graceful: bool = False) -> None:  # noqa: FBT001, FBT002 - gunicorn's signature
        """Close the connection; gracefully: let the loop see to it that the last answer is read."""
        if graceful and self.linger is not None:
            self.linger(self)
        else:
            super().close()

    def length_of_request(self) -> int | None:
        """Return how many bytes the request has; 0: it is to be taken as it comes; None: its head is not whole."""
        end = self.gathered.find(HEAD_END, self.searched)
        if end < 0:
            self.searched = max(0, len(self.gathered) - len(HEAD_END))
            return None
        head = bytes(self.gathered[: end + len(HEAD_END)])
        length = LENGTH.search(head)
        if CHUNKED.search(head) or (length and int(length[1]) > MOST_BODY):
            return 0
        return len(head) + (int(length[1]) if length else 0)

    def invite(self) -> None:
        """Tell a client that waits for it to send its small body, once."""
        end = self.gathered.find(HEAD_END)
        match = EXPECTS.search(bytes(self.gathered[: end + len(HEAD_END)]))
        if match:
            self.sock.send(GO_ON)
            del self.gathered[match.start() : match.end()]


class PatientWorker(ThreadWorker):  # type: ignore[misc] # gunicorn has no types
    """Gathers requests in its loop."""

    gathered_bytes = 0
    wsgi: Any  # the application

    def __init__(self, *arguments: Any, **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.lingering: deque[Connection] = deque()  # answered for the last time, not hung up yet
        self.began: WeakKeyDictionary[socket.socket, float] = WeakKeyDictionary()

    def init_process(self) -> None:
        """Have as many descriptors as the system allows: a connection is one."""
        hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
        util.write_error = (
            write_refusal  # gunicorn has no other way to have its errors told by somebody else
        )
        super().init_process()

    def load_wsgi(self) -> None:
        """Tell the application when each request began to come: it may have waited for a thread since."""
        super().load_wsgi()
        application = self.wsgi

        def call(environ: dict[str, Any], start_response: Callable[..., Any]) -> Any:
            environ[BEGAN] = self.began.get(environ["gunicorn.socket"], time.time())
            return application(environ, start_response)

        self.wsgi = call

    def accept(self, listener: Any) -> None:
        """Take a connection, and gather its first request."""
        if self.cfg.is_ssl:
            super().accept(listener)
            return
        try:
            client, address = listener.accept()
        except OSError as error:
            if error.errno in NO_DESCRIPTOR_LEFT:
                self._make_room()
            elif error.errno not in NOBODY_THERE:
                raise
            return
        self.nr_conns += 1
        conn = Connection(self.cfg, client, address, listener.getsockname())
        conn.linger = self._linger
        self._gather(conn)
        if self.nr_conns >= self.worker_connections:
            self._make_room()

    def on_client_socket_readable(self, conn: Any, client: Any) -> None:
        """Gather the next request of a client that was answered before."""
        self.poller.unregister(client)
        self.keepalived_conns.remove(conn)
        if not isinstance(conn, Connection):
            self.enqueue_req(conn)
            return
        self._gather(conn)
        self._read(conn)

    def on_pending_socket_readable(self, conn: Any, client: Any) -> None:
        """Gather more of a request."""
        if isinstance(conn, Connection):
            self._read(conn)
        else:
            super().on_pending_socket_readable(conn, client)

    def finish_request(self, conn: Any, fs: Any) -> None:
        """Go on with what the client had sent behind its request already."""
        super().finish_request(conn, fs)
        if isinstance(conn, Connection) and conn.gathered and conn in self.keepalived_conns:
            self.poller.unregister(conn.sock)
            self.keepalived_conns.remove(conn)
            conn.began = time.time()
            self._gather(conn)
            self._hand_over_when_whole(conn)

    def murder_pending(self) -> None:
        """Close connections whose request, or whose end, did not come in time."""
        super().murder_pending()
        while self.lingering and self.lingering[0].timeout < time.monotonic():
            self._end(self.lingering[0])
        self.gathered_bytes = sum(
            len(conn.gathered) for conn in self.pending_conns if isinstance(conn, Connection)
        )

    def _gather(self, conn: Connection) -> None:
        conn.sock.setblocking(False)  # noqa: FBT003 - it has no name
        conn.timeout = time.monotonic() + GATHER_SECONDS
        self.pending_conns.append(conn)
        readable = partial(self.on_pending_socket_readable, conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, readable)

    def _read(self, conn: Connection) -> None:
        try:
            block = conn.sock.recv(BLOCK)
        except BlockingIOError:
            return
        except OSError:  # it was reset
            block = b""
        if not block and HEAD_END in conn.gathered:
            self._hand_over(conn, len(conn.gathered))  # a body that breaks off gets its answer
            return
        if not block:
            self._drop(conn)
            return
        if not conn.gathered:
            conn.began = time.time()
        conn.gathered += block
        self.gathered_bytes += len(block)
        if not self._hand_over_when_whole(conn) and self.gathered_bytes > MOST_GATHERED:
            self._make_room()

    def _hand_over_when_whole(self, conn: Connection) -> bool:
        length = conn.length_of_request()
        if length is None:
            if len(conn.gathered) > MOST_HEAD:
                self._refuse(conn)
            return False
        if length:
            before = len(conn.gathered)
            try:
                conn.invite()
            except OSError:
                self._drop(conn)
                return False
            length -= before - len(conn.gathered)
        if len(conn.gathered) < length:
            return False
        self._hand_over(conn, length or len(conn.gathered))
        return True

    def _hand_over(self, conn: Connection, length: int) -> None:
        """Give the request to a thread; what came behind it stays here."""
        self._forget(conn)
        self.gathered_bytes -= length
        if conn.parser is None:
            conn.parser = http.get_parser(self.cfg, conn.sock, conn.client)
            conn.initialized = True
        self.began[conn.sock] = conn.began
        conn.parser.unreader.unread(bytes(conn.gathered[:length]))
        del conn.gathered[:length]
        conn.searched = 0
        self.enqueue_req(conn)

    def _linger(self, conn: Connection) -> None:
        """Half-close: a client that is still sending would lose the answer to a reset."""
        try:
            conn.sock.shutdown(socket.SHUT_WR)
        except OSError:
            conn.close()
            return
        conn.sock.setblocking(False)  # noqa: FBT003 - it has no name
        conn.timeout = time.monotonic() + LINGER_SECONDS
        conn.searched = 0
        self.lingering.append(conn)
        self.poller.register(conn.sock, selectors.EVENT_READ, partial(self._drain, conn))
        if len(self.lingering) > self.worker_connections:
            self._end(self.lingering[0])

    def _drain(self, conn: Connection, _client: Any) -> None:
        try:
            block = conn.sock.recv(BLOCK)
        except BlockingIOError:
            return
        except OSError:
            block = b""
        conn.searched += len(block)
        if not block or conn.searched > BLOCK:
            self._end(conn)

    def _end(self, conn: Connection) -> None:
        self.lingering.remove(conn)
        self.poller.unregister(conn.sock)
        conn.close()

    def _refuse(self, conn: Connection) -> None:
        """Say what is wrong, if the client listens, and close."""
        with suppress(OSError):
            write_refusal(conn.sock, 431, "Request Header Fields Too Large")
        self._drop(conn)

    def _make_room(self) -> None:
        """Close the connection that has been gathering, or idle, longest."""
        first_ones = [queue[0] for queue in (self.pending_conns, self.keepalived_conns) if queue]
        if first_ones:
            self._drop(min(first_ones, key=self._waits_since))

    def _waits_since(self, conn: Any) -> float:
        patience = GATHER_SECONDS if conn in self.pending_conns else self.cfg.keepalive
        return float(conn.timeout - patience)

    def _drop(self, conn: Any) -> None:
        self._forget(conn)
        self.nr_conns -= 1
        conn.close()

    def _forget(self, conn: Any) -> None:
        queue = self.pending_conns if conn in self.pending_conns else self.keepalived_conns
        queue.remove(conn)
        self.poller.unregister(conn.sock)
