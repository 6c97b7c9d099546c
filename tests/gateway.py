"""A client that asks through the whole gateway, in this process: event loop, limits, waiting and all."""

import asyncio
import threading
from collections.abc import Coroutine
from types import TracebackType
from typing import Any, Self, cast

import httpx
from django.core.asgi import get_asgi_application

from interview_platform.http.gateway import Gateway
from pipeline.api.event_listener import EventListener

SECONDS = 60


class GatewayClient:
    """Somebody's client; the gateway runs in a thread of its own until the block ends."""

    def __init__(self, *, token: str) -> None:
        self.listener = EventListener()
        self._gateway = Gateway(get_asgi_application(), events=self.listener)
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, daemon=True)
        self._headers = {"Authorization": f"Bearer {token}"}

    def __enter__(self) -> Self:
        self._thread.start()
        self._run(self.listener.start())
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._run(self.listener.stop())
        self._run(self._loop.shutdown_default_executor())
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def get(self, path: str, *, headers: dict[str, str] | None = None) -> httpx.Response:
        """Ask for something."""
        response: httpx.Response = self._run(self._send("GET", path, headers=headers))
        return response

    def post(
        self,
        path: str,
        body: dict[str, Any],
        format: str = "json",  # noqa: A002 - as the REST framework's client has it
        headers: dict[str, str] | None = None,
    ) -> httpx.Response:
        """Send something."""
        response: httpx.Response = self._run(self._send("POST", path, json=body, headers=headers))
        return response

    def _run(self, work: Coroutine[Any, Any, Any]) -> Any:
        return asyncio.run_coroutine_threadsafe(work, self._loop).result(SECONDS)

    async def _send(self, method: str, path: str, **options: Any) -> httpx.Response:
        transport = httpx.ASGITransport(cast(Any, self._gateway))
        async with httpx.AsyncClient(
            transport=transport, base_url="http://127.0.0.1", headers=self._headers
        ) as client:
            return await client.request(method, path, timeout=SECONDS, **options)
