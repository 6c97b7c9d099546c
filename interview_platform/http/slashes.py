"""A path with a trailing slash answers the same as the one without, and drops no body on the way."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

PREFIXES = ("/api/v1/", "/health/", "/docs/", "/redoc/", "/metrics/", "/openapi.json/")


class TrailingSlashMiddleware:
    """Strips one trailing slash before the URLs are looked up; no redirect."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.path_info.endswith("/") and request.path_info.startswith(PREFIXES):
            request.path_info = request.path_info.removesuffix("/")
            request.path = request.path.removesuffix("/")
        return self.get_response(request)
