"""`{success, data, error, meta}` around every answer."""

import json
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any

from django.http import HttpResponse
from rest_framework.renderers import JSONRenderer
from rest_framework.response import Response

from interview_platform.errors import Detail
from interview_platform.http.request_id import current_request_id

NO_BODY = frozenset({204, 205, 304})


class Answer(Response):
    """An answer that carries what stands beside its data in the envelope."""

    def __init__(
        self,
        data: Any = None,
        *,
        status: int = 200,
        meta: Mapping[str, Any] | None = None,
        error: Mapping[str, Any] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> None:
        super().__init__(data, status=status, headers=dict(headers or {}))
        self.meta = dict(meta or {})
        self.error = dict(error) if error else None


def answer(
    data: Any,
    *,
    status: int = 200,
    meta: Mapping[str, Any] | None = None,
    headers: Mapping[str, str] | None = None,
) -> Answer:
    """Return a success; `meta` joins the timestamp and the request id."""
    return Answer(data, status=status, meta=meta, headers=headers)


def error_object(status: int, message: str, *, details: Iterable[Detail] = ()) -> dict[str, Any]:
    """Return the `error` of the envelope."""
    rows = [{"field": row.field, "message": row.message, "code": row.code} for row in details]
    return {"code": status, "message": message, "details": rows}


def envelope(
    *, data: Any, error: Mapping[str, Any] | None, meta: Mapping[str, Any] | None = None
) -> dict[str, Any]:
    """Return the envelope with the time and the request's id."""
    return {
        "success": error is None,
        "data": data if error is None else None,
        "error": error,
        "meta": {"timestamp": _now(), "request_id": current_request_id(), **(meta or {})},
    }


def error_response(
    status: int,
    message: str,
    *,
    details: Iterable[Detail] = (),
    headers: Mapping[str, str] | None = None,
) -> HttpResponse:
    """Return an error for the places where no renderer comes by."""
    error = error_object(status, message, details=details)
    body = json.dumps(envelope(data=None, error=error))
    return HttpResponse(body, status=status, content_type="application/json", headers=headers)


class EnvelopeRenderer(JSONRenderer):
    """Renders what a view returned inside the envelope; views never build it."""

    def render(
        self,
        data: Any,
        accepted_media_type: str | None = None,
        renderer_context: Mapping[str, Any] | None = None,
    ) -> bytes:
        """Return the JSON bytes, none for answers that have no body."""
        response = (renderer_context or {}).get("response")
        if response is not None and response.status_code in NO_BODY:
            return b""
        body = envelope(
            data=data,
            error=getattr(response, "error", None),
            meta=getattr(response, "meta", None),
        )
        return bytes(super().render(body, accepted_media_type, renderer_context))


def _now() -> str:
    return datetime.now(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
