"""The API's documentation: the OpenAPI document, and two readers of it that load nothing from elsewhere."""

from functools import cache
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.renderers import OpenApiJsonRenderer2
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularRedocView, SpectacularSwaggerSplitView
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView

DOCUMENT_PATH = "/openapi.json"
# The readers are programs of others: they may show this site's document and talk to this site, nothing else.
CONTENT_SECURITY_POLICY = (
    "default-src 'self'; img-src 'self' data:; style-src 'self' 'unsafe-inline'; "
    "worker-src 'self' blob:; object-src 'none'; frame-ancestors 'none'; base-uri 'none'"
)


class OpenApiDocument(APIView):
    """The document itself, without the envelope."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()
    renderer_classes = (OpenApiJsonRenderer2,)

    @extend_schema(exclude=True)
    def get(self, request: Request) -> Response:
        """Return the document, built once in a process."""
        return Response(document_of(settings.ROOT_URLCONF))


class ReaderPage(APIView):
    """A page of HTML, whose renderer can show nothing else. Put it first among the bases."""

    http_method_names = ("get", "head")

    def handle_exception(self, exc: Exception) -> HttpResponse:  # type: ignore[override] # no answer to render
        """Leave the body of an error to the envelope."""
        response = super().handle_exception(exc)
        return HttpResponse(status=response.status_code, headers=dict(response.headers))


class SwaggerPage(ReaderPage, SpectacularSwaggerSplitView):
    """Swagger UI from local files."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()
    url = DOCUMENT_PATH

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the page, or the script that starts it."""
        return _confined(super().get(request, *args, **kwargs))  # type: ignore[no-untyped-call]


class RedocPage(ReaderPage, SpectacularRedocView):
    """ReDoc from local files."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes = ()
    url = DOCUMENT_PATH
    template_name = "docs/redoc.html"

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: Any, **kwargs: Any) -> Response:
        """Return the page."""
        return _confined(super().get(request, *args, **kwargs))  # type: ignore[no-untyped-call]


@cache
def document_of(urlconf: str) -> dict[str, Any]:
    """Return the document of these paths, built once in a process."""
    document: dict[str, Any] = SchemaGenerator(urlconf=urlconf).get_schema(public=True)  # type: ignore[no-untyped-call]
    return document


def _confined(response: Response) -> Response:
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return response
