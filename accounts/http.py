"""Who is asking: the bearer token of a request."""

from django.utils.encoding import force_str
from rest_framework.authentication import BaseAuthentication, get_authorization_header
from rest_framework.exceptions import AuthenticationFailed
from rest_framework.request import Request

from accounts.models import User
from accounts.tokens import TokenInvalid, read_access_token

SCHEME = "Bearer"


class AuthenticatedRequest(Request):
    """For annotations: a request that came past `IsAuthenticated`."""

    user: User


class BearerAuthentication(BaseAuthentication):
    """Reads `Authorization: Bearer <access token>` and looks at the person anew on every request."""

    def authenticate(self, request: Request) -> tuple[User, str] | None:
        """Return the person; None without a bearer token; raise when it is worth nothing."""
        scheme, _, raw = get_authorization_header(request).strip().partition(b" ")
        if scheme.lower() != SCHEME.lower().encode():
            return None
        token = force_str(raw.strip(), errors="replace")
        try:
            return read_access_token(token), token
        except TokenInvalid as error:
            raise AuthenticationFailed from error

    def authenticate_header(self, request: Request) -> str:
        """Return the challenge of a 401."""
        return SCHEME
