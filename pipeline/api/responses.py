"""How a result stands, as an HTTP answer: 200, 202 or 304, after holding it as long as the client wishes."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Generic, TypeVar
from uuid import UUID

from django.http import HttpResponse
from django.utils.cache import get_conditional_response, patch_vary_headers, set_response_etag
from rest_framework import serializers, status
from rest_framework.request import Request

from interview_platform.http.conditional import (
    CACHE_CONTROL,
    conditional_answer,
    not_modified,
    tagged_answer,
    version_tag,
)
from interview_platform.http.envelope import Answer, answer
from interview_platform.http.prefer import mark_applied, wait_seconds
from pipeline.api.long_poll import Held, Settles, hold
from pipeline.api.serializers import FailureOut, UnderWayOut, names_of
from pipeline.progress.estimates import SOON, Outcome

Row = TypeVar("Row")
Seen = TypeVar("Seen", bound=Settles)
Fields = type[serializers.Serializer[Any]]


@dataclass(frozen=True, slots=True)
class Result(Generic[Row]):
    """One kind of result: its documented fields, and how a row becomes them."""

    fields: Fields
    body: Callable[[Row], Mapping[str, Any]]
    has_attempt: bool = False  # it is about one recording

    def tag(self, outcome: Outcome[Row]) -> str:
        """Return the `ETag` of a recording's result by which row it is and when it was written; "" of others."""
        row: Any = outcome.row
        if row is None or not self.has_attempt:
            return ""
        fields = names_of(self.fields)  # another version of this program may have others
        return version_tag(self.fields.__name__, row.pk, row.created_at, outcome.attempt, fields)

    def as_data(self, outcome: Outcome[Row]) -> dict[str, Any]:
        """Return the documented fields, null as long as there is no result, and how it stands."""
        about = {"attempt": outcome.attempt} if self.has_attempt else {}
        if outcome.row is not None:
            return {**self.body(outcome.row), **about, "status": "completed"}
        nothing = {**dict.fromkeys(names_of(self.fields)), **about}
        if outcome.failure is not None:
            failure = FailureOut(outcome.failure).data
            return {**nothing, "status": "failed", "failure": failure}
        return {**nothing, **UnderWayOut(outcome.progress).data}


def reply(
    request: Request,
    result: Result[Row],
    look: Callable[[], Outcome[Row]],
    *,
    session_uuid: UUID,
    location: str = "",
) -> Answer:
    """Return the answer to a client that asks for a result; `location` is where a POST's result will be."""
    held = hold_as_wished(request, look, session_uuid=session_uuid)
    return answer_with(request, result, held, location=location)


def hold_as_wished(request: Request, look: Callable[[], Seen], *, session_uuid: UUID) -> Held[Seen]:
    """Return what is seen once it is settled, or once the client's patience is over."""
    return hold(request, look, session_uuid=session_uuid, seconds=wait_seconds(request))


def answer_with(
    request: Request, result: Result[Row], held: Held[Outcome[Row]], *, location: str = ""
) -> Answer:
    """Return what was seen as an answer."""
    outcome = held.seen
    data = result.as_data(outcome)
    if outcome.progress is not None:
        # Whoever is held here may come back at once; the others stay away for a while.
        seconds = SOON[0] if held.honored else outcome.progress.retry_after
        headers = {"Retry-After": str(seconds)}
        if location:
            headers["Location"] = location
        response = answer(data, status=status.HTTP_202_ACCEPTED, headers=headers)
    elif outcome.row is not None and request.method != "POST":
        tag = result.tag(outcome)
        response = (
            not_modified(request, tag) or tagged_answer(tag, data, meta=_meta(outcome))
            if tag
            else conditional_answer(request, data, meta=_meta(outcome))
        )
    else:
        response = answer(data, meta=_meta(outcome))
    note_wait(request, response, held)
    return response


def note_wait(request: Request, response: HttpResponse, held: Held[Any]) -> None:
    """Say in the answer that the client's wish to wait was followed, if it was."""
    if held.honored:
        mark_applied(response, wait_seconds(request))


def answer_with_file(request: Request, text: str, *, media_type: str) -> HttpResponse:
    """Return a finished result as a text file with its `ETag`, or a 304."""
    response = HttpResponse(text, content_type=f"{media_type}; charset=utf-8")
    set_response_etag(response)
    response.headers["Cache-Control"] = CACHE_CONTROL
    patch_vary_headers(response, ("Authorization",))
    found = get_conditional_response(request, etag=response.headers["ETag"], response=response)
    return found or response


def _meta(outcome: Outcome[Any]) -> dict[str, Any]:
    """Return the warnings; nothing where there are none."""
    return {"warnings": [asdict(row) for row in outcome.warnings]} if outcome.warnings else {}
