"""
The ASGI application around Django's own: what must not cost a thread or a database connection happens here.

Django gives each request a thread, and the thread a database connection. A request gets both once its body is there, and
gives them back while its client waits for a result (`Prefer: wait`) or reads slowly. So neither slow nor waiting clients
keep anybody else from being answered.
"""

import asyncio
import json
import logging
import time
from collections import Counter
from collections.abc import Awaitable, Callable, Mapping
from enum import Enum
from http import HTTPStatus
from typing import Any, Final, Protocol

from asgiref.sync import sync_to_async
from django.conf import settings
from django.db import close_old_connections
from django.urls import Resolver404, resolve

from interview_platform.errors import Refused, TooLarge
from interview_platform.http.envelope import envelope
from interview_platform.http.exchange import SCOPE_KEY, Exchange
from interview_platform.http.request_body import CLOSE, BodyRefused, Message, Receive, RequestBody
from interview_platform.http.request_id import HEADER, bind, choose_id

logger = logging.getLogger(__name__)

Scope = dict[str, Any]
Send = Callable[[Mapping[str, Any]], Awaitable[None]]
Application = Callable[[Scope, Receive, Send], Awaitable[None]]

LIVE_PATH: Final = "/health/live"
SEND_SECONDS: Final = 60.0  # for one block of a response; a client that takes longer is cut off
DRAIN_SECONDS: Final = 2.0  # that a refused client may go on sending, to read the response after it


class LengthRequired(Refused):
    """The body is sent in chunks, without its length."""

    status = HTTPStatus.LENGTH_REQUIRED
    code = "length_required"
    message = "Send a Content-Length"


class StorageFailed(Refused):
    """The disk does not take the body; what is wrong with it is in the log."""

    status = HTTPStatus.INTERNAL_SERVER_ERROR
    code = "storage_failed"
    message = "Internal server error"


class Heard(Enum):
    """How a wait for events ended."""

    EVENT = "event"
    NOTHING = "nothing"
    LOST = "lost"  # the events server is away


class Events(Protocol):
    """The events that this process hears."""

    async def start(self) -> None: ...

    async def stop(self) -> None: ...

    @property
    def position(self) -> int | None:
        """Return the number of the latest event; None while nothing can be heard."""

    async def wait(self, topic: str, *, since: int | None, seconds: float) -> Heard:
        """Return as soon as the topic has an event later than `since`, or when the time is over."""


