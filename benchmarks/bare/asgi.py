"""The bare views as an application for the web server."""

import asyncio
import os
from typing import Any

os.environ["DJANGO_SETTINGS_MODULE"] = "benchmarks.bare.settings"

from django.core.asgi import get_asgi_application

application = get_asgi_application()
_turn = asyncio.Semaphore(1)


async def one_at_a_time(scope: Any, receive: Any, send: Any) -> None:
    """Serve one request after the other, as a process without threads does."""
    async with _turn:
        await application(scope, receive, send)
