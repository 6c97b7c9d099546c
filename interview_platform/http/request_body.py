"""Read the body of a request from the server, with a deadline and a least rate."""

import asyncio
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Final

from django.conf import settings

from interview_platform.errors import Refused

Message = Mapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
CLOSE: Final = {"Connection": "close"}  # the rest of the body is not read
REPLAYED_BYTES: Final = 65_536  # kept of a body, in case the view is called again


class TooSlow(Refused):
    """The body did not come in time."""

    status = HTTPStatus.REQUEST_TIMEOUT
    code = "request_too_slow"
    message = "The request was not received in time. Try again on a faster connection."


class BodyRefused(Exception):  # noqa: N818 - it carries the refusal past Django
    """The body is not read any further."""

    def __init__(self, refusal: Refused) -> None:
        super().__init__()
        self.refusal = refusal


class RequestBody:
    """
    The body of one request.

    Each `SLOW_CLIENT_SECONDS` must bring `SLOW_CLIENT_BYTES` or the end, and the whole of it `BODY_SECONDS` at most.
    """

    def __init__(self, receive: Receive) -> None:
        self._receive = receive
        self._started = 0.0
        self._window_end = 0.0
        self._window_bytes = 0
        self._kept: list[bytes] | None = []
        self._kept_bytes = 0
        self.is_whole = False

    @property
    def kept(self) -> bytes | None:
        """Return the whole body; None while it is not whole, and for one that is too large to keep."""
        return b"".join(self._kept) if self.is_whole and self._kept is not None else None

    async def next_message(self) -> Message:
        """Return the server's next message; raise `BodyRefused` for a client that is too slow."""
        message = await self._in_time()
        block = message.get("body", b"")
        self._window_bytes += len(block)
        self._keep(block)
        self.is_whole = message["type"] == "http.request" and not message.get("more_body", False)
        return message

    async def drain(self, *, seconds: float) -> None:
        """Throw away what still comes, so that a client which is still sending reads the response."""
        try:
            async with asyncio.timeout(seconds):
                more = True
                while more:
                    message = await self._receive()
                    more = message["type"] == "http.request" and message.get("more_body", False)
        except TimeoutError:
            return

    async def _in_time(self) -> Message:
        now = asyncio.get_running_loop().time
        self._started = self._started or now()
        while True:
            if now() >= self._window_end:
                self._open_window(now())
            try:
                async with asyncio.timeout_at(self._window_end):
                    return await self._receive()
            except TimeoutError:
                continue

    def _open_window(self, now: float) -> None:
        is_first = not self._window_end
        is_slow = not is_first and self._window_bytes < settings.SLOW_CLIENT_BYTES
        if is_slow or now > self._started + settings.BODY_SECONDS:
            raise BodyRefused(TooSlow(headers=CLOSE))
        self._window_end = now + settings.SLOW_CLIENT_SECONDS
        self._window_bytes = 0

    def _keep(self, block: bytes) -> None:
        self._kept_bytes += len(block)
        if self._kept_bytes > REPLAYED_BYTES:
            self._kept = None
        elif self._kept is not None:
            self._kept.append(block)
