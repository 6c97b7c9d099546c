"""Pages of other origins that may use the API: those on the list, with a bearer token and never with cookies."""

from collections.abc import Callable
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

API: Final = "/api/"
METHODS: Final = "GET, POST, PUT, PATCH, DELETE"
ALLOWED: Final = (
    "Authorization, Content-Type, Idempotency-Key, If-None-Match, Prefer, Range, X-Request-ID"
)
EXPOSED: Final = (
    "Content-Disposition, Content-Range, ETag, Location, Preference-Applied, Retry-After, "
    "RateLimit, RateLimit-Policy, X-Request-ID"
)
KEPT_SECONDS: Final = 600  # that a browser need not ask again


class CorsMiddleware:
    """Answers what browsers ask before they let a page in, and tells them so in each answer."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not settings.CORS_ALLOWED_ORIGINS or not request.path.startswith(API):
            return self.get_response(request)
        origin = request.headers.get("Origin", "")
        is_allowed = origin in settings.CORS_ALLOWED_ORIGINS
        if is_allowed and _is_preflight(request):
            response = HttpResponse(status=204)
            response.headers["Access-Control-Allow-Methods"] = METHODS
            response.headers["Access-Control-Allow-Headers"] = ALLOWED
            response.headers["Access-Control-Max-Age"] = str(KEPT_SECONDS)
        else:
            response = self.get_response(request)
        patch_vary_headers(response, ("Origin",))
        if is_allowed:
            response.headers["Access-Control-Allow-Origin"] = origin
            response.headers["Access-Control-Expose-Headers"] = EXPOSED
        return response


def _is_preflight(request: HttpRequest) -> bool:
    return request.method == "OPTIONS" and "Access-Control-Request-Method" in request.headers