class Gateway:
    """The application that the web server runs: Django, and all that protects it from its clients."""

    def __init__(
        self, django: Application, *, events: Events, on_start: Callable[[], None] | None = None
    ) -> None:
        self.django = django
        self.on_start = on_start  # called once when the server starts
        self.events = events
        self.slots = asyncio.Semaphore(settings.API_CONCURRENCY)
        self.waiting: Counter[int | None] = Counter()  # requests that wait, by user

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve the ASGI protocol."""
        if scope["type"] == "lifespan":
            await self._follow_lifespan(receive, send)
        elif scope["type"] != "http":
            raise ValueError(f"{scope['type']}: only HTTP is served")
        elif scope["path"] == LIVE_PATH and scope["method"] in {"GET", "HEAD"}:
            await _say_live(scope, send)
        else:
            await Conversation(self, scope, receive, send).run()

    async def _follow_lifespan(self, receive: Receive, send: Send) -> None:
        while True:
            message = await receive()
            if message["type"] == "lifespan.startup":
                if self.on_start is not None:
                    self.on_start()
                await self.events.start()
                await send({"type": "lifespan.startup.complete"})
            else:
                await self.events.stop()
                await send({"type": "lifespan.shutdown.complete"})
                return


class Conversation:
    """One exchange with a client: one or more calls of Django, and one response."""

    def __init__(self, gateway: Gateway, scope: Scope, receive: Receive, send: Send) -> None:
        self._gateway = gateway
        self._receive_from_server = receive
        self._send_to_server = send
        self._exchange = Exchange()
        self._scope = {**scope, SCOPE_KEY: self._exchange}
        self._body = RequestBody(receive)
        self._replay: bytes | None = (
            None  # the body of this call, when it is not read from the server
        )
        self._has_delivered = False  # this call has its whole body
        self._has_slot = False
        self._has_started = False  # the response
        self._is_stalled = False  # the client does not read
        self._streams = asyncio.Event()  # the response comes in several blocks
        self._disconnect: asyncio.Task[None] | None = None

    async def run(self) -> None:
        """Receive the request and send the response."""
        try:
            await self._respond()
        finally:
            if self._disconnect is not None:
                self._disconnect.cancel()

    async def _respond(self) -> None:
        view = _view_class(self._scope["path"])
        self._exchange.refusal = _refusal_of_head(self._scope, view)
        if self._exchange.refusal is not None or (view is None and _has_body(self._scope)):
            await self._call(body=b"")  # of a body for nobody nothing is read
            return
        if getattr(view, "checks_head", False) and self._scope["method"] == "POST":
            self._exchange.is_head_only = True
            await self._call(body=b"")
            self._exchange.is_head_only = False
            if not self._exchange.is_head_accepted:
                return
        position = self._gateway.events.position
        self._exchange.may_wait = position is not None
        await self._call()
        while self._exchange.topic and not self._has_started:
            position = await self._wait(position)
            await self._call(body=self._body.kept)

    async def _call(self, *, body: bytes | None = None) -> None:
        """Call Django, with this body or else the one that the client sends."""
        self._replay, self._has_delivered, self._exchange.topic = body, False, ""
        try:
            await self._gateway.django(self._scope, self._receive, self._send)
        except BodyRefused as refused:
            await self._refuse(refused.refusal)
        except OSError:
            if self._has_delivered:
                raise
            logger.exception("The body of a request could not be written to the disk")
            await self._refuse(StorageFailed(headers=CLOSE))
        finally:
            self._release_slot()

    async def _refuse(self, refusal: Refused) -> None:
        self._exchange.refusal = refusal
        await self._call(body=b"")

    async def _receive(self) -> Message:
        """Give Django the body, the end of it once there is a slot; after that, tell when the client has gone."""
        if self._has_delivered:
            # Only a response in several blocks is broken off: a request that has begun is carried out to its end
            await self._streams.wait()
            await asyncio.wait({self._gone()})
            return {"type": "http.disconnect"}
        if self._replay is None:
            message = await self._body.next_message()
            is_last = self._body.is_whole
        else:
            message = {"type": "http.request", "body": self._replay, "more_body": False}
            is_last = True
        if is_last:
            await self._gateway.slots.acquire()
            self._has_slot = self._has_delivered = True
        return message

    async def _send(self, message: Mapping[str, Any]) -> None:
        """Send what Django responds, unless it is to be called again; cut off a client that does not read."""
        exchange = self._exchange
        if exchange.topic or (exchange.is_head_only and exchange.is_head_accepted):
            return
        if message["type"] == "http.response.start":
            self._has_started = True
            await sync_to_async(close_old_connections)()  # of this request's thread
            self._release_slot()
            if self._leaves_body_unread():
                message = {**message, "headers": [*message["headers"], (b"connection", b"close")]}
        elif message.get("more_body", False):
            self._streams.set()
        elif self._leaves_body_unread():
            await self._send_in_time({**message, "more_body": True})
            await self._body.drain(seconds=DRAIN_SECONDS)
            message = {"type": "http.response.body", "body": b"", "more_body": False}
        await self._send_in_time(message)

    async def _send_in_time(self, message: Mapping[str, Any]) -> None:
        if self._is_stalled:
            return
        try:
            async with asyncio.timeout(SEND_SECONDS):
                await self._send_to_server(message)
        except TimeoutError:
            self._is_stalled = True
            self._gone().cancel()

    async def _wait(self, since: int | None) -> int | None:
        """Wait for an event of the topic, or for the end of the client's patience; return where to listen from."""
        exchange, events = self._exchange, self._gateway.events
        left = (exchange.deadline or 0.0) - time.monotonic()
        heard = await self._hear(since, seconds=left) if self._takes_place() else Heard.LOST
        exchange.has_waited = heard == Heard.NOTHING
        position = events.position
        exchange.may_wait = heard == Heard.EVENT and position is not None
        return position

    async def _hear(self, since: int | None, *, seconds: float) -> Heard:
        exchange, waiting = self._exchange, self._gateway.waiting
        waiting[exchange.user_id] += 1
        news = asyncio.create_task(
            self._gateway.events.wait(exchange.topic, since=since, seconds=seconds)
        )
        try:
            await asyncio.wait({news, self._gone()}, return_when=asyncio.FIRST_COMPLETED)
            return news.result() if news.done() else Heard.LOST
        finally:
            news.cancel()
            waiting[exchange.user_id] -= 1
            waiting += Counter()  # forgets whoever waits no more

    def _takes_place(self) -> bool:
        """Return whether one more request may wait, and can be called again."""
        waiting = self._gateway.waiting
        return (
            self._body.kept is not None
            and waiting.total() < settings.WAIT_MAX_REQUESTS
            and waiting[self._exchange.user_id] < settings.WAIT_MAX_REQUESTS_PER_USER
        )

    def _leaves_body_unread(self) -> bool:
        return not self._body.is_whole and _has_body(self._scope)

    def _release_slot(self) -> None:
        if self._has_slot:
            self._has_slot = False
            self._gateway.slots.release()

    def _gone(self) -> "asyncio.Task[None]":
        """Return the task that ends when the client has gone; the body must have been read."""
        if self._disconnect is None:
            self._disconnect = asyncio.create_task(self._watch())
        return self._disconnect

    async def _watch(self) -> None:
        while (await self._receive_from_server())["type"] != "http.disconnect":
            pass


