"""The page at `/`: what this is, and where to go on."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

CONTENT_SECURITY_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)


@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """Return the page; it runs no script and loads nothing but its own style."""
    response = render(request, "page.html")
    response.headers["Content-Security-Policy"] = CONTENT_SECURITY_POLICY
    return response
