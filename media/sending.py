"""How a recording goes out: whole or a range of it, block by block, and never as anything but a sound to be saved."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO, Any, Final

from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header, parse_etags
from rest_framework.request import Request

from interview_platform.errors import NotFound, Refused
from media.audio_files import content_type
from media.models import AudioAnswer
from media.serializers import name_of
from pipeline.services import AudioExpired

BLOCK_BYTES: Final = 65_536
RANGE: Final = re.compile(r"bytes=\s*([0-9]{0,18})-([0-9]{0,18})\s*", re.IGNORECASE)
GUARD: Final = {
    "Accept-Ranges": "bytes",
    "Cache-Control": "private, no-store",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "X-Content-Type-Options": "nosniff",
}


class AudioIsGone(NotFound):
    """There is a row, but no file any more."""

    message = "The recording is no longer in the storage"


class RangeNotSatisfiable(Refused):
    """The range begins after the end."""

    status = 416
    code = "range_not_satisfiable"
    message = "The range lies outside of the recording"


@dataclass(frozen=True, slots=True)
class Span:
    """Bytes from `start` up to, but without, `end`."""

    start: int
    end: int

    @property
    def length(self) -> int:
        """Return how many they are."""
        return self.end - self.start


def send_recording(request: Request | HttpRequest, recording: AudioAnswer) -> HttpResponseBase:
    """Return the file as it is kept, or the one range that was asked for; raise `RangeNotSatisfiable`, `AudioExpired`."""
    if recording.expired_at is not None:
        raise AudioExpired
    file = _open(recording)
    try:
        size: int = file.size
        etag = f'"{recording.run.audio_sha256}"'
        span = _wanted_span(request, size=size, etag=etag)
        headers = _headers(recording, etag=etag, length=size if span is None else span.length)
    except BaseException:
        file.close()
        raise
    if span is not None:
        headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{size}"
    status = HTTPStatus.OK if span is None else HTTPStatus.PARTIAL_CONTENT
    if request.method == "HEAD":
        file.close()
        return HttpResponse(status=status, headers=headers)
    blocks = Blocks(file, span or Span(0, size))
    return StreamingHttpResponse(blocks, status=status, headers=headers)


def parse_range(header: str, *, size: int) -> Span | None:
    """
    Return the one range of a `Range` header; None for several, for other units and for nonsense: all of it is sent.

    Raise `RangeNotSatisfiable` for one that begins after the end.
    """
    match = RANGE.fullmatch(header.strip())
    if match is None or not (match[1] or match[2]):
        return None
    if not match[1]:
        length = min(int(match[2]), size)
        span = Span(size - length, size)
    else:
        last = int(match[2]) if match[2] else size - 1
        if last < int(match[1]):
            return None if match[2] else _refuse_range(size)
        span = Span(int(match[1]), min(last + 1, size))
    return span if 0 <= span.start < span.end else _refuse_range(size)


class Blocks:
    """The bytes of a span, a block at a time; the file is closed at the end, or when the client goes away."""

    def __init__(self, file: IO[Any], span: Span) -> None:
        self._file = file
        self._left = span.length
        file.seek(span.start)

    def __iter__(self) -> Iterator[bytes]:
        """Go through what is left."""
        return self

    def __next__(self) -> bytes:
        """Return the next block."""
        block: bytes = self._file.read(min(BLOCK_BYTES, self._left)) if self._left else b""
        if not block:
            self.close()
            raise StopIteration
        self._left -= len(block)
        return block

    def close(self) -> None:
        """Close the file; the response calls it."""
        self._file.close()


def _open(recording: AudioAnswer) -> Any:
    try:
        return default_storage.open(recording.storage_key, "rb")
    except FileNotFoundError as gone:
        raise AudioIsGone from gone


def _wanted_span(request: Request | HttpRequest, *, size: int, etag: str) -> Span | None:
    """Return the range, if there is one, and if it is one of the file that the client has begun to load."""
    header = request.headers.get("Range", "")
    if_range = request.headers.get("If-Range", "")
    if not header or (if_range and etag not in parse_etags(if_range)):
        return None
    return parse_range(header, size=size)


def _headers(recording: AudioAnswer, *, etag: str, length: int) -> dict[str, str]:
    disposition = content_disposition_header(as_attachment=True, filename=name_of(recording))
    return {
        **GUARD,
        "Content-Type": content_type(recording.format),
        "Content-Length": str(length),
        "Content-Disposition": disposition or "attachment",
        "ETag": etag,
    }


def _refuse_range(size: int) -> Span:
    raise RangeNotSatisfiable(headers={"Content-Range": f"bytes */{size}"})
