"""Every error in the envelope: from views, from Django itself, from a database that is away."""

import logging
import math
from collections.abc import Callable, Iterator, Mapping
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as DjangoValidationError
from django.db.utils import InterfaceError, OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.http.request import UnreadablePostError
from django.views import defaults
from rest_framework import exceptions
from rest_framework.serializers import as_serializer_error

from interview_platform.errors import Detail, Refused
from interview_platform.http.envelope import Answer, error_object, error_response
from interview_platform.http.exchange import HeadAccepted, StillWaiting, exchange_of

logger = logging.getLogger(__name__)

DATABASE_RETRY_SECONDS = 2
WHOLE_BODY = "body"  # the field of a row that is about no single field
KEPT_HEADERS = ("Allow", "Retry-After", "WWW-Authenticate", "Connection")
MESSAGES = {
    400: "Bad request",
    401: "Token expired or invalid",
    403: "You may not do this",
    404: "Not found",
    405: "Method not allowed",
    406: "Only application/json is served here",
    411: "Send a Content-Length",
    413: "The request is too large",
    415: "Unsupported media type",
    422: "Validation error",
    429: "Too many requests",
    500: "Internal server error",
    503: "The service is temporarily unavailable",
}


def handle_exception(exc: Exception, context: Mapping[str, Any]) -> Answer | None:
    """Return the error's answer; None for a surprise, which Django logs and answers with a 500."""
    if isinstance(exc, Refused):
        error = error_object(exc.status, exc.message, details=exc.details or _kind_of(exc))
        return _with_challenge(Answer(status=exc.status, error=error, headers=exc.headers))
    if isinstance(exc, (OperationalError, InterfaceError)):
        return _database_is_away(exc)
    if isinstance(exc, (HeadAccepted, StillWaiting)):
        return Answer(status=HTTPStatus.ACCEPTED)  # the gateway does not send it
    translated = _translate(exc)
    return None if translated is None else _from_api_exception(translated)


def _kind_of(refusal: Refused) -> tuple[Detail, ...]:
    """Return a row with the stable word of a refusal that a client may branch on; a 401 or 404 says nothing more."""
    if refusal.status in {HTTPStatus.UNAUTHORIZED, HTTPStatus.NOT_FOUND}:
        return ()
    return (Detail(WHOLE_BODY, refusal.message, refusal.code),)


class JsonErrorsMiddleware:
    """Gives the envelope to errors that no view of ours made, everywhere but in the admin."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if (refusal := exchange_of(request).refusal) is not None:
            details = refusal.details or _kind_of(refusal)
            return error_response(
                refusal.status, refusal.message, details=details, headers=refusal.headers
            )
        response = self.get_response(request)
        if (
            response.status_code < HTTPStatus.BAD_REQUEST
            or _is_for_staff(request)
            or _is_json(response)
        ):
            return response
        return _replace(response)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        """Say that the database is away, for views outside of the REST framework."""
        if _is_for_staff(request) or not isinstance(exception, (OperationalError, InterfaceError)):
            return None
        _database_is_away(exception)
        return error_response(503, MESSAGES[503], headers=_retry(DATABASE_RETRY_SECONDS))


def handle_bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a request that Django could not take, such as one for a host that is not ours."""
    if _is_for_staff(request):
        return defaults.bad_request(request, exception)
    return error_response(400, MESSAGES[400])


def handle_forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer a refusal of Django's own."""
    if _is_for_staff(request):
        return defaults.permission_denied(request, exception)
    return error_response(403, MESSAGES[403])


