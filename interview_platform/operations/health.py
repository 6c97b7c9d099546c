"""Whether the process lives, and whether everything that a first interview needs is there."""

import logging
import tempfile
from collections.abc import Callable, Iterator
from functools import cache
from pathlib import Path
from typing import Any, ClassVar, cast

from django.conf import settings
from django.core.files.storage import FileSystemStorage, default_storage
from django.db import connection
from django.http import HttpResponse
from drf_spectacular.utils import extend_schema, inline_serializer
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from interview_platform.errors import Detail, Refused
from interview_platform.http.envelope import answer
from interview_platform.operations.bounded import Bounded, ask_all
from interview_platform.operations.selectors import count_live_workers
from pipeline.providers import registry

logger = logging.getLogger(__name__)

TAGS = ["Operations"]
ASK_SECONDS = 2.0  # that all parts together may take
PROBE_BYTES = 4096  # a full disk still takes an empty file
RETRY_SECONDS = "2"
NO_ANSWER = "It does not answer."
NO_WORKER = "No worker was seen lately."
UNREADABLE = "The database, which would tell, does not answer."


class NotReady(Refused):
    """Something is missing that a first interview needs."""

    status = 503
    code = "not_ready"


class OperatorsView(APIView):
    """An endpoint for whoever runs the platform: open, and never throttled."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()


class Live(OperatorsView):
    """The process answers; nothing else is asked."""

    @extend_schema(
        tags=TAGS,
        operation_id="health_live",
        responses={200: inline_serializer("LiveOut", {"status": serializers.CharField()})},
    )
    def get(self, request: Request) -> Response:
        """Say that the process lives."""
        return answer({"status": "live"})


class Ready(OperatorsView):
    """Database, broker, storage, and a worker for each queue."""

    @extend_schema(
        tags=TAGS,
        operation_id="health_ready",
        responses={
            200: inline_serializer(
                "ReadyOut",
                {
                    "status": serializers.CharField(),
                    "parts": serializers.DictField(child=serializers.CharField()),
                },
            )
        },
    )
    def get(self, request: Request) -> Response:
        """Say that everything is there; else a 503 whose details name what is missing."""
        missing = tuple(find_missing())
        names = ", ".join(row.field for row in missing)
        _log_change(names)
        if missing:
            headers = {"Retry-After": RETRY_SECONDS}
            raise NotReady(f"Not ready: {names}", details=missing, headers=headers)
        return answer({"status": "ready", "parts": dict.fromkeys(part_names(), "ok")})

    def finalize_response(
        self, request: Request, response: HttpResponse, *args: Any, **kwargs: Any
    ) -> Response:
        """Keep Django from logging each refusal of each probe as an error: changes are logged here."""
        final = super().finalize_response(request, cast(Response, response), *args, **kwargs)
        final._has_been_logged = True  # type: ignore[attr-defined] # what Django itself marks
        return final


def part_names() -> tuple[str, ...]:
    """Return what is looked at, in the order in which it is reported."""
    return ("database", "broker", "storage", *map(_worker_on, settings.QUEUES))


def find_missing() -> Iterator[Detail]:
    """Yield a row for each part that is not there, within `ASK_SECONDS`."""
    outcomes = ask_all(_questions(), seconds=ASK_SECONDS)
    for name, outcome in outcomes.items():
        if isinstance(outcome, BaseException):
            logger.debug("Not ready, %s: %r", name, outcome)
            yield Detail(name, NO_ANSWER, "unavailable")
    workers = outcomes["database"]
    for queue in settings.QUEUES:
        if not isinstance(workers, dict):
            yield Detail(_worker_on(queue), UNREADABLE, "unknown")
        elif not workers.get(queue):
            yield Detail(_worker_on(queue), NO_WORKER, "unavailable")


class _Last:
    """What this process found at the last look."""

    missing: ClassVar[str] = ""


def _log_change(missing: str) -> None:
    if missing != _Last.missing:
        logger.warning("Missing: %s", missing or "nothing any more")
        _Last.missing = missing


def ask_database() -> dict[str, int]:
    """Return how many live workers each queue has; raise when the database is away or not prepared."""
    try:
        return count_live_workers()
    finally:
        connection.close()  # this thread's own


def ask_broker() -> None:
    """Raise when the broker does not answer."""
    registry.broker().ping()


def ask_storage() -> None:
    """Raise when the storage takes no recording (a directory), or does not answer (a bucket)."""
    if not isinstance(default_storage, FileSystemStorage):
        default_storage.exists("health")
        return
    folder = Path(default_storage.path(""))
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    with tempfile.TemporaryFile(dir=folder) as probe:
        probe.write(bytes(PROBE_BYTES))
        probe.flush()


@cache
def _questions() -> dict[str, Bounded[dict[str, int] | None]]:
    """Return the questions of this process: the same ones for every request."""
    asks: dict[str, Callable[[], dict[str, int] | None]] = {
        "database": ask_database,
        "broker": ask_broker,
        "storage": ask_storage,
    }
    return {name: Bounded(ask) for name, ask in asks.items()}


def _worker_on(queue: str) -> str:
    return f"worker_{queue}"
