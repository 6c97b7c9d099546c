"""Who is asking: the bearer token of a request."""

from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.encoding import force_str
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.permissions import BasePermission
from rest_framework.request import Request

from accounts.models import User
from accounts.tokens import TokenInvalid, read_access_token
from interview_platform.errors import Refused

if TYPE_CHECKING:
    from rest_framework.views import APIView  # it imports this module, by way of the settings

SCHEME = "Bearer"


class AddressNotVerified(Refused):
    """The platform wants to know first that the address is the person's."""

    status = 403
    code = "email_not_verified"
    message = "Verify your email address first"


class AuthenticatedRequest(Request):
    """For annotations: a request that came past `IsAuthenticated`."""

    user: User


class BearerAuthentication(BaseAuthentication):
    """Reads `Authorization: Bearer <access token>` and looks at the person anew on every request."""

    def authenticate(self, request: Request) -> tuple[User, str] | None:
        """Return the person; None without a bearer token; raise when it is worth nothing."""
        token = token_of(request)
        if token is None:
            return None
        try:
            return read_access_token(token), token
        except TokenInvalid as error:
            raise AuthenticationFailed from error

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a 401."""
        return SCHEME


def token_of(request: Request) -> str | None:
    """Return the bearer token that the request carries, whatever it is worth; None without one."""
    scheme, _, raw = get_authorization_header(request).strip().partition(b" ")
    if scheme.lower() != SCHEME.lower().encode():
        return None
    return force_str(raw.strip(), errors="replace")


class HasVerifiedAddress(BasePermission):
    """Lets people in whose address is verified, where `REQUIRE_VERIFIED_EMAIL` asks for it."""

    def has_permission(self, request: Request, view: "APIView") -> bool:
        """Refuse with a word of its own, so that a client knows what to do."""
        user = request.user
        if settings.REQUIRE_VERIFIED_EMAIL and isinstance(user, User) and not user.email_verified:
            raise AddressNotVerified
        return True
