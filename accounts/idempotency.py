"""
`Idempotency-Key`: a POST that is sent twice is carried out once.

The row of the key is committed before the request is carried out, so a second one that comes
meanwhile sees it. A request that holds the row for longer than any request may take has died, and
the next one takes over. That also settles the row of a request whose database went down: until
then, a repeated request gets a 409.
"""

import hashlib
import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import timedelta
from http import HTTPStatus
from typing import Any, cast

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError, InterfaceError, OperationalError, transaction
from django.db.models import QuerySet
from django.http import HttpResponse
from django.utils import timezone
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.utils.encoders import JSONEncoder
from rest_framework.views import APIView

from accounts.models import IdempotentAnswer, User
from interview_platform.errors import Conflict, Detail, Invalid, TooLarge
from interview_platform.http.envelope import Answer
from interview_platform.http.exchange import StillWaiting, exchange_of

logger = logging.getLogger(__name__)

HEADER = "Idempotency-Key"
REPLAYED = "Idempotency-Replayed"
KEY = re.compile(r"[\x21-\x7e]{1,255}")
KEPT_FOR = timedelta(hours=24)
DIED_AFTER = timedelta(seconds=150)  # longer than the web server lets any request run
KEPT_HEADERS = ("Location", "Retry-After", "Preference-Applied", "ETag", "Cache-Control")
NOT_KEPT = frozenset({429})  # to come again is what it asks for
FORM_OVERHEAD = 1_048_576  # bytes around a file in a multipart body


class InProgress(Conflict):
    """The first request with this key has not been answered yet."""

    code = "in_progress"
    message = "A request with this Idempotency-Key is still in progress"


class Replay(Exception):  # noqa: N818 - not an error: it carries the first answer past the handler
    """The answer was given before."""

    def __init__(self, response: Answer) -> None:
        super().__init__()
        self.response = response


class Idempotent(APIView):
    """A view whose POSTs may be sent again safely. Put it first among the bases."""

    idempotent = True  # the OpenAPI document looks for it
    _row: IdempotentAnswer | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Take the key, after authentication, permissions and throttles."""
        super().initial(request, *args, **kwargs)
        if request.method == "POST" and HEADER in request.headers and request.user.is_authenticated:
            held = exchange_of(request).remembered.pop(HEADER, None)  # by an earlier call
            self._row = held or _take(request, owner=request.user)

    def handle_exception(self, exc: Exception) -> Response:
        """Replay the first answer; after a surprise let go of the key."""
        if isinstance(exc, Replay):
            return exc.response
        if isinstance(exc, StillWaiting) and self._row is not None:
            exchange_of(self.request).remembered[HEADER] = self._row
            self._row = None
        try:
            return super().handle_exception(exc)
        except BaseException:
            self._let_go()
            raise

    def finalize_response(
        self, request: Request, response: HttpResponse, *args: Any, **kwargs: Any
    ) -> Response:
        """Keep the answer under the key."""
        final = super().finalize_response(request, cast(Response, response), *args, **kwargs)
        if self._row is not None:
            self._keep(final)
        return final

    def _keep(self, response: HttpResponse) -> None:
        if isinstance(response, Response) and _is_worth_keeping(response.status_code):
            answer = {
                "status": response.status_code,
                "body": _plain(response),
                "headers": {
                    name: response[name] for name in KEPT_HEADERS if name in response.headers
                },
            }
            row = self._own_row()
            _try(lambda: row.update(**answer))
        else:
            self._let_go()

    def _let_go(self) -> None:
        _try(self._own_row().delete)

    def _own_row(self) -> "QuerySet[IdempotentAnswer]":
        """Find the row, unless somebody took it over."""
        if self._row is None:
            return IdempotentAnswer.objects.none()
        return IdempotentAnswer.objects.filter(pk=self._row.pk, created_at=self._row.created_at)


def is_repeated(request: Request) -> bool:
    """Return whether the user has sent a request with this key before."""
    key = request.headers.get(HEADER)
    return (
        key is not None
        and IdempotentAnswer.objects.filter(owner_id=request.user.pk, key=key).exists()
    )


def forget_old_answers() -> int:
    """Remove the answers that nobody may ask for again, whoever's they are; return how many."""
    old = IdempotentAnswer.objects.filter(created_at__lt=timezone.now() - KEPT_FOR)
    return old.delete()[0]


