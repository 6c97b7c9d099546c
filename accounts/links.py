"""
Tokens of e-mailed links: signed by Django, for one purpose, one use and a limited time.

A token contains a digest of what its use changes, so a used one is invalid and nothing is stored
(decision 0027).
"""

from datetime import timedelta
from typing import Final

from django.core import signing
from django.core.exceptions import ValidationError
from django.db.models import QuerySet
from django.utils.crypto import salted_hmac

from accounts.models import Letter, User
from interview_platform.errors import Detail, Invalid

Kind = Letter.Kind
LIFETIMES: Final = {Kind.RESET: timedelta(hours=1), Kind.VERIFY: timedelta(days=3)}
MAX_LENGTH: Final = 512


class InvalidLink(Invalid):
    """The link was used, has expired, was superseded or is forged; nobody learns which."""

    def __init__(self) -> None:
        message = "This link is invalid or has expired. Please ask for a new one."
        super().__init__(details=(Detail("token", message, "invalid_link"),))


def make_link_token(user: User, kind: Kind) -> str:
    """Return the token of a link for this person."""
    return signing.dumps([user.uuid.hex, _state(user, kind)], salt=_salt(kind))


def read_link_token(token: str, kind: Kind, *, people: "QuerySet[User]") -> User:
    """Return the one of these people whom the link was made for, or raise `InvalidLink`."""
    try:
        person, state = signing.loads(token, salt=_salt(kind), max_age=LIFETIMES[kind])
        user = people.get(uuid=person, is_active=True)
    except (signing.BadSignature, User.DoesNotExist, ValidationError, ValueError) as error:
        raise InvalidLink from error
    if state != _state(user, kind):
        raise InvalidLink
    return user


def _state(user: User, kind: Kind) -> str:
    """Return a digest of what changes with the use of the link."""
    facts = [user.email, str(user.email_verified_at)]
    if kind is Kind.RESET:
        facts = [user.email, user.password, str(user.token_version)]
    return salted_hmac(_salt(kind), "\n".join(facts), algorithm="sha256").hexdigest()[:32]


def _salt(kind: Kind) -> str:
    return f"accounts.links.{kind.value}"
