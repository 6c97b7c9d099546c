"""
The refresh token of a browser: in a cookie that no script can read, and that no other site can use.

`HttpOnly` keeps it from a script that was injected into the page, `SameSite=Strict` and the look at where the request comes
from keep other sites from logging somebody in, on or out, and the path keeps it out of every other request.
"""

from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework_simplejwt.settings import api_settings

from interview_platform.errors import Refused

COOKIE: Final = "interview_refresh"
PATH: Final = "/api/v1/users/browser"
SAME_SITE: Final = "Strict"


class CrossSite(Refused):
    """Another site, or something that is no browser, wants to use the cookie."""

    status = 403
    code = "cross_site"
    message = "Only this site's own page may do this"


def require_own_page(request: Request) -> None:
    """Raise `CrossSite` unless the browser says that a page of this site asks."""
    site = request.headers.get("Sec-Fetch-Site")
    if site is not None:  # every browser of today, over HTTPS and on localhost
        allowed = site == "same-origin"
    else:
        origin = request.headers.get("Origin", "")
        own = urlsplit(origin).netloc == request.get_host()
        allowed = bool(origin) and (own or origin in settings.CSRF_TRUSTED_ORIGINS)
    if not allowed:
        raise CrossSite


def read_cookie(request: Request) -> str:
    """Return the refresh token; empty when there is none."""
    return request.COOKIES.get(COOKIE, "")


def move_to_cookie(response: Response) -> Response:
    """Take the refresh token out of the answer's body and into the cookie."""
    data = dict(response.data)
    response.set_cookie(
        COOKIE,
        data.pop("refresh_token"),
        max_age=api_settings.REFRESH_TOKEN_LIFETIME,
        path=PATH,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite=SAME_SITE,
    )
    response.data = data
    return response


def forget_cookie(response: Response) -> Response:
    """Have the browser throw the cookie away."""
    response.delete_cookie(COOKIE, path=PATH, samesite=SAME_SITE)
    return response
