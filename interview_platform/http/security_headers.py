"""Security headers of each response, for what Django has no setting for: decision 0026."""

from collections.abc import Callable
from typing import Final

from django.http import HttpRequest
from django.http.response import HttpResponseBase

HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; "
    "form-action 'none'",
    "Permissions-Policy": "microphone=(), camera=(), geolocation=(), display-capture=()",
    "Cross-Origin-Resource-Policy": "same-origin",
}
# The theme's scripts evaluate the expressions in its own templates, and its styles are in part
# inline (decision 0009). Whatever somebody typed becomes neither: templates escape it, and the
# theme's scripts do not read the review desk.
ADMIN_CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self' 'unsafe-eval'",
        "style-src 'self' 'unsafe-inline'",
        "img-src 'self' data:",
        "font-src 'self'",
        "media-src 'self'",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'self'",
        "frame-ancestors 'none'",
    )
)
NOT_CACHED: Final = "private, no-store"  # what a token got belongs in no cache


class SecurityHeadersMiddleware:
    """Add the headers to each response, errors included, that has none of its own from its view."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        response = self.get_response(request)
        match = request.resolver_match
        if match is not None and "admin" in match.app_names:
            response.headers.setdefault("Content-Security-Policy", ADMIN_CONTENT_SECURITY_POLICY)
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if request.path.startswith("/api/"):
            response.headers.setdefault("Cache-Control", NOT_CACHED)
        return response
