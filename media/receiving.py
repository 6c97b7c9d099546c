"""
How a recording comes in: a multipart body, read once, block by block, never more of it than we take.

Whatever the request claims about its length, the count is what decides. A body that breaks off is no upload.
"""

import hashlib
import logging
from collections.abc import Mapping
from typing import IO, Any, Final, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.files.uploadhandler import FileUploadHandler, SkipFile
from django.http.request import UnreadablePostError
from django.utils.http import parse_header_parameters
from rest_framework.exceptions import ParseError
from rest_framework.parsers import DataAndFiles, MultiPartParser
from rest_framework.request import Request

from accounts.idempotency import FORM_OVERHEAD
from interview_platform.errors import Detail, Invalid, Refused, TooLarge
from media.audio_files import HEAD_BYTES
from media.storage import open_spool

logger = logging.getLogger(__name__)

FIELD: Final = "file"
BLOCK_BYTES: Final = 262_144
MEGABYTE: Final = 1_048_576
TAIL_BYTES: Final = 512  # the last boundary, and what a client may write after it


class FileTooLarge(TooLarge):
    """The recording has more bytes than we take."""

    code = "file_too_large"

    def __init__(self) -> None:
        message = f"Maximum audio file size is {settings.MAX_UPLOAD_BYTES / MEGABYTE:g}MB"
        super().__init__(message, details=(Detail(FIELD, message, self.code),))


class CannotStore(Refused):
    """The disk does not take the recording; what is wrong with it is in the log."""

    status = 500
    code = "storage_failed"
    message = "Internal server error"


class TooManyFiles(Invalid):
    """One upload is one recording."""

    code = "too_many_files"

    def __init__(self) -> None:
        super().__init__(details=(Detail(FIELD, "Send one file.", self.code),))


class ReceivedFile(UploadedFile):  # type: ignore[type-arg] # generic for the type checker only
    """A recording that has arrived: a temporary file, its first bytes and its hash."""

    def __init__(self, spool: IO[bytes], *, size: int, head: bytes, sha256: str) -> None:
        super().__init__(spool, name=FIELD, size=size)
        self.spool = spool
        self.head = head
        self.sha256 = sha256  # of what was sent
        self.kept_sha256 = sha256  # of what is kept, where that is not the same

    def temporary_file_path(self) -> str:
        """Return where it lies for now."""
        return self.spool.name

    def close(self) -> None:
        """Remove the temporary file, unless it was moved to where recordings are kept."""
        close(self.spool)


class RecordingHandler(FileUploadHandler):
    """Writes the one file of the form to the disk as it comes; counts, hashes and stops at the limit."""

    chunk_size = BLOCK_BYTES

    def __init__(self) -> None:
        super().__init__()
        self.files = 0
        self.size = 0
        self.head = b""
        self.digest = hashlib.sha256()
        self.spool: IO[bytes] | None = None

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin with the recording; leave out a file of another field."""
        super().new_file(*args, **kwargs)
        self.files += 1
        if self.files > 1:
            raise TooManyFiles
        if self.field_name != FIELD:
            raise SkipFile
        self.spool = open_spool()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes | None:
        """Take one more block; raise `FileTooLarge` when it is one too many."""
        if self.spool is None:
            return raw_data
        self.size += len(raw_data)
        if self.size > settings.MAX_UPLOAD_BYTES:
            raise FileTooLarge
        if len(self.head) < HEAD_BYTES:
            self.head = (self.head + raw_data)[:HEAD_BYTES]
        self.digest.update(raw_data)
        self.spool.write(raw_data)
        return None

    def file_complete(self, file_size: int) -> ReceivedFile | None:
        """Return the recording."""
        if self.spool is None:
            return None
        self.spool.flush()
        return ReceivedFile(
            self.spool, size=self.size, head=self.head, sha256=self.digest.hexdigest()
        )

    def discard(self) -> None:
        """Remove what has come so far."""
        if self.spool is not None:
            close(self.spool)


class RecordingParser(MultiPartParser):
    """Parses the form of an upload; nothing of it is left on the disk when that fails."""

    def parse(
        self,
        stream: IO[Any],
        media_type: str | None = None,
        parser_context: Mapping[str, Any] | None = None,
    ) -> "DataAndFiles[Any, Any]":
        """Return the form; raise a refusal, or `ParseError` for a body that is not whole."""
        request = (parser_context or {})["request"]
        handler = RecordingHandler()
        request.upload_handlers = [handler]
        counted = CountedStream(stream)
        try:
            form: DataAndFiles[Any, Any] = super().parse(
                cast(IO[Any], counted), media_type, parser_context
            )
            counted.require_whole(request)
        except UnreadablePostError as trouble:  # an `OSError` too, but the client's
            handler.discard()
            raise ParseError from trouble
        except OSError as trouble:
            handler.discard()
            logger.exception("A recording could not be written to the disk")
            raise CannotStore from trouble
        except BaseException:
            handler.discard()
            raise
        return form


class CountedStream:
    """A body that knows how much of it has come, and how it ended."""

    def __init__(self, stream: IO[Any]) -> None:
        self._stream = stream
        self._count = 0
        self._tail = b""

    def read(self, size: int = -1) -> bytes:
        """Return the next bytes."""
        block: bytes = self._stream.read(size)
        self._count += len(block)
        self._tail = (self._tail + block)[-TAIL_BYTES:]
        return block

    def require_whole(self, request: Request) -> None:
        """Raise `ParseError` for a client that went away, and for a form without its end."""
        _, options = parse_header_parameters(request.META.get("CONTENT_TYPE", ""))
        end = f"--{options.get('boundary', '')}--".encode()
        if self._count < announced_length(request) or end not in self._tail:
            raise ParseError


def announced_length(request: Request) -> int:
    """Return the `Content-Length`; nothing, or nonsense, is 0."""
    announced = str(request.META.get("CONTENT_LENGTH") or "")
    return int(announced) if announced.isdecimal() else 0


def refuse_huge_body(request: Request) -> None:
    """Raise `FileTooLarge` by the length that was announced, before anything of the body is read."""
    if announced_length(request) > settings.MAX_UPLOAD_BYTES + FORM_OVERHEAD:
        raise FileTooLarge


def close(spool: IO[bytes]) -> None:
    """Close a temporary file, which removes it; one that was renamed is gone already."""
    try:
        spool.close()
    except FileNotFoundError:
        return
