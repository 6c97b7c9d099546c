"""
What a bucket can do that Django's storages have no word for: give a part of an object, and an address that opens it for a moment.

The only room that knows django-storages and boto3. Trouble of theirs is told as `OSError`; a missing object is `FileNotFoundError`.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from http import HTTPStatus
from typing import IO, TYPE_CHECKING, Final, cast

from django.core.files.storage import storages

if TYPE_CHECKING:
    from storages.backends.s3 import S3Storage

BACKEND: Final = "S3Storage"


def is_bucket() -> bool:
    """Tell whether recordings lie in a bucket."""
    return type(_storage()).__name__ == BACKEND  # without importing boto3 where there is none


def measure(key: str) -> int:
    """Return the size of an object in bytes."""
    with _translated():
        return int(_bucket().size(key))


def changed_at(key: str) -> datetime:
    """Return when an object was written."""
    with _translated():
        return cast(datetime, _bucket().get_modified_time(key))


def open_object(key: str) -> IO[bytes]:
    """Return the bytes of an object as they come from the bucket: nothing is kept here."""
    storage = _bucket()
    with _translated():
        return cast(IO[bytes], storage.bucket.Object(key).get()["Body"])


def open_part(key: str, *, start: int, end: int) -> IO[bytes]:
    """Return the bytes from `start` up to, but without, `end`."""
    storage = _bucket()
    with _translated():
        answer = storage.bucket.Object(key).get(Range=f"bytes={start}-{end - 1}")
        return cast(IO[bytes], answer["Body"])


def signed_address(key: str, *, seconds: int, headers: dict[str, str]) -> str:
    """Return an address by which whoever has it can load the object, with these headers, for so long."""
    parameters = {f"Response{name.replace('-', '')}": value for name, value in headers.items()}
    return str(_bucket().url(key, parameters=parameters, expire=seconds))


def _bucket() -> "S3Storage":
    return cast("S3Storage", _storage())


def _storage() -> object:
    return storages["default"]


@contextmanager
def _translated() -> Iterator[None]:
    from botocore.exceptions import (  # type: ignore[import-untyped] # no stubs
        BotoCoreError,
        ClientError,
    )

    try:
        yield
    except ClientError as refusal:
        status = refusal.response["ResponseMetadata"]["HTTPStatusCode"]
        if status == HTTPStatus.NOT_FOUND:
            raise FileNotFoundError(str(refusal)) from refusal
        raise OSError(str(refusal)) from refusal
    except BotoCoreError as trouble:
        raise OSError(str(trouble)) from trouble