def _take(request: Request, *, owner: User) -> IdempotentAnswer:
    """Return the row that is now this request's own; raise `Replay` or a refusal when there was one."""
    key = _read_key(request)
    fingerprint = _fingerprint(request)
    now = timezone.now()
    IdempotentAnswer.objects.filter(owner=owner, created_at__lt=now - KEPT_FOR).delete()
    try:
        with transaction.atomic():
            return IdempotentAnswer.objects.create(owner=owner, key=key, fingerprint=fingerprint)
    except IntegrityError:
        first = IdempotentAnswer.objects.filter(owner=owner, key=key).first()
    if first is None:  # it was let go this moment
        raise InProgress(headers={"Retry-After": "1"})
    if first.fingerprint != fingerprint:
        message = "This key was used for another request."
        raise Invalid(details=(Detail(HEADER, message, "key_reused"),))
    if first.status is not None:
        raise Replay(_first_answer(first))
    return _take_over(first)


def _try(write: Callable[[], object]) -> None:
    """Write to the row; if the database is down, answer all the same: the row is taken over later."""
    try:
        write()
    except (OperationalError, InterfaceError) as error:
        logger.warning("The row of an Idempotency-Key stays as it is: %s", error)


def _take_over(first: IdempotentAnswer) -> IdempotentAnswer:
    """Return the row of a request that died; refuse while it may still be alive."""
    now = timezone.now()
    if first.created_at > now - DIED_AFTER:
        raise InProgress(headers={"Retry-After": "1"})
    held = IdempotentAnswer.objects.filter(
        pk=first.pk, created_at=first.created_at, status__isnull=True
    )
    if held.update(created_at=now) == 0:
        raise InProgress(headers={"Retry-After": "1"})
    first.created_at = now
    return first


def _read_key(request: Request) -> str:
    key = request.headers[HEADER]
    if not KEY.fullmatch(key):
        message = "Send 1 to 255 visible ASCII characters."
        raise Invalid(details=(Detail(HEADER, message, "invalid"),))
    return key


def _fingerprint(request: Request) -> str:
    """Return a hash of method, path and body, the files by their content."""
    _refuse_huge_body(request)
    digest = hashlib.sha256()
    for part in (request.method or "", request.get_full_path(), *_body_parts(request.data)):
        digest.update(f"{len(part)}:{part}".encode())
    return digest.hexdigest()


def _refuse_huge_body(request: Request) -> None:
    """Refuse by the length that was announced: reading the body would write all of it to the disk."""
    announced = request.META.get("CONTENT_LENGTH") or "0"
    if announced.isdigit() and int(announced) > settings.MAX_UPLOAD_BYTES + FORM_OVERHEAD:
        raise TooLarge(headers={"Connection": "close"})


def _body_parts(data: Any) -> Iterator[str]:
    if not hasattr(data, "lists"):  # JSON
        yield json.dumps(data, sort_keys=True)
        return
    for name, values in sorted(data.lists()):
        for value in values:
            yield name
            yield _content_hash(value) if isinstance(value, UploadedFile) else str(value)


def _content_hash(file: "UploadedFile[Any]") -> str:
    digest = hashlib.sha256()
    file.seek(0)
    for chunk in file.chunks():
        digest.update(chunk)
    file.seek(0)
    return f"sha256 {digest.hexdigest()}"


def _is_worth_keeping(status: int) -> bool:
    return status < HTTPStatus.INTERNAL_SERVER_ERROR and status not in NOT_KEPT


def _plain(response: Response) -> dict[str, Any]:
    """Return what the envelope was made of, as plain JSON."""
    made_of = {
        "data": response.data,
        "meta": getattr(response, "meta", {}),
        "error": getattr(response, "error", None),
    }
    plain: dict[str, Any] = json.loads(json.dumps(made_of, cls=JSONEncoder))
    return plain


def _first_answer(first: IdempotentAnswer) -> Answer:
    kept: dict[str, Any] = first.body or {}
    return Answer(
        kept.get("data"),
        status=first.status or HTTPStatus.OK,
        meta=kept.get("meta"),
        error=kept.get("error"),
        headers={**first.headers, REPLAYED: "true"},
    )
