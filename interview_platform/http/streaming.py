"""Send files under ASGI without a thread of their own."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse


class AsyncStreamingMiddleware:
    """
    Let files be read block by block, each when the client has taken the one before.

    Django would read a synchronous iterator to its end first, and hold all of it in memory.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        is_stream = isinstance(response, StreamingHttpResponse)
        if isinstance(request, ASGIRequest) and is_stream and not response.is_async:
            response.streaming_content = _in_threads(response.streaming_content)
        return response


async def _in_threads(blocks: Iterable[bytes]) -> AsyncIterator[bytes]:
    iterator = iter(blocks)
    while (block := await asyncio.to_thread(next, iterator, None)) is not None:
        yield block