async def _say_live(scope: Scope, send: Send) -> None:
    request_id = choose_id(_header(scope, HEADER.lower().encode()).decode("latin-1"))
    with bind(request_id):
        body = json.dumps(envelope(data={"status": "live"}, error=None)).encode()
    headers = [
        (HEADER.encode(), request_id.encode()),
        (b"content-type", b"application/json"),
        (b"content-length", str(len(body)).encode()),
        (b"cache-control", b"no-store"),
    ]
    await send({"type": "http.response.start", "status": HTTPStatus.OK, "headers": headers})
    await send({"type": "http.response.body", "body": body, "more_body": False})


def _refusal_of_head(scope: Scope, view: type | None) -> Refused | None:
    """Return why the body is not even read; a view that checks the head itself says so itself."""
    if _header(scope, b"transfer-encoding"):
        return LengthRequired(headers=CLOSE)
    if not getattr(view, "checks_head", False) and view is not None:
        limit: int = settings.DATA_UPLOAD_MAX_MEMORY_SIZE
        return TooLarge(headers=CLOSE) if _length(scope) > limit else None
    return None


def _view_class(path: str) -> type | None:
    """Return the class of the view at the path; None for a path that leads nowhere."""
    for known in (path, path.rstrip("/")):
        try:
            function = resolve(known).func
        except Resolver404:
            continue
        return getattr(function, "view_class", object)
    return None


def _has_body(scope: Scope) -> bool:
    return _length(scope) > 0 or bool(_header(scope, b"transfer-encoding"))


def _length(scope: Scope) -> int:
    """Return the announced length of the body; nothing, or nonsense, is 0."""
    text = _header(scope, b"content-length").decode("latin-1")
    return int(text) if text.isdecimal() else 0


def _header(scope: Scope, name: bytes) -> bytes:
    return next((bytes(value) for key, value in scope["headers"] if key.lower() == name), b"")
