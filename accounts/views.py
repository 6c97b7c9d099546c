"""Accounts over HTTP."""

from collections.abc import Sequence
from typing import Any, cast
from uuid import UUID

from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.permissions import AllowAny, IsAuthenticated
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.throttling import BaseThrottle
from rest_framework.views import APIView

from accounts import services, tokens
from accounts.http import AuthenticatedRequest
from accounts.models import User
from accounts.selectors import require_self
from accounts.serializers import (
    LoginIn,
    LogoutIn,
    ProfileIn,
    ProfileOut,
    RefreshIn,
    RegisterIn,
    SignedInOut,
    SkillsIn,
    TokensOut,
)
from accounts.throttles import GuessCounter
from interview_platform.http.envelope import answer
from interview_platform.http.throttles import RegisterThrottle, UserThrottle, client_network

TAGS = ["Users"]
EXAMPLE_EMAIL = "jane@example.com"
REGISTER_EXAMPLE = OpenApiExample(
    "Register",
    value={"email": EXAMPLE_EMAIL, "password": "correct-horse-9", "full_name": "Jane Doe"},
    request_only=True,
)
LOGIN_EXAMPLE = OpenApiExample(
    "Log in", value={"email": EXAMPLE_EMAIL, "password": "correct-horse-9"}, request_only=True
)


class PublicView(APIView):
    """An endpoint for people who are not logged in."""

    authentication_classes = ()
    permission_classes = (AllowAny,)
    throttle_classes: Sequence[type[BaseThrottle]] = (UserThrottle,)  # before the body is read


class Register(PublicView):
    """Opens an account."""

    throttle_classes = (RegisterThrottle,)

    @extend_schema(
        tags=TAGS,
        operation_id="register",
        request=RegisterIn,
        responses={201: SignedInOut},
        examples=[REGISTER_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Register a new person and log him in."""
        form = RegisterIn(data=request.data)
        form.is_valid(raise_exception=True)
        signed_in = services.register(**form.validated_data)
        return answer(SignedInOut(signed_in).data, status=status.HTTP_201_CREATED)


class Login(PublicView):
    """Trades an e-mail address and a password for tokens."""

    @extend_schema(
        tags=TAGS,
        operation_id="login",
        request=LoginIn,
        responses={200: SignedInOut, 401: None},
        examples=[LOGIN_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Log in. Too many wrong passwords for one account from one address are a 429."""
        form = LoginIn(data=request.data)
        form.is_valid(raise_exception=True)
        guesses = GuessCounter(client_network(request), email=form.validated_data["email"])
        guesses.count()
        signed_in = services.log_in(**form.validated_data)
        guesses.forget()
        return answer(SignedInOut(signed_in).data)


class RefreshTokens(PublicView):
    """Trades a refresh token for the next pair."""

    @extend_schema(
        tags=TAGS,
        operation_id="refresh_tokens",
        request=RefreshIn,
        responses={200: TokensOut, 401: None},
    )
    def post(self, request: Request) -> Response:
        """Rotate the refresh token; a second use of the same one revokes the tokens of that log-in."""
        form = RefreshIn(data=request.data)
        form.is_valid(raise_exception=True)
        pair = tokens.rotate(form.validated_data["refresh_token"])
        return answer(TokensOut(pair).data)


class Logout(APIView):
    """Ends a session, or all of them."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(tags=TAGS, operation_id="logout", request=LogoutIn, responses={200: None})
    def post(self, request: AuthenticatedRequest) -> Response:
        """Revoke the refresh token, or every one of the person when none is named."""
        form = LogoutIn(data=request.data)
        form.is_valid(raise_exception=True)
        services.log_out(request.user, refresh_token=form.validated_data.get("refresh_token"))
        return answer(None)


class Me(APIView):
    """The person who asks."""

    permission_classes = (IsAuthenticated,)

    @extend_schema(tags=TAGS, operation_id="get_me", responses={200: ProfileOut})
    def get(self, request: AuthenticatedRequest) -> Response:
        """Return the profile."""
        return answer(ProfileOut(request.user).data)

    @extend_schema(tags=TAGS, operation_id="put_me", request=ProfileIn, responses={200: ProfileOut})
    def put(self, request: AuthenticatedRequest) -> Response:
        """Change what is named; what is left out stays. A new password ends every session."""
        return self._change(request)

    @extend_schema(
        tags=TAGS, operation_id="patch_me", request=ProfileIn, responses={200: ProfileOut}
    )
    def patch(self, request: AuthenticatedRequest) -> Response:
        """Change what is named."""
        return self._change(request)

    def _change(self, request: AuthenticatedRequest) -> Response:
        form = ProfileIn(data=request.data)
        form.is_valid(raise_exception=True)
        user = services.change_profile(request.user, changes=form.validated_data)
        return answer(ProfileOut(user).data)


class OwnAccountView(APIView):
    """An endpoint below `users/{id}`: anybody else's is a 403 before anything is looked up."""

    permission_classes = (IsAuthenticated,)

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """Refuse whoever is not the person in the path, whatever the method."""
        super().initial(request, *args, **kwargs)
        require_self(cast(User, request.user), kwargs["user_uuid"])


class Account(OwnAccountView):
    """One person by id."""

    @extend_schema(tags=TAGS, operation_id="get_user", responses={200: ProfileOut, 403: None})
    def get(self, request: AuthenticatedRequest, user_uuid: UUID) -> Response:
        """Return the profile."""
        return answer(ProfileOut(request.user).data)

    @extend_schema(
        tags=TAGS, operation_id="delete_user", request=None, responses={200: None, 403: None}
    )
    def delete(self, request: AuthenticatedRequest, user_uuid: UUID) -> Response:
        """Remove the account with every session, row and recording of it."""
        services.close_account(request.user)
        return answer(None)


class Skills(OwnAccountView):
    """The skills that questions are chosen by."""

    @extend_schema(
        tags=TAGS,
        operation_id="put_skills",
        request=SkillsIn,
        responses={200: ProfileOut, 403: None},
    )
    def put(self, request: AuthenticatedRequest, user_uuid: UUID) -> Response:
        """Replace the list."""
        form = SkillsIn(data=request.data)
        form.is_valid(raise_exception=True)
        user = services.change_skills(request.user, skills=form.validated_data["skills"])
        return answer(ProfileOut(user).data)