def handle_unknown_path(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Answer for a path that leads nowhere."""
    if _is_for_staff(request):
        return defaults.page_not_found(request, exception)
    return error_response(404, MESSAGES[404])


def handle_surprise(request: HttpRequest) -> HttpResponse:
    """Answer for a bug: nothing about it goes out, all of it is in the log."""
    if _is_for_staff(request):
        return defaults.server_error(request)
    return error_response(500, MESSAGES[500])


class _TooLarge(exceptions.APIException):
    status_code = HTTPStatus.REQUEST_ENTITY_TOO_LARGE


# What Django raises, in the REST framework's words; the first that fits counts.
TRANSLATIONS: tuple[tuple[type[Exception], type[exceptions.APIException]], ...] = (
    (Http404, exceptions.NotFound),
    (PermissionDenied, exceptions.PermissionDenied),
    (RequestDataTooBig, _TooLarge),
    (SuspiciousOperation, exceptions.ParseError),
    (UnreadablePostError, exceptions.ParseError),
)


def _translate(exc: Exception) -> exceptions.APIException | None:
    if isinstance(exc, exceptions.APIException):
        return exc
    if isinstance(exc, DjangoValidationError):
        return exceptions.ValidationError(as_serializer_error(exc))
    for theirs, ours in TRANSLATIONS:
        if isinstance(exc, theirs):
            return ours()
    return None


def _from_api_exception(exc: exceptions.APIException) -> Answer:
    if isinstance(exc, exceptions.ValidationError):
        error = error_object(422, MESSAGES[422], details=_rows(exc.detail))
        return Answer(status=422, error=error)
    message = _message_for(exc.status_code)
    if isinstance(exc, exceptions.ParseError):
        message = "Malformed request body"
    headers = _retry(getattr(exc, "wait", None))
    if challenge := getattr(exc, "auth_header", None):
        headers["WWW-Authenticate"] = challenge
    if isinstance(exc, _TooLarge):
        headers["Connection"] = "close"  # the rest of it is not read
    error = error_object(exc.status_code, message)
    return Answer(status=exc.status_code, error=error, headers=headers)


def _rows(detail: Any, field: str = "") -> Iterator[Detail]:
    """Flatten the REST framework's nested errors: one row for each field, the way to it dotted."""
    if isinstance(detail, Mapping):
        for name, below in detail.items():
            yield from _rows(below, _join(field, "" if name == "non_field_errors" else name))
        return
    below = detail if isinstance(detail, (list, tuple)) else [detail]
    messages = [message for message in below if isinstance(message, str)]
    if messages:
        code = getattr(messages[0], "code", None) or "invalid"
        yield Detail(field or WHOLE_BODY, " ".join(map(str, messages)), code)
    for index, deeper in enumerate(below):
        if not isinstance(deeper, str):
            yield from _rows(deeper, _join(field, index))


def _join(field: str, name: object) -> str:
    return ".".join(filter(None, (field, str(name))))


def _database_is_away(exc: Exception) -> Answer:
    logger.error("The database did not answer", exc_info=exc)
    headers = _retry(DATABASE_RETRY_SECONDS)
    return Answer(status=503, error=error_object(503, MESSAGES[503]), headers=headers)


def _with_challenge(response: Answer) -> Answer:
    if response.status_code == HTTPStatus.UNAUTHORIZED:
        response.headers.setdefault("WWW-Authenticate", "Bearer")
    return response


def _message_for(status: int) -> str:
    return MESSAGES.get(status) or HTTPStatus(status).phrase


def _retry(seconds: float | None) -> dict[str, str]:
    return {} if seconds is None else {"Retry-After": str(max(1, math.ceil(seconds)))}


def _replace(response: HttpResponse) -> HttpResponse:
    """Return the envelope in place of an HTML or plain text error, with the headers that belong to it."""
    if response.streaming:  # else closing would only end the request before its time
        response.close()
    status = response.status_code
    headers = {name: response.headers[name] for name in KEPT_HEADERS if name in response.headers}
    return error_response(status, _message_for(status), headers=headers)


def _is_for_staff(request: HttpRequest) -> bool:
    """Tell whether it is for one of the staff's pages, which keep Django's HTML."""
    admin = f"/{settings.ADMIN_PATH}"
    return request.path == admin or request.path.startswith(f"{admin}/")


def _is_json(response: HttpResponse) -> bool:
    return response.headers.get("Content-Type", "").startswith("application/json")
