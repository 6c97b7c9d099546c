"""Send files under ASGI without a thread of their own."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterator
from typing import cast

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase


class AsyncStreamingMiddleware:
    """
    Let files be read block by block, each when the client has taken the one before.

    Django would read a synchronous iterator to its end first, and hold all of it in memory.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        if isinstance(response, StreamingHttpResponse) and isinstance(request, ASGIRequest):
            _read_in_threads(response)
        return response


def _read_in_threads(response: StreamingHttpResponse) -> None:
    if not response.is_async:
        blocks = cast(Iterator[bytes], response.streaming_content)
        response.streaming_content = _in_threads(blocks)


async def _in_threads(blocks: Iterator[bytes]) -> AsyncIterator[bytes]:
    while (block := await asyncio.to_thread(next, blocks, None)) is not None:
        yield block
