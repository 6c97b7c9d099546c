"""The headers that keep a browser from doing more with an answer than it is for; a view that needs more says so itself."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest, HttpResponse

from interview_platform.http.cors import API

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
    "Permissions-Policy": "microphone=(), camera=(), geolocation=(), display-capture=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}
PRIVATE: Final = (
    "private, no-store"  # what a token got belongs in no cache, unless its view says so
)


class GuardHeadersMiddleware:
    """Adds them to each answer that has none of its own, errors included. The staff's pages have a policy elsewhere."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.path.startswith(API):
            response.headers.setdefault("Cache-Control", PRIVATE)
        return response
