"""People as the interface sees them."""

from dataclasses import dataclass
from uuid import UUID

from accounts.models import User
from interview_platform.errors import Refused


class NotYou(Refused):
    """Somebody else's account, whether or not there is one."""

    status = 403
    code = "forbidden"
    message = "You may only use your own account"


@dataclass(frozen=True, slots=True)
class SignedIn:
    """A person with the tokens that he has just been given."""

    user: User
    token: str
    refresh_token: str


def require_self(user: User, user_uuid: UUID) -> User:
    """Return the person himself; refuse anybody else before looking."""
    if user.uuid != user_uuid:
        raise NotYou
    return user


def find_by_email(email: str) -> User | None:
    """Return the person with this address, whatever its case."""
    return User.objects.filter(email=email.strip().lower()).first()
