"""The accounts' paths of the platform, and views that go wrong in every way that a view can."""

from typing import Any, NoReturn

from django.contrib import admin
from django.core.exceptions import PermissionDenied, RequestDataTooBig, ValidationError
from django.db.utils import OperationalError
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import include, path
from drf_spectacular.utils import extend_schema
from rest_framework.parsers import MultiPartParser
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

from accounts.idempotency import Idempotent
from accounts.models import User
from interview_platform.errors import Conflict, Detail, Invalid
from interview_platform.http.conditional import conditional_answer
from interview_platform.http.envelope import answer
from interview_platform.http.errors import (
    handle_bad_request,
    handle_forbidden,
    handle_surprise,
    handle_unknown_path,
)
from interview_platform.http.pagination import paginate
from interview_platform.http.parsers import StrictJSONParser
from interview_platform.http.prefer import mark_applied, wait_seconds
from interview_platform.http.request_id import current_request_id
from interview_platform.operations.docs import OpenApiDocument, RedocPage, SwaggerPage

handler400, handler403 = handle_bad_request, handle_forbidden
handler404, handler500 = handle_unknown_path, handle_surprise

ERRORS = {
    "surprise": RuntimeError("the secret is xyzzy"),
    "database": OperationalError("connection refused at 10.0.0.1"),
    "conflict": Conflict("Session is already complete"),
    "invalid": Invalid(details=(Detail("file", "The file is empty.", "empty_file"),)),
    "missing": Http404("No User matches the given query."),
    "forbidden": PermissionDenied(),
    "django-invalid": ValidationError({"title": ["Too dull."]}),
    "too-big": RequestDataTooBig(),
}


class Public(APIView):
    authentication_classes = ()
    permission_classes = (AllowAny,)


class Raises(Public):
    def get(self, request: Request, kind: str) -> NoReturn:
        raise ERRORS[kind]


class Echo(Public):
    def post(self, request: Request) -> Response:
        return answer(request.data)

    def get(self, request: Request) -> Response:
        return answer({"request_id": current_request_id()})


class Form(Public):
    parser_classes = (MultiPartParser, StrictJSONParser)

    def post(self, request: Request) -> Response:
        return answer({"names": sorted(request.data)})


class Finished(Public):
    conditional = True

    @extend_schema(operation_id="finished", responses={200: {"type": "object"}})
    def get(self, request: Request) -> Response:
        return conditional_answer(request, {"score": request.query_params.get("score", "1")})


class Patient(Public):
    def get(self, request: Request) -> Response:
        seconds = wait_seconds(request, default=20)
        response = answer({"seconds": seconds})
        mark_applied(response, seconds)
        return response


class People(Public):
    def get(self, request: Request) -> Response:
        people = User.objects.order_by("email")
        return paginate(request, people, name="people", serialize=lambda user: user.email)


class Count(Idempotent):
    """Adds one, and says how often it did; fails as it is told, all but conflicts only once."""

    parser_classes = (MultiPartParser, StrictJSONParser)
    done: list[Any] = []

    def post(self, request: Request) -> Response:
        fail = dict(request.data).get("fail")
        Count.done.append(fail)
        if fail and (fail == "conflict" or len(Count.done) == 1):
            raise ERRORS[str(fail)]
        headers = {"Location": "/somewhere"}
        meta = {"warnings": [{"code": "fallback", "message": "From the bank"}]}
        return answer({"count": len(Count.done)}, status=201, headers=headers, meta=meta)


class Slow(Idempotent):
    """Sends itself again while it is being answered."""

    again: Any = None

    def post(self, request: Request) -> Response:
        inner = Slow.again() if Slow.again else None
        return answer({"inner": inner and inner.status_code, "data": inner and inner.json()})


def plain_surprise(request: HttpRequest) -> NoReturn:
    raise OperationalError("no database")


def plain_gone(request: HttpRequest) -> HttpResponse:
    return HttpResponse("<h1>Gone</h1>", status=410)


urlpatterns = [
    path("admin/", admin.site.urls),
    path("api/v1/users/", include("accounts.urls")),
    path("api/v1/raise/<str:kind>", Raises.as_view()),
    path("api/v1/echo", Echo.as_view()),
    path("api/v1/form", Form.as_view()),
    path("api/v1/finished", Finished.as_view()),
    path("api/v1/patient", Patient.as_view()),
    path("api/v1/people", People.as_view()),
    path("api/v1/count", Count.as_view()),
    path("api/v1/slow", Slow.as_view()),
    path("plain/database", plain_surprise),
    path("plain/gone", plain_gone),
    path("openapi.json", OpenApiDocument.as_view()),
    path("docs", SwaggerPage.as_view()),
    path("redoc", RedocPage.as_view()),
]
