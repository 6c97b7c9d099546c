import asyncio
from collections.abc import Iterator
from io import BytesIO

from django.core.handlers.asgi import ASGIRequest
from django.http import HttpRequest, StreamingHttpResponse
from django.test import RequestFactory

from interview_platform.http.streaming import AsyncStreamingMiddleware


class Source:
    """Blocks that know how many of them were asked for."""

    def __init__(self) -> None:
        self.taken = 0

    def __iter__(self) -> Iterator[bytes]:
        for number in range(3):
            self.taken += 1
            yield b"%d" % number


def respond(request: HttpRequest, source: Source) -> StreamingHttpResponse:
    response = AsyncStreamingMiddleware(lambda _: StreamingHttpResponse(source))(request)
    assert isinstance(response, StreamingHttpResponse)
    return response


def asgi_request() -> ASGIRequest:
    scope = {"type": "http", "method": "GET", "path": "/", "query_string": b"", "headers": []}
    return ASGIRequest(scope, BytesIO())


class TestAStream:
    def test_is_read_block_by_block_under_asgi(self) -> None:
        source = Source()

        async def read_first() -> bytes:
            blocks = aiter(respond(asgi_request(), source))
            first: bytes = await anext(blocks)
            return first

        assert asyncio.run(read_first()) == b"0"
        assert source.taken == 1

    def test_is_whole_under_asgi(self) -> None:
        async def read_all() -> list[bytes]:
            return [block async for block in respond(asgi_request(), Source())]

        assert asyncio.run(read_all()) == [b"0", b"1", b"2"]

    def test_is_left_alone_elsewhere(self) -> None:
        response = respond(RequestFactory().get("/"), Source())

        assert b"".join(response) == b"012"
