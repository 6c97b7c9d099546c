"""The page at `/`. Everything on it is made by its own script, from the API and nowhere else."""

from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import translation
from django.utils.cache import patch_vary_headers
from django.views.decorators.gzip import gzip_page
from django.views.decorators.http import require_safe

from interview_platform.page.texts import catalogue_of, language_of

# Scripts and styles are files of this site; a recording is played from memory (`blob:`). Nothing is loaded from, sent to
# or shown in another site, and no text can become markup or a script.
CONTENT_SECURITY_POLICY: Final = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self'",
        "media-src 'self' blob:",
        "connect-src 'self'",
        "base-uri 'none'",
        "form-action 'none'",
        "frame-ancestors 'none'",
        "require-trusted-types-for 'script'",
        "trusted-types 'none'",
    )
)
HEADERS: Final = {
    "Content-Security-Policy": CONTENT_SECURITY_POLICY,
    "Cross-Origin-Opener-Policy": "same-origin",
    "Permissions-Policy": "microphone=(self), camera=(), geolocation=(), display-capture=()",
}


@require_safe
@gzip_page  # nothing secret is on it that a compressed length could give away
def page(request: HttpRequest) -> HttpResponse:
    """Return the page in the visitor's language."""
    language = language_of(request)
    with translation.override(language):
        response = render(request, "page.html", {"settings": _settings_for(language)})
    for name, value in HEADERS.items():
        response.headers[name] = value
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    return response


def _settings_for(language: str) -> dict[str, object]:
    """Return what the script must know before it asks the API for anything."""
    return {
        "language": language,
        "languages": dict(settings.LANGUAGES),
        "catalogue": catalogue_of(language),
        "maxUploadBytes": settings.MAX_UPLOAD_BYTES,
        "maxAudioSeconds": settings.MAX_AUDIO_SECONDS,
        "verifiesAddresses": settings.REQUIRE_VERIFIED_EMAIL,
    }
