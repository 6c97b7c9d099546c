"""One id for a request: in the logs, in `meta`, in the answer's headers and in the tasks that it caused."""

import logging
import re
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.http import HttpRequest, HttpResponse

HEADER = "X-Request-ID"
META_KEY = "interview_platform.request_id"
WELL_FORMED = re.compile(r"[\w-]{1,64}", re.ASCII)

_current: ContextVar[str] = ContextVar("request_id", default="")


def current_request_id() -> str:
    """Return the id of the request that is being answered, or "" outside of one."""
    return _current.get()


@contextmanager
def bind(request_id: str) -> Iterator[None]:
    """Make this the current id for the block: for tasks that carry on what a request began."""
    token = _current.set(request_id)
    try:
        yield
    finally:
        _current.reset(token)


class RequestIdMiddleware:
    """Takes the client's id when it is well-formed, else makes one; echoes it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        request_id = choose_id(request.headers.get(HEADER, ""))
        request.META[META_KEY] = request_id  # for what Django logs after this middleware
        with bind(request_id):
            response = self.get_response(request)
            response.headers[HEADER] = request_id
            return response


class RequestIdFilter(logging.Filter):
    """Puts the id on every log record, "-" where there is none."""

    def filter(self, record: logging.LogRecord) -> bool:
        """Keep every record."""
        record.request_id = current_request_id() or _id_of_request(record) or "-"
        return True


def choose_id(offered: str) -> str:
    """Return the id that a client offers when it is well-formed, else a new one."""
    return offered if WELL_FORMED.fullmatch(offered) else uuid.uuid4().hex


def _id_of_request(record: logging.LogRecord) -> str:
    meta = getattr(getattr(record, "request", None), "META", {})
    return str(meta.get(META_KEY, ""))
