"""
The secrets in links that go out by mail: signed, good for one use, and for a time.

What a link was made for is part of what is signed: once the password is set, or the address verified, the same link says
something that is not true any more. So nothing about links is kept anywhere.
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
GOOD_FOR: Final = {Kind.RESET: timedelta(hours=1), Kind.VERIFY: timedelta(days=3)}
MAX_LENGTH: Final = 512
WORTHLESS: Final = Detail("token", "This link is used up, too old or not ours.", "invalid_link")


class LinkWorthless(Invalid):
    """The link was used, is over, was superseded, or is not ours; nobody learns which."""

    def __init__(self) -> None:
        super().__init__(details=(WORTHLESS,))


def make_link_token(user: User, kind: Kind) -> str:
    """Return the secret of a link for this person."""
    return signing.dumps([user.uuid.hex, _state(user, kind)], salt=_salt(kind))


def read_link_token(token: str, kind: Kind, *, people: "QuerySet[User]") -> User:
    """Return the one of these people whom the link was made for, or raise `LinkWorthless`."""
    try:
        person, state = signing.loads(token, salt=_salt(kind), max_age=GOOD_FOR[kind])
        user = people.get(uuid=person, is_active=True)
    except (signing.BadSignature, User.DoesNotExist, ValidationError, ValueError) as error:
        raise LinkWorthless from error
    if state != _state(user, kind):
        raise LinkWorthless
    return user


def _state(user: User, kind: Kind) -> str:
    """Return what changes with the use of the link."""
    facts = [user.email, str(user.email_verified_at)]
    if kind is Kind.RESET:
        facts = [user.email, user.password, str(user.token_version)]
    return salted_hmac(_salt(kind), "\n".join(facts), algorithm="sha256").hexdigest()[:32]


def _salt(kind: Kind) -> str:
    return f"accounts.links.{kind.value}"
