"""How a recording goes out: whole or a range of it, block by block, and never as anything but a sound to be saved."""

import re
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http import HTTPStatus
from typing import IO, Any, Final

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header, parse_etags
from rest_framework.request import Request

from interview_platform.errors import NotFound, Refused
from media.audio_files import content_type
from media.models import AudioAnswer
from media.serializers import name_of
from media.storage import StorageUnavailable
from pipeline.providers import storage
from pipeline.runs.services import AudioExpired

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
    with _storage_at_work():
        size = _measure(recording)
    etag = f'"{recording.run.audio_sha256}"'
    span = _wanted_span(request, size=size, etag=etag)
    headers = _headers(recording, etag=etag, length=size if span is None else span.length)
    if span is not None:
        headers["Content-Range"] = f"bytes {span.start}-{span.end - 1}/{size}"
    status = HTTPStatus.OK if span is None else HTTPStatus.PARTIAL_CONTENT
    if request.method == "HEAD":
        return HttpResponse(status=status, headers=headers)
    with _storage_at_work():
        blocks = _blocks(recording, span or Span(0, size))
    return StreamingHttpResponse(blocks, status=status, headers=headers)


def redirect_to_recording(recording: AudioAnswer) -> HttpResponseBase | None:
    """
    Return the way to the bucket itself, open for `SIGNED_URL_SECONDS`; None where there is none, or it is not to be shown.

    Raise `AudioExpired`; a file that is gone is found out by whoever follows.
    """
    if not (settings.SIGNED_URL_SECONDS and storage.is_bucket()):
        return None
    if recording.expired_at is not None:
        raise AudioExpired
    told = {
        "Content-Type": content_type(recording.format),
        "Content-Disposition": _disposition(recording),
        "Cache-Control": GUARD["Cache-Control"],
    }
    address = storage.signed_address(
        recording.storage_key, seconds=settings.SIGNED_URL_SECONDS, headers=told
    )
    headers = {"Location": address, "Cache-Control": GUARD["Cache-Control"]}
    return HttpResponse(
        status=HTTPStatus.FOUND, headers={**headers, "Referrer-Policy": "no-referrer"}
    )


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

    def __init__(self, file: IO[Any], length: int) -> None:
        self._file = file
        self._left = length

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


def _measure(recording: AudioAnswer) -> int:
    if storage.is_bucket():
        return storage.measure(recording.storage_key)
    return default_storage.size(recording.storage_key)


def _blocks(recording: AudioAnswer, span: Span) -> Blocks:
    if storage.is_bucket():
        part = storage.open_part(recording.storage_key, start=span.start, end=span.end)
        return Blocks(part, span.length)
    file = default_storage.open(recording.storage_key, "rb")
    file.seek(span.start)
    return Blocks(file, span.length)


@contextmanager
def _storage_at_work() -> Iterator[None]:
    """Say what it means when the storage does not do what it is asked."""
    try:
        yield
    except FileNotFoundError as gone:
        raise AudioIsGone from gone
    except OSError as trouble:
        raise StorageUnavailable(headers={"Retry-After": "10"}) from trouble


def _wanted_span(request: Request | HttpRequest, *, size: int, etag: str) -> Span | None:
    """Return the range, if there is one, and if it is one of the file that the client has begun to load."""
    header = request.headers.get("Range", "")
    if_range = request.headers.get("If-Range", "")
    if not header or (if_range and etag not in parse_etags(if_range)):
        return None
    return parse_range(header, size=size)


def _headers(recording: AudioAnswer, *, etag: str, length: int) -> dict[str, str]:
    return {
        **GUARD,
        "Content-Type": content_type(recording.format),
        "Content-Length": str(length),
        "Content-Disposition": _disposition(recording),
        "ETag": etag,
    }


def _disposition(recording: AudioAnswer) -> str:
    found = content_disposition_header(as_attachment=True, filename=name_of(recording))
    return found or "attachment"


def _refuse_range(size: int) -> Span:
    raise RangeNotSatisfiable(headers={"Content-Range": f"bytes */{size}"})
