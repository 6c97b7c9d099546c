"""Accounts for pages of this site: as `views`, but the refresh token stays in a cookie that no script can read."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework.request import Request
from rest_framework.response import Response

from accounts import tokens
from accounts.browser import forget_cookie, move_to_cookie, read_cookie, require_own_page
from accounts.serializers import BrowserSignedInOut, BrowserTokenOut, LoginIn, RegisterIn, TokensOut
from accounts.views import LOGIN_EXAMPLE, REGISTER_EXAMPLE, Login, PublicView, Register
from interview_platform.http.envelope import answer

TAGS = ["Users: in a browser"]


class OwnPageView(PublicView):
    """An endpoint for the pages of this site alone. Put it first among the bases."""

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse other sites, before anything is looked at; what is offered here is no secret of this site's."""
        super().initial(request, *args, **kwargs)
        if request.method in self.allowed_methods:
            require_own_page(request)


class BrowserRegister(OwnPageView, Register):
    """Opens an account from a page."""

    throttle_classes = Register.throttle_classes

    @extend_schema(
        tags=TAGS,
        operation_id="browser_register",
        request=RegisterIn,
        responses={201: BrowserSignedInOut, 403: None},
        examples=[REGISTER_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Register a new person and log him in; the refresh token goes into the cookie."""
        return move_to_cookie(super().post(request))


class BrowserLogin(OwnPageView, Login):
    """Logs in from a page."""

    @extend_schema(
        tags=TAGS,
        operation_id="browser_login",
        request=LoginIn,
        responses={200: BrowserSignedInOut, 401: None, 403: None},
        examples=[LOGIN_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Log in; the refresh token goes into the cookie."""
        return move_to_cookie(super().post(request))


class BrowserRefresh(OwnPageView):
    """Trades the cookie for the next one, and an access token."""

    @extend_schema(
        tags=TAGS,
        operation_id="browser_refresh",
        request=None,
        responses={200: BrowserTokenOut, 401: None, 403: None},
    )
    def post(self, request: Request) -> Response:
        """Rotate the refresh token of the cookie. Pages in several tabs must take turns: each one is good for one use."""
        pair = tokens.rotate(read_cookie(request))
        return move_to_cookie(answer(TokensOut(pair).data))


class BrowserLogout(OwnPageView):
    """Ends the log-in of this browser."""

    @extend_schema(
        tags=TAGS, operation_id="browser_logout", request=None, responses={200: None, 403: None}
    )
    def post(self, request: Request) -> Response:
        """Revoke the tokens of this log-in and forget the cookie; without one nothing changes."""
        tokens.revoke_family(read_cookie(request))
        return forget_cookie(answer(None))
